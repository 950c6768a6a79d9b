import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { listen } from '../support/listen.ts'
import { askMcp } from '../support/mcp.ts'

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
  v2: (name: string, token?: string) => connectV2(name, token),
  'v2 with the revision of 2026': (name: string, token?: string) =>
    connectV2(name, token, { versionNegotiation: { mode: 'auto' } }),
}

async function connectV2(name: string, token = api.token, options = {}): Promise<TestClient> {
  const client = new ClientV2({ name, version: '1.0.0' }, options)
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new TransportV2(new URL(`${server.url}/mcp`), { requestInit }))
  return {
    tool: async (tool, input = {}) => (await client.callTool({ name: tool, arguments: input })) as ToolAnswer,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  }
}

describe.each(['v1', 'v2', 'v2 with the revision of 2026'] as const)(
  'the official MCP client, %s',
  (version) => {
    test('lists every tool of the board', async () => {
      const client = await versions[version]('claude-code')
      expect([...(await client.tools())].sort()).toEqual([
        'preq_ask_owner',
        'preq_block_task',
        'preq_claim_task',
        'preq_comment',
        'preq_complete_task',
        'preq_create_task',
        'preq_delete_task',
        'preq_get_answer',
        'preq_get_project_settings',
        'preq_get_task',
        'preq_list_project_activity',
        'preq_list_projects',
        'preq_list_task_log',
        'preq_list_tasks',
        'preq_plan_task',
        'preq_release_task',
        'preq_review_task',
        'preq_start_task',
        'preq_update_task_note',
        'preq_update_task_status',
      ])
      await client.close()
    })

    test('takes a task from claim to complete and review without setting the client’s engine on it', async () => {
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
        task: { status: 'ready', run_state: null, engine: null },
        changed: ['status', 'run_state'],
      })
      const seen = await client.tool('preq_get_task', { taskId: key })
      expect(seen.structuredContent).toMatchObject({
        task: { latest_preq_result: { summary: 'All of it.' } },
      })
      const reviewed = await client.tool('preq_review_task', { taskId: key })
      expect(reviewed.structuredContent).toMatchObject({ task: { status: 'done' } })
      await client.close()
    })

    test('is told what to do next if the status is wrong', async () => {
      const client = await versions[version]('codex')
      const key = await api.task()
      const answer = await client.tool('preq_complete_task', { taskId: key, summary: 'Too early.' })
      expect(answer.isError).toBe(true)
      expect(answer.content[0]?.text).toBe(
        'PREQ lifecycle action "complete" requires todo or hold. Current status: inbox. If you did the work, call preq_update_task_status with "todo", then preq_complete_task again. Don\'t plan what is done.',
      )
      await client.close()
    })
  },
)

describe('the tools', () => {
  let client: TestClient
  beforeAll(async () => {
    client = await versions.v2('gemini-cli-mcp-client')
  })
  afterAll(() => client.close())
  const run = async (tool: string, input: Record<string, unknown> = {}) => {
    const answer = await client.tool(tool, input)
    expect(answer.isError, answer.content[0]?.text).toBeFalsy()
    // biome-ignore lint/suspicious/noExplicitAny: each tool has its own shape.
    return answer.structuredContent as any
  }
  const refusal = async (tool: string, input: Record<string, unknown>) => {
    const answer = await client.tool(tool, input)
    expect(answer.isError).toBe(true)
    return answer.content[0]?.text
  }

  test('create, plan, note, start, block, move and delete', async () => {
    const made = await run('preq_create_task', {
      title: 'By tool',
      repo: 'ada/proj',
      labels: ['x'],
      acceptanceCriteria: ['it works'],
      priority: 'high',
    })
    const taskId = made.task.id
    expect(made.task).toMatchObject({
      status: 'inbox',
      engine: null,
      priority: 'high',
      labels: ['x'],
    })
    const planned = await run('preq_plan_task', { taskId, planMarkdown: 'So.', projectKey: 'PROJ' })
    expect(planned).toMatchObject({ task: { status: 'todo' }, changed: ['status', 'note'] })
    expect((await run('preq_get_task', { taskId })).task.acceptance_criteria).toEqual(['it works'])
    await run('preq_update_task_note', { taskId, noteMarkdown: 'Anew.' })
    expect((await run('preq_get_task', { taskId })).task.description).toBe('Anew.')
    expect((await run('preq_start_task', { taskId })).task.run_state).toBe('working')
    const blocked = await run('preq_block_task', { taskId, reason: 'No key' })
    expect(blocked.task).toMatchObject({ status: 'hold', run_state: null })
    expect((await run('preq_update_task_status', { taskId, status: 'archived' })).task.status).toBe(
      'archived',
    )
    expect(await run('preq_delete_task', { taskId })).toEqual({ ok: true, deleted: true, taskId })
    expect(await refusal('preq_get_task', { taskId })).toBe(
      `There is no task ${taskId}. Call preq_list_tasks to see the tasks.`,
    )
  })

  test('keep a task’s engine; an engine next to an action is the run’s', async () => {
    const taskId = await api.task({ engine: 'codex' })
    expect((await run('preq_start_task', { taskId, engine: 'claude' })).task.engine).toBe('codex')
    expect((await requireTask(api.scope, taskId)).lastRun).toMatchObject({ engine: 'claude-code' })
    const moved = await run('preq_update_task_status', { taskId, status: 'todo', engine: 'claude' })
    expect(moved.task.engine).toBe('claude-code')
  })

  test('list tasks in pages without an engine filter, compact or full', async () => {
    await api.task({ engine: 'codex', title: 'Listed' })
    const compact = await run('preq_list_tasks', { projectKey: 'PROJ', limit: 1 })
    const next = await run('preq_list_tasks', { projectKey: 'PROJ', limit: 1, cursor: compact.next_cursor })
    const full = await run('preq_list_tasks', { engine: 'codex', detail: 'full', status: 'inbox' })
    expect(compact.tasks[0]).toHaveProperty('branch_name')
    expect(next.tasks[0].id).not.toBe(compact.tasks[0].id)
    expect(full.tasks.every((task: { engine: string }) => task.engine === 'codex')).toBe(true)
    expect(full.tasks[0]).toHaveProperty('deploy_strategy')
  })

  test('read projects, settings and activity, newest first', async () => {
    expect((await run('preq_list_projects')).projects[0]).toEqual({
      key: 'PROJ',
      name: 'Project',
      repo: 'https://github.com/ada/proj',
      repoUrl: 'https://github.com/ada/proj',
    })
    expect((await run('preq_get_project_settings', { projectKey: 'proj' })).settings.deploy_strategy).toBe(
      'none',
    )
    expect(await refusal('preq_get_project_settings', { projectKey: 'NOPE' })).toBe(
      'No project NOPE. Call preq_list_projects to see the projects.',
    )
    const from = api.clock.now().toISOString()
    api.clock.advance({ minutes: 1 })
    const taskId = await api.task({ title: 'Active' })
    api.clock.advance({ minutes: 1 })
    await run('preq_block_task', { taskId, reason: 'Why' })
    const first = await run('preq_list_project_activity', { projectKeys: ['proj'], from, limit: 2 })
    const seen = [...first.events]
    let cursor = first.next_cursor
    while (cursor !== null) {
      const page = await run('preq_list_project_activity', { projectKeys: ['proj'], from, limit: 2, cursor })
      seen.push(...page.events)
      cursor = page.next_cursor
    }
    const ids = seen.map((event: { event_id: string }) => event.event_id)
    expect(new Set(ids).size).toBe(ids.length)
    const times = seen.map((event: { occurred_at: string }) => event.occurred_at)
    expect(times).toEqual([...times].sort().reverse())
    expect(
      seen
        .filter((event: { task_key: string }) => event.task_key === taskId)
        .map((event: { type: string }) => event.type)
        .sort(),
    ).toEqual(['task.updated', 'work_log.created', 'work_log.created'])
  })

  test('explain why there is nothing to claim', async () => {
    expect(await run('preq_claim_task', { label: 'x' })).toMatchObject({
      task: null,
      hint: expect.stringMatching(/^Nothing is queued for you\. There (is|are) /),
    })
  })

  test('say which argument is wrong', async () => {
    expect(await refusal('preq_update_task_status', { taskId: 'PROJ-1', status: 'finished' })).toMatch(
      /status/,
    )
    expect(await refusal('preq_create_task', { title: 'No project' })).toBe(
      'Name the project by repo or projectKey. Correct the arguments and call again.',
    )
  })

  test('refuse an invalid token', async () => {
    await expect(versions.v1('claude-code', 'preq_wrong')).rejects.toThrow()
    await expect(versions.v2('claude-code', 'preq_wrong')).rejects.toThrow()
  })
})

describe('the client’s engine', () => {
  const initialize = (headers: Record<string, string>, name: string) =>
    api.call('POST', '/mcp', {
      headers: { accept: 'application/json, text/event-stream', ...headers },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name, version: '1' } },
      },
    })
  const start = async (headers: Record<string, string>) => {
    const key = await api.task({ status: 'todo' })
    await api.call('POST', '/mcp', {
      headers: { accept: 'application/json, text/event-stream', ...headers },
      body: {
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'preq_start_task', arguments: { taskId: key } },
      },
    })
    return (await requireTask(api.scope, key)).lastRun
  }

  test('is carried by the session ID, which any process can read', async () => {
    const session = (await initialize({}, 'codex-mcp-client')).headers.get('mcp-session-id') ?? ''
    expect(await start({ 'mcp-session-id': session })).toMatchObject({ engine: 'codex', outcome: null })
  })

  test.each([
    [{ 'user-agent': 'claude-code/2.0 (cli)' }, 'claude-code'],
    [{ 'user-agent': 'node' }, null],
    [{ 'mcp-session-id': 'anything else' }, null],
  ])('with %o is %s', async (headers, engine) => {
    expect((await start(headers))?.engine).toBe(engine)
  })
})

test('serves the skill as a skill and as a resource', async () => {
  const list = await askMcp(api, 'skills/list')
  const read = await askMcp(api, 'resources/read', { uri: 'skill://preqbot/SKILL.md' })

  expect(list.result.skills).toMatchObject([
    { uri: 'skill://preqbot/SKILL.md', frontmatter: { name: 'preqbot' } },
  ])
  expect(read.result.contents[0].text).toBe(await (await api.app.request('/agents/SKILL.md')).text())
})
