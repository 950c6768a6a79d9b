import { createMcpHandler, McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { memorySkillFiles, SkillsExtension } from '@modelcontextprotocol/server/ext/skills'
import type { Log } from '../../log.ts'
import { mayCall } from '../kit/run-scope.ts'
import { skill } from '../plugins/skill.ts'
import { toPlainSchema } from './arguments.ts'
import { instructions } from './instructions.ts'
import { type Caller, createToolCall, type Tool } from './tool.ts'
import { listedTools, tools } from './tools.ts'

const list = listedTools.map(toListed)
const calls = new Map(tools.map((tool) => [tool.name, createToolCall(tool)]))

/** Answers one MCP request for one caller; the body is already parsed. */
export type McpAnswer = (request: Request, body: unknown, caller: Caller) => Promise<Response>

/** Builds the MCP server: stateless, with a fresh instance per request. */
export async function createMcpAnswer(log: Log): Promise<McpAnswer> {
  const skills = await SkillsExtension.load(memorySkillFiles({ 'preqbot/SKILL.md': skill }), { strict: true })
  const handler = createMcpHandler(
    ({ authInfo }) => {
      // Set below; the SDK passes it through unchanged.
      const caller = authInfo?.extra?.caller as Caller
      const capabilities = { tools: {} }
      const mcp = new McpServer({ name: 'preqbot', version: '1.0.0' }, { instructions, capabilities })
      skills.attach(mcp)
      const { server } = mcp
      server.setRequestHandler('tools/list', () => ({
        tools: list.filter((tool) => mayCall(caller.ctx.actor, tool)),
      }))
      server.setRequestHandler('tools/call', ({ params }) => {
        const call = calls.get(params.name)
        if (call !== undefined) return call(caller, params.arguments)
        const names = listedTools.map(({ name }) => name).join(', ')
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There is no tool ${params.name}. Tools: ${names}.`,
        )
      })
      return mcp
    },
    { onerror: (error) => log.debug({ err: error }, 'MCP request refused') },
  )
  return (request, parsedBody, caller) =>
    handler.fetch(request, {
      parsedBody,
      authInfo: { token: '', clientId: '', scopes: [], extra: { caller } },
    })
}

function toListed({ name, description, input, kind }: Tool) {
  const annotations = kind === 'read' ? { readOnlyHint: true } : { destructiveHint: kind === 'delete' }
  return { name, description, inputSchema: toPlainSchema(input), annotations }
}
