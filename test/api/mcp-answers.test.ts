import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { listWorkLogs } from '../../src/domain/tasks/work-logs.ts'
import { createPureWakeup, openApi, type TestApi } from '../support/api.ts'
import { listen } from '../support/listen.ts'
import { askMcp, type ToolAnswer, useTool } from '../support/mcp.ts'

let api: TestApi
let waits: AbortSignal[] = []
let onWait = () => {}
beforeAll(async () => {
  const wakeup = createPureWakeup()
  const wait: typeof wakeup.wait = (limit, signal) => {
    if (signal !== undefined) waits.push(signal)
    onWait()
    return wakeup.wait(limit, signal)
  }
  api = await openApi({ wakeup: { trigger: wakeup.trigger, wait } })
  await createProject(api.ctx, { key: 'OTHER', name: 'Other', repoUrl: 'ada/other' })
})
afterAll(() => api.close())

const use = (name: string, args?: Record<string, unknown>, headers?: Record<string, string>) =>
  useTool(api, name, args, headers)
const logsOf = async (task: string) =>
  (await listWorkLogs(api.scope, { task }, { limit: 100 })).entries.map(({ title }) => title)
const tokensOf = ({ text }: ToolAnswer) => text.length / 4

describe('the answer to a write', () => {
  test('is a row with the changes and the next step, in about 60 tokens', async () => {
    const made = await use('preq_create_task', { title: 'A task', projectKey: 'PROJ', labels: ['api'] })
    const taskId = made.result.task.id
    const started = await use('preq_start_task', { taskId })
    const done = await use('preq_complete_task', { taskId, summary: 'Done.' })

    expect(made.result).toEqual({
      task: {
        id: taskId,
        task_key: taskId,
        title: 'A task',
        status: 'inbox',
        run_state: null,
        priority: 'none',
        engine: null,
        branch_name: `task/${taskId.toLowerCase()}/a-task`,
        labels: ['api'],
      },
      changed: ['created'],
      next: 'The owner decides when it is worked on.',
    })
    expect(started.result).toMatchObject({ changed: ['run_state'], task: { run_state: 'working' } })
    expect(done.result.changed).toEqual(['status', 'run_state'])
    for (const answer of [made, started, done]) expect(tokensOf(answer)).toBeLessThan(75)
  })

  test('lists no changes if the same call is repeated', async () => {
    const taskId = await api.task()
    const note = { taskId, noteMarkdown: 'Words.' }

    const first = await use('preq_update_task_note', note)
    const second = await use('preq_update_task_note', note)

    expect([first.result.changed, second.result.changed]).toEqual([['note'], []])
  })
})

describe('the board’s labels', () => {
  test('are included only on request, at most 50', async () => {
    const taskId = await api.task({ labels: Array.from({ length: 30 }, (_, index) => `a${index}`) })
    await api.task({ labels: Array.from({ length: 30 }, (_, index) => `b${index}`) })

    const [listed, got, full] = await Promise.all([
      use('preq_list_tasks'),
      use('preq_get_task', { taskId }),
      use('preq_get_task', { taskId, detail: 'full' }),
    ])

    expect(listed.result).not.toHaveProperty('available_labels')
    expect(got.result).not.toHaveProperty('available_labels')
    expect(full.result.available_labels).toHaveLength(50)
  })
})

describe('a list', () => {
  test('over 20,000 tokens is cut and continues at next_cursor', async () => {
    await createProject(api.ctx, { key: 'BIG', name: 'Big' })
    const keys = []
    for (let made = 0; made < 5; made += 1)
      keys.push(await api.task({ projectKey: 'BIG', description: 'word '.repeat(6_000) }))

    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await use('preq_list_tasks', { projectKey: 'BIG', detail: 'full', cursor })
      expect(tokensOf(page)).toBeLessThan(21_000)
      expect(page.result.count).toBe(page.result.tasks.length)
      seen.push(...page.result.tasks.map((task: { id: string }) => task.id))
      cursor = page.result.next_cursor
    } while (cursor !== null)

    expect(seen).toEqual(keys)
  })

  test('whose first row alone is too large is cut inside that row', async () => {
    const taskId = await api.task({ description: 'x'.repeat(49_000) })
    await use('preq_update_task_note', { taskId, noteMarkdown: 'y'.repeat(49_000) })

    const log = await use('preq_list_task_log', { taskId })

    expect(log.result.entries[0].detail).toMatch(/… \[\d+ more characters\]$/)
    expect(tokensOf(log)).toBeLessThan(20_000)
  })

  test('of projects has their keys, names and repository URLs', async () => {
    const { result } = await use('preq_list_projects')

    expect(result.projects).toContainEqual({
      key: 'OTHER',
      name: 'Other',
      repo: 'ada/other',
      repoUrl: 'https://github.com/ada/other',
    })
    const { projects } = (await api.call('GET', '/api/projects')).body
    expect(projects).toContainEqual(
      expect.objectContaining({ projectKey: 'OTHER', repoUrl: 'https://github.com/ada/other' }),
    )
  })

  test('accepts the filters of PREQSTATION’s clients', async () => {
    const taskId = await api.task({ title: 'Zebra crossing', projectKey: 'OTHER' })

    const found = await use('preq_list_tasks', { detail: 'simple', q: 'zebra', dispatchTarget: 'telegram' })
    const activity = await use('preq_list_project_activity', { limit: 500, projectKeys: ['OTHER'] })
    const tooMany = await use('preq_list_project_activity', { limit: 501 })

    expect(found.result).toMatchObject({ count: 1, project_key: null })
    expect(found.result.tasks[0]).toMatchObject({ id: taskId, project_key: 'OTHER' })
    expect(activity.result.count).toBe(1)
    expect(tooMany.text).toMatch(/^limit: .*500.* Correct the arguments and call again\.$/)
  })
})

describe('an unknown project, label or task', () => {
  test.each([
    [
      'preq_list_tasks',
      { projectKey: 'NOPE' },
      'No project NOPE. Call preq_list_projects to see the projects.',
    ],
    [
      'preq_claim_task',
      { projectKey: 'NOPE' },
      'No project NOPE. Call preq_list_projects to see the projects.',
    ],
    ['preq_list_project_activity', { projectKeys: ['PROJ', 'NOPE'] }, 'No project NOPE. Call'],
    ['preq_list_tasks', { label: 'nope' }, 'No label nope. Labels: '],
    ['preq_claim_task', { label: 'nope' }, 'No label nope. Labels: '],
    ['preq_list_tasks', { status: 'nope' }, 'status: Invalid option: expected one of "inbox"|"todo"|"hold"'],
    ['preq_get_task', { taskId: 'no task!' }, 'taskId: must be a task key, e.g. WEB-12, or a UUID.'],
    ['preq_create_task', { title: 'x', projectKey: 'PROJ', priority: 'urgent' }, 'priority: Invalid option'],
    [
      'preq_create_task',
      { title: 'x', projectKey: 'OTHER', repo: 'ada/proj' },
      'ada/proj is PROJ, not OTHER.',
    ],
  ])('is an error from %s with %o, never an empty list', async (tool, args, text) => {
    await api.task({ labels: ['real'] })

    const answer = await use(tool, args)

    expect(answer.isError, answer.text).toBe(true)
    expect(answer.text).toContain(text)
  })

  test('is an empty list over REST, as in PREQSTATION', async () => {
    const { status, body } = await api.call('GET', '/api/tasks?label=nope')

    expect([status, body.tasks]).toEqual([200, []])
  })
})

describe('a repeated call', () => {
  test.each([
    ['an argument', { idempotencyKey: 'once-1' }, {}],
    ['the header', {}, { 'idempotency-key': 'once-2' }],
  ])('with the same key as %s gets the first answer and writes nothing', async (_where, args, headers) => {
    const wanted = { title: 'Once', projectKey: 'PROJ', ...args }

    const first = await use('preq_create_task', wanted, headers)
    const second = await use('preq_create_task', wanted, headers)
    const other = await use('preq_create_task', { ...wanted, title: 'Twice' }, headers)

    expect(second.result).toEqual(first.result)
    expect([first, second].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([
      null,
      'true',
    ])
    expect(other.text).toBe(
      'This Idempotency-Key was used with a different request. Use a new key. Then call again.',
    )
  })

  test('at the same time creates one task', async () => {
    const wanted = { title: 'Twins', projectKey: 'PROJ', idempotencyKey: 'twins' }

    const answers = await Promise.all([use('preq_create_task', wanted), use('preq_create_task', wanted)])

    const { result } = await use('preq_list_tasks', { q: 'Twins' })
    expect(result.count).toBe(1)
    expect(answers.filter(({ isError }) => !isError).length).toBeGreaterThan(0)
  })

  test('of a refused call gets the refusal again', async () => {
    const taskId = await api.task()
    const wanted = { taskId, summary: 'Too early.', idempotencyKey: 'refused' }

    const first = await use('preq_complete_task', wanted)
    await editTask(api.ctx, taskId, { status: 'todo' })
    const second = await use('preq_complete_task', wanted)

    expect(first.isError).toBe(true)
    expect(second.text).toBe(first.text)
  })

  test('of a comment with a key adds one comment', async () => {
    const taskId = await api.task()

    for (let sent = 0; sent < 2; sent += 1)
      await use('preq_comment', { taskId, text: 'Said once.', idempotencyKey: 'said' })

    expect((await use('preq_list_task_comments', { taskId })).result.count).toBe(1)
  })

  test('of a block without a key writes one result', async () => {
    const taskId = await api.task({ status: 'todo' })

    const first = await use('preq_block_task', { taskId, reason: 'Red or blue?' })
    const second = await use('preq_block_task', { taskId, reason: 'Red or blue?' })

    expect([first.result.changed, second.result.changed]).toEqual([['status'], []])
    const results = (await logsOf(taskId)).filter((title) => title.startsWith('PREQSTATION Result'))
    expect(results).toHaveLength(1)
  })

  test('of a completion with another summary answers that there is nothing more to do', async () => {
    const taskId = await api.task({ status: 'todo' })
    await use('preq_complete_task', { taskId, summary: 'Done.' })

    const same = await use('preq_complete_task', { taskId, summary: 'Done.' })
    const other = await use('preq_complete_task', { taskId, summary: 'Done, really.' })

    expect([same.isError, other.isError]).toEqual([false, true])
    expect(other.text).toContain('Nothing more to do; the owner decides.')
  })
})

describe('a claim that waits', () => {
  test('gets a task queued in the meantime, and holds no transaction until then', async () => {
    const taskId = await api.task({ status: 'todo' })
    const waiting = new Promise<void>((resolve) => {
      onWait = resolve
    })
    const claim = use('preq_claim_task', { wait: 50, next: true, label: null })
    await waiting
    await editTask(api.ctx, taskId, { runState: 'queued' })
    api.deps.wakeup.trigger()

    expect((await claim).result).toMatchObject({ task: { id: taskId }, objective: 'implement' })
    expect((await use('preq_claim_task', { wait: 51 })).text).toMatch(/^wait: .*50/)
  })

  test('ends when its client disconnects, and hands nothing out', async () => {
    const server = await listen(api)
    const taskId = await api.task({ status: 'todo' })
    waits = []
    const waiting = new Promise<void>((resolve) => {
      onWait = resolve
    })
    const { hostname, port } = new URL(server.url)
    const call = request({
      hostname,
      port,
      method: 'POST',
      path: '/mcp',
      headers: {
        authorization: `Bearer ${api.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
    })
    call.on('error', () => {})
    const params = { name: 'preq_claim_task', arguments: { wait: 50, next: true } }
    call.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }))
    await waiting
    const [signal] = waits
    const aborted = once(signal as unknown as EventTarget, 'abort')
    call.destroy()
    await aborted
    await editTask(api.ctx, taskId, { runState: 'queued' })
    api.deps.wakeup.trigger()

    expect((await api.call('GET', `/api/tasks/${taskId}`)).body.task.run_state).toBe('queued')
    await server.close()
  })
})

describe('around the endpoint', () => {
  test('the server is called preqbot, and its instructions explain the statuses', async () => {
    const { result } = await askMcp(api, 'initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'codex', version: '1' },
    })

    expect(result.serverInfo.name).toBe('preqbot')
    for (const status of ['inbox', 'todo', 'hold', 'ready', 'done'])
      expect(result.instructions).toContain(status)
    expect(result.instructions).toContain('Only the owner')
  })

  test.each([
    '/mcp/sse',
    '/mcp/.well-known/openid-configuration',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-authorization-server/mcp',
  ])('%s is a 404 in JSON', async (path) => {
    const { status, body } = await api.call('GET', path, { token: null })

    expect([status, body]).toEqual([404, { error: 'Not found' }])
  })

  test.each(['GET', 'DELETE'])('%s /mcp is not allowed', async (method) => {
    expect((await api.call(method, '/mcp')).status).toBe(405)
  })

  test('an unknown tool is refused with the list of known tools', async () => {
    const { error } = await askMcp(api, 'tools/call', { name: 'preq_fly', arguments: {} })

    expect(error.message).toContain('There is no tool preq_fly. Tools: preq_list_tasks, ')
  })
})
