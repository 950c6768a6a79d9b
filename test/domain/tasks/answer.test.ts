import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectRow } from '../../../src/db/schema.ts'
import type { TaskStatus } from '../../../src/domain/core/task-values.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { queueEdit } from '../../../src/domain/tasks/edit/handoff.ts'
import { answerQuestion } from '../../../src/domain/tasks/questions/answer.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { undoChange } from '../../../src/domain/undo/undo.ts'
import { agent, type Board, openBoard, otherAgent } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())

const act = (key: string, lifecycle: NonNullable<TaskEdit['lifecycle']>, more: TaskEdit = {}, by = agent) =>
  editTask(board.as(by), key, { lifecycle, ...more })
const now = (key: string) => requireTask(board.scope, key)
const feedbackOf = async (task: Task) =>
  (await readDetail(board.scope, task)).feedback.map(({ text }) => text)

/** A task that an agent took from this status and blocked with a question. */
async function blocked(
  options: readonly string[] = [],
  { status = 'todo', reason = 'Red or blue?' }: { status?: TaskStatus; reason?: string } = {},
): Promise<Task & { readonly question: NonNullable<Task['question']> }> {
  const { key } = await addTask(board, shop, { status })
  await editTask(board.ctx, key, { runState: 'queued' })
  await act(key, 'start')
  await act(key, 'block', { result: { blockedReason: reason, options: [...options] } })
  const task = await now(key)
  if (task.question === null) throw new Error('no question')
  return { ...task, question: task.question }
}

test('a block opens a question with its reason and options, and ends the run', async () => {
  const task = await blocked(['Red', 'Blue'])

  expect(task).toMatchObject({
    status: 'hold',
    runState: null,
    lastRun: { outcome: 'blocked', name: 'laptop' },
  })
  expect(task.question).toMatchObject({
    kind: 'block',
    items: [
      {
        text: 'Red or blue?',
        multi: false,
        options: [
          { id: '1', label: 'Red' },
          { id: '2', label: 'Blue' },
        ],
      },
    ],
    detail: null,
  })
})

test('a reason over 1,000 characters is cut in the item and kept whole in the detail', async () => {
  const reason = '한'.repeat(1_001)

  const { question } = await blocked([], { reason })

  expect([...(question.items[0]?.text ?? '')]).toHaveLength(1_000)
  expect(question.detail).toBe(reason)
})

test.each([
  ['an option', { options: ['2'] }, 'Blue'],
  ['words', { text: ' Neither: green. ' }, 'Neither: green.'],
  ['an option with words', { options: ['1'], text: 'But dark.' }, 'But dark.'],
])('%s closes the question, queues the task and becomes feedback', async (_what, input, text) => {
  const task = await blocked(['Red', 'Blue'])
  const changes = await recordChanges(board.db)

  const answered = await answerQuestion(board.ctx, task.question.id, input)

  expect(answered).toMatchObject({ isLate: false, question: { state: 'answered' } })
  const after = await now(task.key)
  expect(after).toMatchObject({ status: 'todo', runState: 'queued', question: null })
  expect(await feedbackOf(after)).toEqual([text])
  const left = await changes()
  expect(left.audit).toMatchObject([{ action: 'task.answer', targetId: task.key, id: answered.auditId }])
  expect(left.events).toMatchObject([
    { type: 'TASK_STATUS_CHANGED', payload: { from: 'hold', to: 'todo' } },
    { type: 'TASK_UPDATED', payload: { runState: { from: null, to: 'queued' } } },
    { type: 'WORKLOG_CREATED', payload: { kind: 'status' } },
    { type: 'WORKLOG_CREATED', payload: { kind: 'comment' } },
  ])
})

test.each([
  ['inbox', 'inbox'],
  ['ready', 'ready'],
  ['hold', 'todo'],
] as const)('what was blocked in %s is queued in %s again', async (status, back) => {
  const task = await blocked([], { status })

  await answerQuestion(board.ctx, task.question.id, { text: 'Go on.' })

  expect(await now(task.key)).toMatchObject({ status: back, runState: 'queued' })
})

test.each([
  ['an option that it does not have', { options: ['3'] }],
  ['two options of a single choice', { options: ['1', '2'] }],
  ['nothing', { text: '  ' }],
])('%s is refused and writes nothing', async (_what, input) => {
  const task = await blocked(['Red', 'Blue'])
  const changes = await recordChanges(board.db)

  await expect(answerQuestion(board.ctx, task.question.id, input)).rejects.toMatchObject({ code: 'invalid' })

  expect(await changes()).toEqual(noChanges)
  expect((await now(task.key)).question?.id).toBe(task.question.id)
})

test('a missing question cannot be answered', async () => {
  const attempt = answerQuestion(board.ctx, '00000000-0000-4000-8000-0000000000ff', { text: 'Yes' })

  await expect(attempt).rejects.toMatchObject({ code: 'not-found' })
})

test('a second answer changes nothing and is kept as a comment', async () => {
  const task = await blocked(['Red', 'Blue'])
  await answerQuestion(board.ctx, task.question.id, { options: ['1'] })

  const tap = await answerQuestion(board.ctx, task.question.id, { options: ['2'] })
  const words = await answerQuestion(board.ctx, task.question.id, { text: 'Blue after all.' })

  expect(tap).toMatchObject({
    isLate: true,
    auditId: null,
    question: { answer: { items: [{ text: 'Red' }] } },
  })
  expect(words.isLate).toBe(true)
  expect(await feedbackOf(await now(task.key))).toEqual(['Red', 'Blue after all.'])
})

test('one of two concurrent answers counts', async () => {
  const task = await blocked(['Red', 'Blue'])

  const answers = await Promise.all(
    ['1', '2'].map((option) => answerQuestion(board.ctx, task.question.id, { options: [option] })),
  )

  expect(answers.filter(({ isLate }) => !isLate)).toHaveLength(1)
  expect(await feedbackOf(await now(task.key))).toHaveLength(1)
})

test('undoing an answer reopens the question and removes the feedback', async () => {
  const task = await blocked(['Red', 'Blue'])
  const { auditId } = await answerQuestion(board.ctx, task.question.id, { options: ['1'] })

  await undoChange(board.ctx, auditId ?? '')

  const after = await now(task.key)
  expect(after).toMatchObject({ status: 'hold', runState: null, question: { id: task.question.id } })
  expect(await feedbackOf(after)).toEqual([])
  await answerQuestion(board.ctx, task.question.id, { options: ['2'] })
  expect(await feedbackOf(await now(task.key))).toEqual(['Blue'])
})

test('an answer cannot be undone while an agent has the task, and the refusal names the agent', async () => {
  const task = await blocked()
  const { auditId } = await answerQuestion(board.ctx, task.question.id, { text: 'Go on.' })
  await act(task.key, 'start')

  await expect(undoChange(board.ctx, auditId ?? '')).rejects.toMatchObject({
    code: 'conflict',
    message: `laptop has ${task.key} now. Stop it first.`,
  })
})

test.each<[string, (key: string) => Promise<unknown>]>([
  ['done', (key) => editTask(board.ctx, key, { status: 'done' })],
  ['archived', (key) => editTask(board.ctx, key, { status: 'archived' })],
  [
    'queued without an answer',
    (key) => editTask(board.ctx, key, { ...queueEdit({ key, status: 'hold' }, 'work', true) }),
  ],
  ['started by an agent', (key) => act(key, 'start', {}, otherAgent)],
  ['planned', (key) => act(key, 'plan', { plan: 'First this.', status: 'hold' })],
  ['completed', (key) => act(key, 'complete', { result: { summary: 'Done.' } })],
])('the question is withdrawn when its task is %s', async (_what, change) => {
  const task = await blocked()

  await change(task.key)

  expect((await now(task.key)).question?.id).not.toBe(task.question.id)
  expect(await answerQuestion(board.ctx, task.question.id, { options: [] })).toMatchObject({
    question: { state: 'withdrawn' },
  })
})

test.each(['todo', 'inbox'] as const)('the owner’s move to %s leaves the question open', async (status) => {
  const task = await blocked()

  await editTask(board.ctx, task.key, { status })

  expect((await now(task.key)).question?.id).toBe(task.question.id)
  expect((await claimTask(board.as(agent), { status: 'todo' })).task?.id).not.toBe(task.id)
})

test('a second block replaces the question', async () => {
  const task = await blocked()

  await act(task.key, 'block', { result: { blockedReason: 'Or green?' } })

  expect((await now(task.key)).question).toMatchObject({ items: [{ text: 'Or green?' }] })
})

test('queueing a task with an open question needs a confirmation', async () => {
  const task = await blocked()

  const attempt = editTask(board.ctx, task.key, queueEdit(task))

  await expect(attempt).rejects.toMatchObject({ code: 'conflict', facts: { unanswered: true } })
})

test('a restored task has its question again', async () => {
  const task = await blocked()
  const { auditId } = await deleteTask(board.ctx, task.key)
  await expect(answerQuestion(board.ctx, task.question.id, { text: 'Late' })).rejects.toThrow(
    'no longer exists',
  )

  await undoChange(board.ctx, auditId)

  expect((await now(task.key)).question?.id).toBe(task.question.id)
})

test('a plan asks whether to go ahead, with Go and Hold', async () => {
  const { key } = await addTask(board, shop, { status: 'inbox' })
  await act(key, 'plan', { plan: 'First this.' })

  expect((await now(key)).question).toMatchObject({
    kind: 'plan',
    detail: 'First this.',
    items: [{ options: [{ id: 'go' }, { id: 'hold' }] }],
  })
})

test.each([
  ['Go', { options: ['go'] }, { status: 'todo', runState: 'queued' }, []],
  ['Hold', { options: ['hold'] }, { status: 'hold', runState: null }, []],
  ['words', { text: 'Smaller steps.' }, { status: 'inbox', runState: 'queued' }, ['Smaller steps.']],
])('%s in answer to a plan', async (_what, input, task, feedback) => {
  const { key } = await addTask(board, shop, { status: 'inbox' })
  await act(key, 'plan', { plan: 'First this.' })

  await answerQuestion(board.ctx, (await now(key)).question?.id ?? '', input)

  expect(await now(key)).toMatchObject({ ...task, question: null })
  expect(await feedbackOf(await now(key))).toEqual(feedback)
})

test('a result after the owner took the task is refused and kept as a comment', async () => {
  const { key } = await addTask(board, shop, { status: 'todo' })
  await act(key, 'start')
  await editTask(board.ctx, key, { status: 'done' })

  const late = await act(key, 'complete', { result: { summary: 'All green.' } })

  expect(late.refused).toMatchObject({ code: 'conflict', facts: { stopped: true } })
  const after = await findTask(board.scope, key)
  expect(after).toMatchObject({ status: 'done', lastRun: { outcome: 'stopped' } })
  expect(await feedbackOf(await now(key))).toEqual([])
})

test('stopping a run leaves the status, and its undo queues the task again', async () => {
  const { key } = await addTask(board, shop, { status: 'todo' })
  await act(key, 'start')

  const { auditId } = await editTask(board.ctx, key, { runState: null, expect: { runState: 'running' } })

  expect(await now(key)).toMatchObject({ status: 'todo', runState: null, lastRun: { outcome: 'stopped' } })
  await undoChange(board.ctx, auditId ?? '')
  expect(await now(key)).toMatchObject({ status: 'todo', runState: 'queued' })
})
