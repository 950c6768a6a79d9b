import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, eventsOutbox, questions } from '../../src/db/schema.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createCtx } from '../../src/domain/core/context.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { undoChange } from '../../src/domain/undo/undo.ts'
import { questionsJob } from '../../src/jobs/jobs.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { useTool } from '../support/mcp.ts'

let api: TestApi
let other: { token: string; id: string }
beforeAll(async () => {
  api = await openApi()
  const { token, row } = await createToken(api.ctx, { name: 'desktop', rights: 'full' })
  other = { token, id: row.id }
})
afterAll(() => api.close())

const claimed = async (fields: object = {}) => {
  const key = await api.task({ status: 'todo', ...fields })
  await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' } })
  return key
}
const ask = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  api.call('POST', '/api/questions', { body, headers })
const read = (id: string, query = '') => api.call('GET', `/api/questions/${id}${query}`)
const answer = (id: string, input: Parameters<typeof answerQuestion>[2]) => answerQuestion(api.ctx, id, input)
const feedbackOf = async (key: string) => (await api.call('GET', `/api/tasks/${key}`)).body.task.feedback
const eventsOf = async (key: string) =>
  (
    await api.db.select().from(eventsOutbox).where(eq(eventsOutbox.entityId, key)).orderBy(eventsOutbox.id)
  ).map(({ eventType, payload }) => [eventType, payload?.changedFields])

describe('a question', () => {
  test('keeps the run, has an event and an audit entry, and is the turn of the owner', async () => {
    const task = await claimed()

    const { status, body } = await ask({ task, question: 'Red or blue?', options: ['Red', 'Blue'] })

    expect(status).toBe(201)
    expect(body.question).toMatchObject({
      state: 'open',
      task_key: task,
      text: 'Red or blue?',
      options: [
        { id: '1', label: 'Red' },
        { id: '2', label: 'Blue' },
      ],
    })
    const { runState, question } = await requireTask(api.scope, task)
    expect([runState, question?.id]).toEqual(['running', body.question.id])
    expect((await eventsOf(task)).at(-1)).toEqual(['TASK_UPDATED', ['question']])
    const audited = await api.db.select().from(auditLogs).where(eq(auditLogs.targetId, task))
    expect(audited.map(({ action }) => action)).toContain('task.ask')
  })

  test('is answered once, and the waiting request gets the answer of the owner', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Red or blue?', options: ['Red', 'Blue'] })
    const { id } = body.question
    const waiting = read(id, '?wait=20')
    await answer(id, { options: ['2'] })

    const waited = await waiting
    const late = await answer(id, { options: ['1'] })

    expect(waited.body.question).toMatchObject({
      state: 'answered',
      answer: { by: 'chat', text: 'Blue', options: [{ id: '2', label: 'Blue' }] },
    })
    expect([late.isLate, late.question.answer?.items[0]?.text]).toEqual([true, 'Blue'])
    expect(await requireTask(api.scope, task)).toMatchObject({ runState: 'running', question: null })
  })

  test('without a task has an audit entry and no event, and is answered', async () => {
    const before = await api.db.select().from(eventsOutbox)
    const { body } = await ask({ question: 'Which folder?' }, { 'preqbot-session': 'no-run' })
    await answer(body.question.id, { text: 'src' })

    expect((await read(body.question.id)).body.question).toMatchObject({
      task_key: null,
      answer: { text: 'src', options: [] },
    })
    expect(await api.db.select().from(eventsOutbox)).toHaveLength(before.length)
    const entries = await api.db.select().from(auditLogs).where(eq(auditLogs.targetId, body.question.id))
    expect(entries.map(({ action }) => action).sort()).toEqual(['question.answer', 'question.ask'])
  })

  test('asked again with its key, or in the same words, is the same question', async () => {
    const task = await claimed()
    const keyed = await ask({ task, question: 'Go?', key: 'k-1' })
    const again = await ask({ task, question: 'Go now?', key: 'k-1' })
    const header = await ask({ task, question: 'Stop?' }, { 'idempotency-key': 'k-1' })
    const words = await ask({ task, question: 'Go?' })
    const others = await ask({ task, question: 'Stop?' })

    const ids = [keyed, again, header, words].map(({ body }) => body.question.id)
    expect(new Set(ids).size).toBe(1)
    expect(others.body.question.id).not.toBe(ids[0])
  })

  test('with a key finds its question after it was answered', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Go?', options: ['Yes'], key: 'k-2' })
    await answer(body.question.id, { options: ['1'] })

    const again = await ask({ task, question: 'Go?', options: ['Yes'], key: 'k-2', wait: 20 })

    expect(again.body.question).toMatchObject({ id: body.question.id, state: 'answered' })
  })

  test('without a task belongs to the only run of the session', async () => {
    const key = await api.task({ status: 'todo' })
    const headers = { 'preqbot-session': 'one-run' }
    await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' }, headers })

    const { body } = await ask({ question: 'Which port?' }, headers)

    expect(body.question.task_key).toBe(key)
  })

  test('with several items is answered one after another', async () => {
    const task = await claimed()
    const items = [
      { text: 'Which tests?', options: ['Unit', 'Load', 'Smoke'], multi: true },
      { text: 'Which name?' },
    ]
    const { body } = await ask({ task, items })
    const { id } = body.question
    await answer(id, { item: '1', options: ['3'], toggles: true })
    await answer(id, { item: '1', options: ['1'], toggles: true })
    await answer(id, { item: '1', options: ['2'], toggles: true })
    await answer(id, { item: '1', options: ['2'], toggles: true })
    const first = await answer(id, { item: '1' })
    const double = await answer(id, { item: '1', options: ['2'] })

    const last = await answer(id, { item: '2', text: 'preqbot' })

    expect([first.question.state, double.isLate, last.question.state]).toEqual(['open', true, 'answered'])
    expect((await read(id)).body.question.answer.items).toEqual([
      {
        id: '1',
        text: 'Unit, Smoke',
        options: [
          { id: '1', label: 'Unit' },
          { id: '3', label: 'Smoke' },
        ],
      },
      { id: '2', text: 'preqbot', options: [] },
    ])
  })

  test.each([
    ['200 characters', 'x'.repeat(200)],
    ['emoji', '🧪 Try it 👩‍🚀'],
    ['right to left', 'نعم، تابع'],
  ])('returns the label of its option: %s', async (_, label) => {
    const task = await claimed()
    const near = `${label.slice(0, 190)} or not`
    const { body } = await ask({ task, question: 'Which?', options: [near, label] })
    await answer(body.question.id, { options: ['2'] })

    expect((await read(body.question.id)).body.question.answer.text).toBe(label)
  })

  test('masks secrets before it is stored', async () => {
    const task = await claimed()
    const secret = `ghp_${'a1'.repeat(18)}`
    await ask({
      task,
      question: `Use ${secret}?`,
      options: [`Yes, ${secret}`],
      detail: `TOKEN=${secret} npm publish`,
    })

    expect(JSON.stringify(await api.db.select().from(questions))).not.toContain(secret)
  })
})

describe('a question is refused', () => {
  const wrong: readonly (readonly [string, object])[] = [
    ['without words', { question: ' \u200b' }],
    ['over 1,000 characters', { question: 'x'.repeat(1_001) }],
    ['with seven options', { question: 'Which?', options: [...'1234567'] }],
    ['with five items', { items: [...'12345'].map((text) => ({ text })) }],
    ['with words and items', { question: 'Which?', items: [{ text: 'A' }] }],
    ['with neither', { detail: 'npm test' }],
    ['with a timeout of 29 seconds', { question: 'Which?', timeout_s: 29 }],
    ['with a timeout over a week', { question: 'Which?', timeout_s: 604_801 }],
    ['with a wait of 51 seconds', { question: 'Which?', wait: 51 }],
    ['as a permission with its own options', { kind: 'permission', question: 'Which?', options: ['Sure'] }],
    ['as a permission with a default', { kind: 'permission', question: 'Run it?', default: 'allow' }],
    ['with a default for several items', { items: [{ text: 'A' }, { text: 'B' }], default: 'x' }],
    ['as a block', { kind: 'block', question: 'Which?' }],
    ['with an option of 201 characters', { question: 'Which?', options: ['x'.repeat(201)] }],
  ]
  test.each(wrong)('%s', async (_, body) => {
    const { status } = await ask(body)
    expect(status).toBe(400)
  })

  test.each([
    ['30 seconds', { timeout_s: 30 }],
    ['a week', { timeout_s: 604_800 }],
    ['200 characters in an option', { options: ['x'.repeat(200)] }],
  ])('not at the limit: %s', async (_, more) => {
    const task = await claimed()
    expect((await ask({ task, question: 'x'.repeat(1_000), ...more })).status).toBe(201)
  })

  test('about a task that another agent is working on', async () => {
    const task = await claimed()
    const { status, body } = await api.call('POST', '/api/questions', {
      body: { task, question: 'Mine?' },
      token: other.token,
    })
    expect([status, body.error]).toEqual([409, expect.stringContaining('laptop has been working on')])
  })

  test('about a closed task, and one that does not exist', async () => {
    const task = await api.task({ status: 'done' })
    expect((await ask({ task, question: 'Still?' })).status).toBe(409)
    expect((await ask({ task: 'PROJ-9999', question: 'Still?' })).status).toBe(404)
  })

  test('to other tokens: they neither read nor withdraw it', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Mine?' })
    const path = `/api/questions/${body.question.id}`
    const statuses = await Promise.all(
      ['GET', 'DELETE'].map((method) => api.call(method, path, { token: other.token })),
    )
    expect(statuses.map(({ status }) => status)).toEqual([404, 404])
    expect((await read(body.question.id)).body.question.state).toBe('open')
  })
})

describe('time', () => {
  test('returns the default of a question that nobody answered, and no one can answer it afterward', async () => {
    const task = await claimed()
    const options = ['Red', 'Blue']
    const { body } = await ask({ task, question: 'Which?', options, default: 'Blue', timeout_s: 30 })
    const { id } = body.question
    api.clock.advance({ ms: 29_999 })
    await questionsJob.run({ ...api.deps, store: api.db } as never)
    const before = (await read(id)).body.question.state
    api.clock.advance({ ms: 1 })

    await questionsJob.run({ ...api.deps, store: api.db } as never)

    const late = await answer(id, { options: ['1'] })
    expect([before, late.isLate]).toEqual(['open', true])
    expect((await read(id)).body.question).toMatchObject({
      state: 'expired',
      answer: { by: 'timeout', text: 'Blue', options: [{ id: '2', label: 'Blue' }] },
    })
  })

  test('ends a waiting request', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?', timeout_s: 30 })
    const waiting = read(body.question.id, '?wait=20')
    api.clock.advance({ ms: 30_000 })

    const { question } = (await waiting).body

    expect([question.state, question.answer]).toEqual(['expired', undefined])
  })

  test('that can’t end a question holds up no answer', async () => {
    const task = await claimed()
    const { body: stuck } = await ask({ task, question: 'Which?', timeout_s: 30 })
    const { body: other } = await ask({ task, question: 'Where?', options: ['Here'], timeout_s: 604_800 })
    await api.db.execute(sql`create function refuse_expiry() returns trigger language plpgsql as $$
      begin raise exception 'no'; end $$`)
    await api.db.execute(sql`create trigger refuse_expiry before update on questions for each row
      when (new.state = 'expired') execute function refuse_expiry()`)
    try {
      api.clock.advance({ ms: 30_000 })
      const late = read(stuck.question.id, '?wait=20')
      const waiting = read(other.question.id, '?wait=20')
      await answer(other.question.id, { options: ['1'] })

      expect((await waiting).body.question.answer.text).toBe('Here')

      await api.db.execute(sql`drop function refuse_expiry cascade`)
      expect((await late).body.question.state).toBe('expired')
    } finally {
      await api.db.execute(sql`drop function if exists refuse_expiry cascade`)
    }
  })

  test('approves neither a permission nor a plan', async () => {
    const task = await claimed()
    const { body: permission } = await ask({
      task,
      kind: 'permission',
      question: 'Run npm test?',
      timeout_s: 30,
    })
    const { body: plan } = await ask({ task, kind: 'plan', question: 'Go?', detail: '# Plan' })
    api.clock.advance({ days: 8 })
    await questionsJob.run({ ...api.deps, store: api.db } as never)

    expect((await read(permission.question.id)).body.question).toMatchObject({ state: 'expired' })
    expect((await read(permission.question.id)).body.question.answer).toBeUndefined()
    expect((await read(plan.question.id)).body.question.state).toBe('open')
  })

  test('does not make a waiting run stale, and nobody takes it over', async () => {
    const task = await claimed()
    await ask({ task, question: 'Which?', timeout_s: 604_800 })
    api.clock.advance({ hours: 20 })
    await staleRunsJob.run({ ...api.deps, store: api.db } as never)
    const taken = await api.call('PATCH', `/api/tasks/${task}`, {
      body: { lifecycle_action: 'start' },
      token: other.token,
    })
    expect(taken.status).toBe(409)
  })
})

test('words alone decide no permission, and a denial brings them along', async () => {
  const task = await claimed()
  const { body } = await ask({ task, kind: 'permission', question: 'Run npm publish?' })
  const { id } = body.question
  await expect(answer(id, { text: 'yes, allow' })).rejects.toThrow('choose Allow or Deny')

  await answer(id, { options: ['deny'], text: 'Use the dry run.' })

  expect((await read(id)).body.question.answer).toMatchObject({
    text: 'Use the dry run.',
    options: [{ id: 'deny', label: 'Deny' }],
  })
})

describe('an open question is withdrawn', () => {
  const complete = { lifecycle_action: 'complete', result: { summary: 'Done' } }
  test.each([
    ['completing', complete],
    ['blocking', { lifecycle_action: 'block', result: { reason: 'Stuck' } }],
    ['planning', { lifecycle_action: 'plan', planMarkdown: '# Plan' }],
  ])('by %s the task', async (_, patch) => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    const waiting = read(body.question.id, '?wait=20')
    await api.call('PATCH', `/api/tasks/${task}`, { body: patch })
    expect((await waiting).body.question.state).toBe('withdrawn')
  })

  test.each([
    ['stops the run', { runState: null }],
    ['accepts it', { status: 'done' }],
    ['archives it', { status: 'archived' }],
  ] as const)('when the owner %s', async (_, edit) => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    await editTask(api.ctx, task, edit)
    expect((await read(body.question.id)).body.question.state).toBe('withdrawn')
  })

  test('by the agent, and its answer comes too late', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    const { id } = body.question

    const withdrawn = await api.call('DELETE', `/api/questions/${id}`)

    const late = await answer(id, { text: 'Blue' })
    expect([withdrawn.body.question.state, late.isLate]).toEqual(['withdrawn', true])
    expect((await feedbackOf(task)).map(({ text }: { text: string }) => text)).toEqual(['Blue'])
  })

  test('but not by a heartbeat, nor when the owner moves it to todo', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    await api.call('PATCH', `/api/tasks/${task}`, { body: { lifecycle_action: 'start' } })
    await editTask(api.ctx, task, { status: 'todo' })
    expect((await read(body.question.id)).body.question.state).toBe('open')
  })
})

describe('an answer', () => {
  const complete = (task: string) =>
    api.call('PATCH', `/api/tasks/${task}`, {
      body: { lifecycle_action: 'complete', result: { summary: 'Done' } },
    })

  test('that no request received becomes feedback when the run ends', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    await answer(body.question.id, { text: 'Blue' })

    const { task: completed } = (await complete(task)).body

    expect(completed.feedback).toEqual([{ text: 'Which?\n→ Blue', at: api.clock.now().toISOString() }])
    expect(await feedbackOf(task)).toEqual(completed.feedback)
  })

  test('that a request received does not', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    await answer(body.question.id, { text: 'Blue' })
    await read(body.question.id)
    await complete(task)
    expect(await feedbackOf(task)).toEqual([])
  })

  test('on a task that nobody works on is feedback at once', async () => {
    const task = await api.task({ status: 'todo' })
    const { body } = await ask({ task, question: 'Which?' })
    await answer(body.question.id, { text: 'Blue' })
    expect(await feedbackOf(task)).toMatchObject([{ text: 'Which?\n→ Blue' }])
  })

  test('is undone until a request has received it', async () => {
    const task = await claimed()
    const { body } = await ask({ task, question: 'Which?' })
    const { id } = body.question
    const first = await answer(id, { text: 'Blue' })
    await undoChange(api.ctx, first.auditId ?? '')
    const reopened = (await requireTask(api.scope, task)).question?.id
    const second = await answer(id, { text: 'Red' })
    await read(id)

    await expect(undoChange(api.ctx, second.auditId ?? '')).rejects.toThrow('laptop already has the answer.')
    expect(reopened).toBe(id)
  })
})

test('four owners’ devices that answer at once give one answer, and the others hear it', async () => {
  const task = await claimed()
  const { body } = await ask({ task, question: 'Which?', options: ['A', 'B', 'C', 'D'] })
  const asOwner = () =>
    createCtx({ db: api.db, ownerId: api.ownerId, actor: { kind: 'owner' }, now: api.clock.now })

  const taps = await Promise.all(
    ['1', '2', '3', '4'].map((option) => answerQuestion(asOwner(), body.question.id, { options: [option] })),
  )

  expect(taps.filter(({ isLate }) => !isLate)).toHaveLength(1)
  expect(new Set(taps.map(({ question }) => question.answer?.items[0]?.text)).size).toBe(1)
})

describe('over MCP', () => {
  test('a question and its answer say what to do next', async () => {
    const taskId = await claimed()
    const options = ['Red', { label: 'Blue', description: 'As on the poster' }]
    const asked = await useTool(api, 'preq_ask_owner', { taskId, question: 'Which?', options, key: 'mcp-1' })
    const { id } = asked.result.question
    const waiting = useTool(api, 'preq_get_answer', { id, wait: 20 })
    await answer(id, { options: ['2'] })

    const { question, next } = (await waiting).result

    expect(asked.result.next).toContain('Call preq_get_answer')
    expect(question).toMatchObject({ state: 'answered', answer: { text: 'Blue' } })
    expect(question.options[1]).toEqual({ id: '2', label: 'Blue', description: 'As on the poster' })
    expect(next).toBe('Go on with your work.')
  })

  test('a question of another token is not found', async () => {
    const { body } = await api.call('POST', '/api/questions', {
      body: { question: 'Hm?' },
      token: other.token,
    })
    const { isError, text } = await useTool(api, 'preq_get_answer', { id: body.question.id })
    expect([isError, text]).toEqual([true, expect.stringContaining('no such question')])
  })
})
