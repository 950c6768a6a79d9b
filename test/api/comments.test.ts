import { afterAll, beforeAll, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const queuedTask = async () => {
  const key = await api.task({ status: 'todo' })
  await editTask(api.ctx, key, { runState: 'queued' })
  return key
}

test.each([
  'Rounding is wrong.',
  `Rounding is wrong.\n${'That is why. '.repeat(80)}`,
  `가격이 틀려요 👩‍💻 <b>${'긴 '.repeat(400)}`,
])('a comment is listed with its author and its text unchanged: %#', async (text) => {
  const key = await api.task({ status: 'todo' })

  const posted = await api.call('POST', `/api/tasks/${key}/comments`, { body: { text } })
  const { body } = await api.call('GET', `/api/tasks/${key}/comments`)

  expect([posted.status, posted.text]).toEqual([201, expect.stringContaining('agent:laptop')])
  expect(body.comments).toEqual([
    { id: posted.body.comment.id, author: 'agent:laptop', text: text.trim(), at: expect.any(String) },
  ])
})

test('progress is logged but is not a comment', async () => {
  const key = await api.task({ status: 'todo' })
  await api.call('POST', '/api/tasks/claim', { body: { next: true } })

  const posted = await api.call('POST', `/api/tasks/${key}/comments`, {
    body: { text: `Half of it\n${'and more '.repeat(50)}`, progress: true },
  })
  const comments = await api.call('GET', `/api/tasks/${key}/comments`)
  const log = await api.call('GET', `/api/tasks/${key}/log`)

  expect(posted.status).toBe(201)
  expect(comments.body.comments).toEqual([])
  expect(log.body.entries).toEqual(
    expect.arrayContaining([expect.objectContaining({ title: 'Half of it', author: 'agent:laptop' })]),
  )
})

test('a long progress line is stored in full', async () => {
  const key = await api.task({ status: 'todo' })
  const text = 'word '.repeat(400).trim()

  const posted = await api.call('POST', `/api/tasks/${key}/comments`, { body: { text, progress: true } })
  const { body } = await api.call('GET', `/api/tasks/${key}/log`)

  expect(posted.status).toBe(201)
  expect(`${body.entries[0].title} ${body.entries[0].detail}`).toContain(text)
})

test('the log is paged, oldest first', async () => {
  const key = await api.task({ status: 'todo' })
  for (const text of ['one', 'two', 'three'])
    await api.call('POST', `/api/tasks/${key}/comments`, { body: { text, progress: true } })

  const first = await api.call('GET', `/api/tasks/${key}/log?limit=2`)
  const rest = await api.call('GET', `/api/tasks/${key}/log?limit=2&cursor=${first.body.next_cursor}`)

  const titles = [...first.body.entries, ...rest.body.entries].map(({ title }) => title)
  expect(titles).toEqual(['one', 'two', 'three'])
  expect(rest.body.next_cursor).toBeNull()
})

test('an empty comment is 400, and one on an unknown task is 404', async () => {
  const key = await api.task({ status: 'todo' })

  const empty = await api.call('POST', `/api/tasks/${key}/comments`, { body: { text: ' ' } })
  const missing = await api.call('POST', '/api/tasks/PROJ-9999/comments', { body: { text: 'Hello' } })

  expect([empty.status, missing.status]).toEqual([400, 404])
})

test('releasing a run queues the task again with the note as a comment', async () => {
  const key = await queuedTask()
  const { token } = await createToken(api.ctx, { name: 'worker' })
  const claimed = await api.call('POST', '/api/tasks/claim', { token, body: {} })

  const released = await api.call('POST', `/api/tasks/${key}/release`, {
    token,
    body: { note: 'The database is locked.' },
  })
  const again = await api.call('POST', '/api/tasks/claim', { token, body: {} })

  expect(claimed.body.task.id).toBe(key)
  expect(released.status).toBe(200)
  expect(released.body.task).toMatchObject({ id: key, run_state: 'queued' })
  expect(again.body.task.id).toBe(key)
  const { body } = await api.call('GET', `/api/tasks/${key}/comments`)
  expect(body.comments).toMatchObject([{ author: 'agent:worker', text: 'The database is locked.' }])
})

test('another token’s run cannot be released', async () => {
  const key = await queuedTask()
  const { token } = await createToken(api.ctx, { name: 'other worker' })
  await api.call('POST', `/api/tasks/claim`, { token, body: { next: true } })

  const answer = await api.call('POST', `/api/tasks/${key}/release`, { body: {} })

  expect(answer.status).toBe(409)
  expect(answer.body.error).toContain('other worker')
})

test('a token can read what it may do and its open runs', async () => {
  const key = await queuedTask()
  const { token } = await createToken(api.ctx, { name: 'codex', engine: 'codex', projectKeys: ['PROJ'] })
  await api.call('POST', '/api/tasks/claim', { token, body: {}, headers: { 'preqbot-session': 'one' } })

  const { body } = await api.call('GET', '/api/me', { token })

  expect(body).toEqual({
    token: { name: 'codex', engine: 'codex', rights: 'work', projects: ['PROJ'] },
    runs: [{ task_key: key, since: expect.any(String), session: 'one' }],
  })
})
