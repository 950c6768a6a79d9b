import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { listen } from '../support/listen.ts'

let api: TestApi
let server: Awaited<ReturnType<typeof listen>>
beforeAll(async () => {
  api = await openApi()
  server = await listen(api)
})
afterAll(async () => {
  await server.close()
  await api.close()
})

interface ToolAnswer {
  readonly isError?: boolean
  readonly structuredContent?: Record<string, unknown>
  readonly content: readonly { readonly type: string; readonly text: string }[]
}
interface TestClient {
  readonly tool: (name: string, input?: Record<string, unknown>) => Promise<ToolAnswer>
  readonly tools: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

const versions = {
  v1: async (name: string, token = api.token): Promise<TestClient> => {
    const client = new ClientV1({ name, version: '1.0.0' })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    await client.connect(
      new TransportV1(new URL(`${server.url}/mcp`), { requestInit }) as Parameters<typeof client.connect>[0],
    )
    return {
      tool: async (tool, input = {}) =>
        (await client.callTool({ name: tool, arguments: input })) as ToolAnswer,
      tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
      close: () => client.close(),
    }
  },
  v2: async (name: string, token = api.token): Promise<TestClient> => {
    const client = new ClientV2({ name, version: '1.0.0' })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    await client.connect(new TransportV2(new URL(`${server.url}/mcp`), { requestInit }))
    return {
      tool: async (tool, input = {}) =>
        (await client.callTool({ name: tool, arguments: input })) as ToolAnswer,
      tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
      close: () => client.close(),
    }
  },
}

describe.each(['v1', 'v2'] as const)('the official MCP client, %s', (version) => {
  it('lists every tool of the board', async () => {
    const client = await versions[version]('claude-code')
    expect([...(await client.tools())].sort()).toEqual([
      'preq_block_task',
      'preq_claim_task',
      'preq_complete_task',
      'preq_create_task',
      'preq_delete_task',
      'preq_get_project_settings',
      'preq_get_task',
      'preq_list_project_activity',
      'preq_list_projects',
      'preq_list_tasks',
      'preq_plan_task',
      'preq_review_task',
      'preq_start_task',
      'preq_update_task_note',
      'preq_update_task_status',
    ])
    await client.close()
  })

  it('runs a task from claim to complete and review, its engine read from the client’s name', async () => {
    const client = await versions[version]('claude-code')
    const key = await api.task({ status: 'todo' })
    await editTask(api.ctx, key, { runState: 'queued' })
    const claimed = await client.tool('preq_claim_task', { projectKey: 'proj' })
    expect(claimed.structuredContent).toMatchObject({ task: { id: key, run_state: 'working' } })
    expect(JSON.parse(claimed.content[0]?.text ?? '')).toEqual(claimed.structuredContent)
    const done = await client.tool('preq_complete_task', {
      taskId: key.toLowerCase(),
      summary: 'All of it.',
      tests: 'green',
    })
    expect(done.structuredContent).toMatchObject({
      task: {
        status: 'ready',
        run_state: null,
        engine: 'claude-code',
        latest_preq_result: { summary: 'All of it.' },
      },
    })
    const reviewed = await client.tool('preq_review_task', { taskId: key })
    expect(reviewed.structuredContent).toMatchObject({ task: { status: 'done' } })
    await client.close()
  })

  it('is told what to do next where the status is wrong', async () => {
    const client = await versions[version]('codex')
    const key = await api.task()
    const answer = await client.tool('preq_complete_task', { taskId: key, summary: 'Too early.' })
    expect(answer.isError).toBe(true)
    expect(answer.content[0]?.text).toBe(
      'PREQ lifecycle action "complete" requires todo or hold. Current status: inbox. Call preq_plan_task first: it plans the task and moves it to todo.',
    )
    await client.close()
  })
})
