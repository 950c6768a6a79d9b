import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tools } from '../../src/api/mcp/tools.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { askMcp, useTool } from '../support/mcp.ts'
import { connectRunner, queueTask, type TestRun } from '../support/runners.ts'

let api: TestApi
let run: TestRun
let other = ''
// The token of the runner may do everything, so only the run narrows what its token may do.
beforeAll(async () => {
  api = await openApi()
  await createProject(api.ctx, { key: 'ELSE', name: 'Elsewhere' })
  other = await queueTask(api, { engine: 'gemini' })
  await queueTask(api)
  const runner = await connectRunner(api, { rights: 'full' })
  run = await runner.take()
})
afterAll(() => api.close())

const hook = { session_id: 's', hook_event_name: 'SessionStart' }
const question = { question: 'Red or blue?' }

interface Request {
  readonly body?: object
  readonly foreign?: number
}

/** Each endpoint: what the run's token gets on its own task, and on another one if the path or body names one. */
const endpoints: [endpoint: string, status: number, about?: Request][] = [
  ['get /api/tasks', 403],
  ['post /api/tasks', 201, { body: { title: 'T', projectKey: 'PROJ' } }],
  ['post /api/tasks', 403, { body: { title: 'T', projectKey: 'ELSE' } }],
  ['post /api/tasks', 403, { body: { title: 'T', projectKey: 'PROJ', status: 'done' } }],
  ['post /api/tasks/claim', 403, { body: {} }],
  ['get /api/tasks/{id}', 200, { foreign: 403 }],
  ['patch /api/tasks/{id}', 200, { body: { lifecycle_action: 'start' }, foreign: 403 }],
  ['patch /api/tasks/{id}', 403, { body: { title: 'Mine' } }],
  ['patch /api/tasks/{id}', 403, { body: { noteMarkdown: 'Mine' } }],
  ['patch /api/tasks/{id}', 403, { body: { status: 'done' } }],
  ['patch /api/tasks/{id}', 403, { body: { lifecycle_action: 'start', status: 'done' } }],
  ['patch /api/tasks/{id}', 403, { body: { lifecycle_action: 'review' } }],
  ['patch /api/tasks/{id}/status', 403, { body: { status: 'todo' } }],
  ['delete /api/tasks/{id}', 403],
  ['get /api/tasks/{id}/comments', 200, { foreign: 403 }],
  ['post /api/tasks/{id}/comments', 201, { body: { text: 'Hi' }, foreign: 403 }],
  ['get /api/tasks/{id}/log', 200, { foreign: 403 }],
  ['get /api/me', 403],
  ['get /api/projects', 403],
  ['get /api/projects/{key}/settings', 403],
  ['get /api/events', 403],
  ['get /api/work-logs', 403],
  ['post /api/work-logs', 403, { body: { title: 'Log' } }],
  ['post /api/questions', 201, { body: question }],
  ['post /api/questions', 403, { body: { ...question, task: 'OTHER' } }],
  ['get /api/questions/{id}', 200],
  ['delete /api/questions/{id}', 200],
  ['post /api/runners', 403, { body: {} }],
  ['patch /api/runs/{id}', 200, { body: { files: 1 }, foreign: 403 }],
  ['patch /api/runs/{id}', 403, { body: { outcome: 'lost' } }],
  ['post /hooks/claude', 200, { body: hook }],
  ['post /hooks/codex', 200, { body: hook }],
  // Last, because it ends the run.
  ['post /api/tasks/{id}/release', 200, { body: {}, foreign: 403 }],
]

const namesOwner = /token belongs to the run of PROJ-\d+.*The owner|limited to PROJ.*The owner|the owner does/

describe('the token of a run over MCP', () => {
  const mine = { taskId: 'MINE' }
  /** Each tool that it may call with arguments about its own task; what isn't listed is refused. */
  const allowed: Readonly<Record<string, object>> = {
    preq_get_task: mine,
    preq_list_task_log: mine,
    preq_list_task_comments: mine,
    preq_start_task: mine,
    preq_comment: { ...mine, text: 'Hi' },
    preq_ask_owner: { ...mine, question: 'Red or blue?' },
    preq_create_task: { title: 'T', projectKey: 'PROJ' },
    preq_agent_guide: {},
  }
  /** Allowed, but refused in this state. */
  const needsState: Readonly<Record<string, object>> = {
    preq_get_answer: { id: crypto.randomUUID() },
    preq_plan_task: { ...mine, planMarkdown: ' ' },
    preq_complete_task: { ...mine, summary: ' ' },
    preq_block_task: { ...mine, reason: '' },
    preq_release_task: { ...mine, note: 7 },
  }
  const call = (name: string, given: object, key: string) => {
    const args = JSON.parse(JSON.stringify(given).replace('"MINE"', JSON.stringify(key)))
    return useTool(api, name, args, { authorization: `Bearer ${run.token}` })
  }

  test.each(tools.map(({ name }) => name))('%s', async (name) => {
    const args = allowed[name] ?? needsState[name] ?? mine
    const own = await call(name, args, run.key)
    const isRefused = own.isError && namesOwner.test(own.text)
    expect([own.isError, isRefused]).toEqual([
      !(name in allowed),
      !(name in allowed) && !(name in needsState),
    ])
    if (!(name in allowed) || !('taskId' in args)) return
    const foreign = await call(name, args, other)
    expect([foreign.isError, foreign.text]).toEqual([true, expect.stringMatching(namesOwner)])
  })

  test('tools/list shows only the tools that it may call', async () => {
    const { result } = await askMcp(api, 'tools/list', {}, { authorization: `Bearer ${run.token}` })
    const names = result.tools.map(({ name }: { name: string }) => name).sort()
    const listed = Object.keys({ ...allowed, ...needsState, preq_review_task: mine }).filter(
      (name) => name !== 'preq_list_task_comments' && name !== 'preq_agent_guide',
    )
    expect(names).toEqual(listed.sort())
  })
})

describe('the token of a run over REST', () => {
  test('the table names every endpoint', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null })
    const guarded = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: unknown }>).flatMap(([method, { security }]) =>
        security === undefined ? [] : [`${method} ${path}`],
      ),
    )
    expect([...new Set(endpoints.map(([endpoint]) => endpoint))].sort()).toEqual(guarded.sort())
  })

  test.each(endpoints)('%s: %i %o', async (endpoint, status, request) => {
    const { body, foreign } = request ?? {}
    const [method = '', path = ''] = endpoint.split(' ')
    const asked = path.startsWith('/api/questions/')
      ? (await run.call('POST', '/api/questions', question)).body.question.id
      : ''
    const at = (task: string, id: string) =>
      path
        .replace('/api/tasks/{id}', `/api/tasks/${task}`)
        .replace('/api/questions/{id}', `/api/questions/${asked}`)
        .replace('{key}', 'PROJ')
        .replace('{id}', id)
    const sent = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replace('OTHER', other))
    if (foreign !== undefined) {
      const refused = await run.call(method.toUpperCase(), at(other, crypto.randomUUID()), sent)
      expect([refused.status, refused.body.error]).toEqual([foreign, expect.stringMatching(namesOwner)])
    }
    const own = await run.call(method.toUpperCase(), at(run.key, run.id), sent)
    expect(own.status, own.text).toBe(status)
    if (status === 403) expect(own.body.error).toMatch(namesOwner)
  })
})

test('the token of a run may accept a task only if the owner queued it for a review', async () => {
  const key = await api.task({ status: 'ready' })
  await editTask(api.ctx, key, { runState: 'queued' })
  const reviewer = await (await connectRunner(api, { name: 'reviewer' })).take()
  const accepted = await reviewer.act('review', { summary: 'Fine.' })
  expect([reviewer.body.objective, reviewer.key, accepted.body.task?.status]).toEqual(['review', key, 'done'])
})
