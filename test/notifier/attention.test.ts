import { describe, expect, it } from 'vitest'
import type { BoardEvent } from '../../src/domain/events.ts'
import { attentionOf, stillHolds, type TaskNews, weigh, wholeActions } from '../../src/notifier/attention.ts'

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
const log = (kind: string) =>
  event('WORKLOG_CREATED', { taskKey: 'APP-1', kind }, {
    entityId: '00000000-0000-4000-8000-000000000009',
  } as Partial<BoardEvent>)
const run = (to: string | null) =>
  event('TASK_UPDATED', { changedFields: ['run_state'], runState: { from: null, to } })
const created = () => event('TASK_CREATED', { status: 'inbox' })

describe('what a stretch of events comes to', () => {
  const cases: [string, () => BoardEvent[], TaskNews['what'], boolean][] = [
    [
      'a completion',
      () => [status('todo', 'ready', 'complete'), run(null), log('status'), log('result')],
      'ready',
      true,
    ],
    ['a completion without a result', () => [status('todo', 'ready'), log('status')], 'ready', false],
    ['a block', () => [status('todo', 'hold', 'block'), log('status'), log('blocked')], 'blocked', true],
    ['a move to hold', () => [status('todo', 'hold'), log('status')], 'moved', false],
    ['a review', () => [status('ready', 'done', 'review'), log('status'), log('result')], 'done', true],
    ['a result alone', () => [log('result')], 'result', true],
    [
      'a plan',
      () => [status('inbox', 'todo', 'plan'), log('status'), log('note'), log('plan')],
      'plan',
      true,
    ],
    ['a start', () => [run('running')], 'started', false],
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
    ['a block and then a start', () => [status('todo', 'hold', 'block'), run('running')], 'blocked', false],
  ]
  it.each(cases)('%s', (_name, events, what, reported) => {
    expect(weigh(events()).tasks).toMatchObject([{ taskKey: 'APP-1', actor: 'agent:laptop', what, reported }])
  })

  it('leaves out what the owner did, but knows that the card must follow', () => {
    const mine = event('TASK_UPDATED', { changedFields: ['title'], actor: 'owner' })
    expect(weigh([mine])).toEqual({ tasks: [], logs: [], fetched: [], changedByOwner: ['APP-1'] })
    expect(weigh([mine, run('running')]).changedByOwner).toEqual([])
  })

  it('tells each log by hand, on a task or on none', () => {
    const byHand = event('WORKLOG_CREATED', { taskKey: null, kind: 'manual' })
    expect(weigh([byHand]).logs).toEqual([{ logId: byHand.entityId, taskKey: null, actor: 'agent:laptop' }])
  })
})

it('drops what needed the owner once he has dealt with it', () => {
  expect([stillHolds('blocked', 'hold'), stillHolds('blocked', 'todo')]).toEqual([true, false])
  expect([stillHolds('ready', 'ready'), stillHolds('ready', 'done')]).toEqual([true, false])
  expect(attentionOf('plan')).toBe('info')
})

it('never cuts an action in two at the end of a page, and always gets on', () => {
  const at = new Date(5_000)
  const events = [
    event('TASK_CREATED', {}, { createdAt: new Date(4_000) }),
    ...[1, 2].map(() => event('TASK_CREATED', {}, { createdAt: at })),
  ]
  expect(wholeActions(events, 3)).toHaveLength(1)
  expect(wholeActions(events, 4)).toHaveLength(3)
  expect(wholeActions(events.slice(1), 2)).toHaveLength(2)
})

it('leaves nothing out at the end of a page, whatever the times of those who wrote at once', () => {
  const at = [5_000, 3_000, 5_000, 5_000].map((time) => ({ createdAt: new Date(time) }))
  const events = at.map((time) => event('TASK_CREATED', {}, time))
  expect(wholeActions(events, 4)).toEqual(events.slice(0, 2))
})
