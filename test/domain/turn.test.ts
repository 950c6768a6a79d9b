import { expect, test } from 'vitest'
import { runStates, taskStatuses } from '../../src/db/schema.ts'
import { needsOwner, type Turn, type TurnFacts, turnOf } from '../../src/domain/turn.ts'

const question: NonNullable<TurnFacts['question']> = {
  id: '00000000-0000-4000-8000-00000000000a',
  kind: 'block',
  items: [{ id: '1', text: 'Red or blue?', options: [], multi: false }],
  detail: null,
  name: null,
  engine: null,
  runner: null,
  askedAt: new Date('2026-11-24T09:00:00Z'),
  expiresAt: null,
  tool: null,
  draft: null,
  returnsTo: 'todo' as const,
}
const snoozedUntil = new Date('2026-11-25T09:00:00Z')

const every: TurnFacts[] = taskStatuses.flatMap((status) =>
  [null, ...runStates].flatMap((runState) =>
    [null, question].flatMap((asked) =>
      [null, snoozedUntil].map((until) => ({ status, runState, question: asked, snoozedUntil: until })),
    ),
  ),
)

/** The table of the product, row by row: the first condition that holds decides. */
const rows: readonly (readonly [Turn, (task: TurnFacts) => boolean])[] = [
  ['closed', ({ status }) => status === 'done' || status === 'archived'],
  ['question', (task) => task.question !== null],
  ['working', ({ runState }) => runState === 'running'],
  ['queued', ({ runState }) => runState === 'queued'],
  ['review', ({ status }) => status === 'ready'],
  ['parked', (task) => task.snoozedUntil !== null],
  ['new', ({ status }) => status === 'inbox'],
  ['parked', () => true],
]

test.each(every.map((task) => [JSON.stringify(task), task] as const))('the turn of %s', (_, task) => {
  expect(turnOf(task)).toBe(rows.find(([, holds]) => holds(task))?.[0])
})

test('exactly questions, reviews and new tasks need the owner; a parked task never does', () => {
  const turns = new Set(every.filter(needsOwner).map(turnOf))

  expect([...turns].sort()).toEqual(['new', 'question', 'review'])
})
