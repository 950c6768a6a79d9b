import { afterAll, beforeAll, expect, test } from 'vitest'
import { createToken, type NewToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { findTask } from '../../src/domain/tasks/read.ts'
import { allowDeletions, takeDeletionQuestions } from '../../src/domain/tasks/removal/deletion-limit.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { noChanges, recordChanges } from '../support/recorded-changes.ts'

let api: TestApi
let other: string
beforeAll(async () => {
  api = await openApi()
  other = (await createProject(api.ctx, { key: 'OTHER', name: 'Other' })).id
})
afterAll(() => api.close())

const tokenWith = async (grant: Partial<NewToken> = {}) =>
  (await createToken(api.ctx, { name: 'worker', ...grant })).token
const as = (token: string) => (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token, ...(body === undefined ? {} : { body }) })
const elsewhere = async () =>
  (await createTask(api.ctx, { projectId: other, title: 'Elsewhere', status: 'todo' })).task.key

test.each([
  ['accept a ready task', 'ready', { lifecycle_action: 'review' }, ''],
  ['move a task to done', 'todo', { status: 'done' }, '/status'],
  ['archive a task', 'todo', { status: 'archived' }, '/status'],
  ['set a task done with a patch', 'todo', { status: 'done' }, ''],
])('a work token may not %s and is told who can', async (_what, status, body, path) => {
  const key = await api.task({ status })
  const call = as(await tokenWith())
  const changes = await recordChanges(api.db)

  const answer = await call('PATCH', `/api/tasks/${key}${path}`, body)

  expect([answer.status, answer.body.error]).toEqual([403, expect.stringContaining('the owner does')])
  expect(await changes()).toEqual(noChanges)
})

test('a work token may not create a task that is done', async () => {
  const call = as(await tokenWith())

  const answer = await call('POST', '/api/tasks', {
    title: 'Done already',
    projectKey: 'PROJ',
    status: 'done',
  })

  expect(answer.status).toBe(403)
})

test('a work token may review a ready task while it holds the run that the owner queued for a review', async () => {
  const key = await api.task({ status: 'ready' })
  await editTask(api.ctx, key, { runState: 'queued' })
  const call = as(await tokenWith())
  const claimed = await call('POST', '/api/tasks/claim', { next: true })
  expect(claimed.body).toMatchObject({ objective: 'review', task: { id: key } })

  const reviewed = await call('PATCH', `/api/tasks/${key}`, { lifecycle_action: 'review' })

  expect(reviewed.body.task).toMatchObject({ status: 'done', run_state: null })
})

test('a work token may delete what it created, but nothing that the owner or another token created', async () => {
  const call = as(await tokenWith())
  const own = (await call('POST', '/api/tasks', { title: 'Mine', projectKey: 'PROJ' })).body.task.id
  const foreign = await api.task()
  const { task: owners } = await createTask(api.ctx, { projectId: other, title: 'The owner’s' })

  const answers = [own, foreign, owners.key].map((key) => call('DELETE', `/api/tasks/${key}`))

  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 403, 403])
})

test('five deletions within an hour succeed, the sixth is refused, and an hour later one succeeds', async () => {
  const call = as(await tokenWith({ rights: 'full' }))
  const keys = await Promise.all(Array.from({ length: 7 }, () => api.task()))
  const remove = async (index: number) => (await call('DELETE', `/api/tasks/${keys[index]}`)).status
  const statuses = []
  for (let index = 0; index < 6; index += 1) statuses.push(await remove(index))
  expect(statuses).toEqual([200, 200, 200, 200, 200, 409])
  expect(await findTask(api.scope, keys[5] ?? '')).not.toBeNull()
  api.clock.advance({ minutes: 60, ms: 1 })

  expect(await remove(6)).toBe(200)
})

test('of ten concurrent deletions, five succeed', async () => {
  const call = as(await tokenWith({ rights: 'full' }))
  const keys = await Promise.all(Array.from({ length: 10 }, () => api.task()))

  const answers = await Promise.all(keys.map((key) => call('DELETE', `/api/tasks/${key}`)))

  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
})

test('a batch of 31 deletions is refused entirely', async () => {
  const keys = await Promise.all(Array.from({ length: 31 }, () => api.task()))
  const call = as(await tokenWith({ rights: 'full' }))
  const batch = keys.map((taskId, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'preq_delete_task', arguments: { taskId } },
  }))

  const answer = await call('POST', '/mcp', batch)

  expect(answer.status).toBe(400)
  const left = await Promise.all(keys.map((key) => findTask(api.scope, key)))
  expect(left).not.toContain(null)
})

test('the owner is asked about the limit once per hour and token, with an audit entry', async () => {
  const call = as(await tokenWith({ name: 'beta', rights: 'full' }))
  const keys = await Promise.all(Array.from({ length: 7 }, () => api.task()))
  for (const key of keys.slice(0, 5)) await call('DELETE', `/api/tasks/${key}`)
  const asked = () =>
    api.db.transaction((tx) => takeDeletionQuestions(tx, { ownerId: api.ownerId, now: api.clock.now() }))
  await asked()
  const changes = await recordChanges(api.db)

  const refused = await call('DELETE', `/api/tasks/${keys[5]}`)
  const first = await asked()
  await call('DELETE', `/api/tasks/${keys[6]}`)
  const second = await asked()

  expect([refused.status, refused.body.error]).toEqual([409, expect.stringContaining('The owner was asked')])
  expect(first).toMatchObject([{ name: 'beta' }])
  expect(second).toEqual([])
  expect(await changes()).toMatchObject({
    events: [],
    audit: [{ action: 'token.deletion-limit', meta: { taskKey: keys[5], by: 'agent:beta' } }],
  })
})

test('an allowance lifts the limit for an hour, after which the owner is asked again', async () => {
  const token = await createToken(api.ctx, { name: 'beta', rights: 'full' })
  const keys = await Promise.all(Array.from({ length: 9 }, () => api.task()))
  const remove = async (nth: number) => (await as(token.token)('DELETE', `/api/tasks/${keys[nth]}`)).status
  const asked = () =>
    api.db.transaction((tx) => takeDeletionQuestions(tx, { ownerId: api.ownerId, now: api.clock.now() }))
  for (let nth = 0; nth < 6; nth += 1) await remove(nth)
  await asked()

  await allowDeletions(api.ctx, token.row.id)
  api.clock.advance({ minutes: 1 })
  const within = [await remove(5), await remove(6)]
  api.clock.advance({ minutes: 58 })
  const atTheEnd = await remove(7)
  api.clock.advance({ minutes: 1 })
  const afterwards = await remove(8)

  expect([...within, atTheEnd, afterwards]).toEqual([200, 200, 200, 409])
  expect(await asked()).toMatchObject([{ name: 'beta' }])
})

test('a token for one project claims, reads and changes only that', async () => {
  const call = as(await tokenWith({ projectKeys: ['PROJ'] }))
  const key = await elsewhere()
  await editTask(api.ctx, key, { runState: 'queued' })

  const answers = [
    await call('PATCH', `/api/tasks/${key}`, { title: 'Renamed' }),
    await call('POST', '/api/tasks', { title: 'New', projectKey: 'OTHER' }),
    await call('DELETE', `/api/tasks/${key}`),
    await call('GET', `/api/tasks/${key}`),
    await call('GET', `/api/tasks/${key}/comments`),
    await call('POST', `/api/tasks/${key}/comments`, { text: 'Hi' }),
    await call('GET', '/api/projects/OTHER/settings'),
  ]

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403))
  expect((await call('POST', '/api/tasks/claim', {})).status).toBe(204)
  const { tasks } = (await call('GET', '/api/tasks')).body
  expect(tasks.every((task: { project_key: string }) => task.project_key === 'PROJ')).toBe(true)
  const { projects } = (await call('GET', '/api/projects')).body
  expect(projects.map((project: { projectKey: string }) => project.projectKey)).toEqual(['PROJ'])
  const { events } = (await call('GET', '/api/events?limit=100')).body
  expect(events.filter((event: { entityId: string }) => event.entityId.startsWith('OTHER'))).toEqual([])
  const { work_logs } = (await call('GET', '/api/work-logs')).body
  expect(work_logs.filter((log: { task_key: string | null }) => log.task_key?.startsWith('OTHER'))).toEqual(
    [],
  )
})

test('GET /api/me returns what the token may do and its open runs', async () => {
  const call = as(await tokenWith({ name: 'Codex', engine: 'codex', projectKeys: ['PROJ'] }))
  const key = await api.task({ status: 'todo' })
  await call('PATCH', `/api/tasks/${key}`, { lifecycle_action: 'start' })

  expect((await call('GET', '/api/me')).body).toEqual({
    token: { name: 'Codex', engine: 'codex', rights: 'work', projects: ['PROJ'] },
    runs: [{ task_key: key, since: api.clock.now().toISOString(), session: null }],
  })
})

test('only the holder can release a run, which queues the task again with the note as a comment', async () => {
  const call = as(await tokenWith())
  const key = await api.task({ status: 'todo' })
  await call('PATCH', `/api/tasks/${key}`, { lifecycle_action: 'start' })
  const foreign = await as(await tokenWith())('POST', `/api/tasks/${key}/release`, {})
  expect(foreign.status).toBe(409)

  const released = await call('POST', `/api/tasks/${key}/release`, { note: 'I lack the key.' })

  expect(released.body.task).toMatchObject({ status: 'todo', run_state: 'queued' })
  const { comments } = (await call('GET', `/api/tasks/${key}/comments`)).body
  expect(comments).toMatchObject([{ author: 'agent:worker', text: 'I lack the key.' }])
  expect((await call('POST', `/api/tasks/${key}/release`, {})).status).toBe(409)
})

test('a task’s log shows earlier attempts and comments with their authors, page by page', async () => {
  const call = as(await tokenWith())
  const key = await api.task({ status: 'todo' })
  await call('PATCH', `/api/tasks/${key}`, {
    lifecycle_action: 'complete',
    result: { summary: 'First try.' },
  })
  await editTask(api.ctx, key, { comment: 'Not yet.' })
  await call('POST', `/api/tasks/${key}/comments`, { text: 'On it.' })

  const entries = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { body: { entries: object[]; next_cursor: string | null } } = await call(
      'GET',
      `/api/tasks/${key}/log?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    entries.push(...page.body.entries)
    cursor = page.body.next_cursor
  }

  expect(entries).toMatchObject([
    { kind: 'status', author: 'agent:worker' },
    { kind: 'result', author: 'agent:worker' },
    { kind: 'comment', author: 'owner', detail: 'Not yet.' },
    { kind: 'comment', author: 'agent:worker', detail: 'On it.' },
  ])
})
