import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import type { Log } from '../../log.ts'
import type { Caller } from './caller.ts'
import { readTools } from './read-tools.ts'
import { registerTools } from './tool.ts'
import { writeTools } from './write-tools.ts'

const instructions = `The board of work for coding agents. Take a task with preq_claim_task (or preq_list_tasks and preq_start_task), read its note, criteria and feedback, work on its branch, then call preq_complete_task, or preq_block_task with the reason where you cannot go on.`

/** Answers one MCP request for one caller; the body is parsed already. */
export type McpAnswer = (request: Request, body: unknown, caller: Caller) => Promise<Response>

/** Builds the MCP server: stateless, a fresh instance a request. */
export function createMcpAnswer(log: Log): McpAnswer {
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const server = new McpServer({ name: 'preqstation', version: '1.0.0' }, { instructions })
      // Put there below, and passed through by the SDK as it is.
      const caller = authInfo?.extra?.caller as Caller
      registerTools(server, () => caller, [...readTools, ...writeTools])
      return server
    },
    { onerror: (error) => log.debug({ err: error }, 'an MCP request was refused') },
  )
  return (request, parsedBody, caller) =>
    handler.fetch(request, {
      parsedBody,
      authInfo: { token: '', clientId: '', scopes: [], extra: { caller } },
    })
}
