import { expect, test } from 'vitest'
import type { BoardEvent } from '../../src/domain/core/events.ts'
import type { TurnFacts } from '../../src/domain/turn.ts'
import { classify, reportOf, stillHolds, type TaskChange, wholeActions } from '../../src/notifier/classify.ts'

let id = 0
function event(type: string, payload: Record<string, unknown>, more: Partial<BoardEvent> = {}): BoardEvent {
  id += 1
  const base = { id, type, entityId: 'APP-1', projectId: null, createdAt: new Date(id * 1_000) }
  return {
    ...base,
    payload: { actor: 'agent:laptop', title: 'T', ...payload },
    ...more,
  } as unknown as BoardEvent
}
const status = (from: string, to: string, lifecycle?: string) =>
  event('TASK_STATUS_CHANGED', { from, to, ...(lifecycle === undefined ? {} : { lifecycle }) })
const log = (kind: string, taskKey: string | null = 'APP-1') =>
  event('WORKLOG_CREATED', { taskKey, kind }, {
    entityId: '00000000-0000-4000-8000-000000000009',
  } as Partial<BoardEvent>)
const run = (to: string | null) =>
  event('TASK_UPDATED', { changedFields: ['run_state'], runState: { from: null, to } })
const created = () => event('TASK_CREATED', { status: 'inbox' })

const cases: [string, () => BoardEvent[], TaskChange, boolean][] = [
  [
    'a completion',
    () => [status('todo', 'ready', 'complete'), run(null), log('status'), log('result')],
    'ready',
    true,
  ],
  ['a completion without a result', () => [status('todo', 'ready'), log('status')], 'ready', false],
  ['a block', () => [status('todo', 'hold', 'block'), log('status'), log('blocked')], 'asked', true],
  ['a move to hold', () => [status('todo', 'hold'), log('status')], 'moved', false],
  ['a review', () => [status('ready', 'done', 'review'), log('status'), log('result')], 'done', true],
  ['a result alone', () => [log('result')], 'result', true],
  ['a plan', () => [status('inbox', 'todo', 'plan'), log('status'), log('note'), log('plan')], 'asked', true],
  ['a start', () => [run('running')], 'started', false],
  ['a log by hand on the task', () => [log('manual')], 'changed', false],
  ['a comment by an agent', () => [log('comment')], 'changed', false],
  [
    'a creation with an edit',
    () => [created(), event('TASK_UPDATED', { changedFields: ['title'] })],
    'created',
    false,
  ],
  ['a result and then a move', () => [log('result'), status('inbox', 'todo')], 'result', true],
  [
    'a block and then a way on',
    () => [status('todo', 'hold', 'block'), log('blocked'), status('hold', 'todo')],
    'moved',
    true,
  ],
  [
    'a block and then a completion',
    () => [status('todo', 'hold', 'block'), status('hold', 'ready', 'complete')],
    'ready',
    false,
  ],
  ['a block and then a start', () => [status('todo', 'hold', 'block'), run('running')], 'asked', false],
]
test.each(cases)('all events of %s are one change', (_name, events, change, reported) => {
  expect(classify(events()).tasks).toMatchObject([
    { taskKey: 'APP-1', actor: 'agent:laptop', change, reported },
  ])
})

test('a change by the owner isn’t reported, but the card is updated', () => {
  const mine = event('TASK_UPDATED', { changedFields: ['title'], actor: 'owner' })
  expect(classify([mine])).toEqual({ tasks: [], logs: [], fetched: [], changedQuietly: ['APP-1'] })
  expect(classify([mine, run('running')]).changedQuietly).toEqual([])
})

test('a manual log without a task is reported separately', () => {
  const byHand = log('manual', null)
  expect(classify([byHand]).logs).toEqual([
    { logId: byHand.entityId, actor: 'agent:laptop', at: byHand.createdAt },
  ])
  expect(classify([byHand]).tasks).toEqual([])
})

const facts = (more: Partial<TurnFacts>): TurnFacts => ({
  status: 'todo',
  runState: null,
  question: null,
  snoozedUntil: null,
  ...more,
})
const at = new Date('2026-11-24T09:00:00Z')
const asked = facts({ status: 'hold', question: { askedAt: at } as TurnFacts['question'] })
const report = (change: TaskChange, task: TurnFacts, minutesLater = 1) =>
  reportOf({ change, at: new Date(at.getTime() + minutesLater * 60_000) }, task)
const ready = facts({ status: 'ready' })

test('only an open question and a review call for a loud card, and only while they are open', () => {
  expect([report('asked', asked), report('ready', ready)]).toEqual(['needs-you', 'needs-you'])
  expect([report('asked', facts({})), report('ready', facts({ status: 'done' }))]).toEqual([null, null])
  expect([stillHolds('needs-you', asked), stillHolds('needs-you', facts({ runState: 'queued' }))]).toEqual([
    true,
    false,
  ])
})

test('a question that arrives with another change also calls for a loud card, a later change doesn’t', () => {
  expect([report('moved', asked, 0), report('changed', asked, 1)]).toEqual(['needs-you', null])
})

test('progress calls for no card, a new or started task for a silent one', () => {
  expect([report('changed', facts({})), report('moved', asked), report('deleted', ready)]).toEqual([
    null,
    null,
    null,
  ])
  expect([report('created', facts({})), report('started', facts({ runState: 'running' }))]).toEqual([
    'new',
    'changed',
  ])
  expect(report('done', facts({ status: 'done' }))).toBe('finished')
})

test('never splits an action at the end of a page, and always advances', () => {
  const at = new Date(5_000)
  const events = [
    event('TASK_CREATED', {}, { createdAt: new Date(4_000) }),
    ...[1, 2].map(() => event('TASK_CREATED', {}, { createdAt: at })),
  ]
  expect(wholeActions(events, 3)).toHaveLength(1)
  expect(wholeActions(events, 4)).toHaveLength(3)
  expect(wholeActions(events.slice(1), 2)).toHaveLength(2)
})

test('skips nothing at the end of a page, whatever the times of concurrent writers', () => {
  const at = [5_000, 3_000, 5_000, 5_000].map((time) => ({ createdAt: new Date(time) }))
  const events = at.map((time) => event('TASK_CREATED', {}, time))
  expect(wholeActions(events, 4)).toEqual(events.slice(0, 2))
})
