import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { createPureWakeup, deadWakeup, openApi, type TestApi } from '../support/api.ts'

let api: TestApi
let number = 10
let project_key = ''
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
// Each test has its own project and therefore its own queue.
beforeEach(async () => {
  number += 1
  project_key = `Q${number}`
  await createProject(api.ctx, { key: project_key, name: 'Queue' })
})

const todo = (fields: object = {}) => api.task({ projectKey: project_key, status: 'todo', ...fields })
const queue = async (fields: object = {}) => {
  const key = await todo(fields)
  await editTask(api.ctx, key, { runState: 'queued' })
  return key
}
const claim = (body: object = {}, token = api.token) =>
  api.call('POST', '/api/tasks/claim', { body: { project_key, next: true, ...body }, token })

describe('POST /api/tasks/claim', () => {
  test('hands out the task queued first, as working and with all fields of a single task', async () => {
    const first = await queue()
    api.clock.advance({ minutes: 1 })
    await queue()
    const answer = await claim()
    expect(answer.status).toBe(200)
    expect(answer.body.task).toMatchObject({
      id: first,
      run_state: 'working',
      feedback: [],
      latest_preq_result: null,
    })
    expect(answer.body.available_labels).toEqual([])
  })

  test('answers 204 if nothing is queued, and takes todo tasks only on request', async () => {
    const key = await todo()
    const none = await claim()
    const taken = await claim({ status: 'todo' })
    const again = await claim({ status: 'todo' })
    expect([none.status, none.text, taken.body.task.id, again.status]).toEqual([204, '', key, 204])
  })

  test('leaves a task alone while its question is open, even if the owner moved it back to todo', async () => {
    const key = await todo()
    await api.call('PATCH', `/api/tasks/${key}`, {
      body: { lifecycle_action: 'block', result: { reason: 'Which currency?' } },
    })
    await editTask(api.ctx, key, { status: 'todo' })
    const asked = await claim({ status: 'todo' })
    const { question } = await requireTask(api.scope, key)
    await answerQuestion(api.ctx, question?.id ?? '', { text: 'Euro' })
    const answered = await claim({ status: 'todo' })
    expect([asked.status, answered.status, answered.body.task?.id]).toEqual([204, 200, key])
  })

  test('respects engine, project and label', async () => {
    await queue({ engine: 'codex' })
    const labelled = await queue({ labels: ['Backend'], engine: 'claude' })
    expect((await claim({ engine: 'gemini' })).status).toBe(204)
    expect((await claim({ project_key: 'NOPE' })).status).toBe(404)
    expect((await claim({ label: 'frontend' })).status).toBe(204)
    expect(
      (await claim({ label: 'backend', engine: 'claude', project_key: project_key.toLowerCase() })).body.task
        .id,
    ).toBe(labelled)
  })

  test('gives 20 agents 20 different tasks, and only 5 of 20 agents a task if there are 5', async () => {
    const tokens = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, number) => (await createToken(api.ctx, { name: `agent ${number}` })).token,
      ),
    )
    for (const available of [20, 5]) {
      for (let made = 0; made < available; made += 1) await queue()
      const answers = await Promise.all(tokens.map((token) => claim({}, token)))
      const keys = answers.flatMap((answer) => (answer.status === 200 ? [answer.body.task.id] : []))
      expect(new Set(keys).size).toBe(available)
      expect(answers.filter((answer) => answer.status === 204)).toHaveLength(20 - available)
    }
  })

  test('starts the task: another agent is refused, the same one can continue', async () => {
    const key = await queue()
    await claim()
    const { token } = await createToken(api.ctx, { name: 'server' })
    const start = (by: string) =>
      api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' }, token: by })
    expect([(await start(token)).status, (await start(api.token)).status]).toEqual([409, 200])
  })

  test.each([
    ['woken by a signal', createPureWakeup()],
    ['by asking again, without any wakeup', deadWakeup],
  ])('waits for a task that is queued later, %s', async (_, wakeup) => {
    const second = api.another({ wakeup })
    const key = await todo()
    const waiting = second.call('POST', '/api/tasks/claim', { body: { project_key, wait: 30 } })
    await editTask(api.ctx, key, { runState: 'queued' })
    wakeup.trigger()
    expect((await waiting).body.task.id).toBe(key)
  })

  test('answers that there was nothing when its wait ends and when the process stops', async () => {
    expect((await claim({ wait: 0.05 })).status).toBe(204)
    const stopping = new AbortController()
    const second = api.another({ signal: stopping.signal })
    const waiting = second.call('POST', '/api/tasks/claim', { body: { project_key, wait: 55 } })
    stopping.abort()
    expect((await waiting).status).toBe(204)
  })

  test('takes no task for a client that has disconnected', async () => {
    const key = await todo()
    const client = new AbortController()
    const waiting = api.app.request(
      new Request('http://localhost/api/tasks/claim', {
        method: 'POST',
        headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ project_key, wait: 55 }),
        signal: client.signal,
      }),
    )
    client.abort()
    await waiting
    await editTask(api.ctx, key, { runState: 'queued' })
    api.deps.wakeup.trigger()
    expect((await api.call('GET', `/api/tasks/${key}`)).body.task.run_state).toBe('queued')
  })

  test.each([{ wait: 56 }, { wait: -1 }, { wait: '5' }, { status: 'inbox' }, { engine: 'x' }])(
    'refuses %o',
    async (body) => {
      expect((await claim(body)).status).toBe(400)
    },
  )
})
