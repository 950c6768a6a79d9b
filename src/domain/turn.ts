import type { RunState, TaskStatus } from './core/task-values.ts'
import type { OpenQuestion } from './questions/question.ts'

/** Whose turn it is: the owner's (`question`, `review`, `new`), an agent's (`queued`, `working`), or nobody's. */
export const turns = ['question', 'review', 'new', 'working', 'queued', 'parked', 'closed'] as const
export type Turn = (typeof turns)[number]

/** The facts that determine a turn. */
export interface TurnFacts {
  readonly status: TaskStatus
  readonly runState: RunState | null
  readonly question: OpenQuestion | null
  readonly snoozedUntil: Date | null
}

/** Derives whose turn a task is; the first match wins. */
export function turnOf({ status, runState, question, snoozedUntil }: TurnFacts): Turn {
  if (status === 'done' || status === 'archived') return 'closed'
  if (question !== null) return 'question'
  if (runState === 'running') return 'working'
  if (runState === 'queued') return 'queued'
  if (status === 'ready') return 'review'
  if (snoozedUntil !== null) return 'parked'
  return status === 'inbox' ? 'new' : 'parked'
}

/** Tests whether the owner acts next. */
export function needsOwner(task: TurnFacts): boolean {
  const turn = turnOf(task)
  return turn === 'question' || turn === 'review' || turn === 'new'
}
