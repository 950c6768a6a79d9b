import { DomainError } from '../../core/errors.ts'
import type { TaskStatus } from '../../core/task-values.ts'

export const lifecycleActions = ['start', 'plan', 'complete', 'review', 'block'] as const
export type LifecycleAction = (typeof lifecycleActions)[number]

const rules: Record<
  LifecycleAction,
  { readonly from: readonly TaskStatus[]; readonly to: (from: TaskStatus) => TaskStatus | null }
> = {
  start: { from: ['inbox', 'todo', 'hold', 'ready'], to: () => null },
  plan: { from: ['inbox', 'todo', 'hold'], to: (from) => (from === 'inbox' ? 'todo' : null) },
  complete: { from: ['todo', 'hold'], to: () => 'ready' },
  review: { from: ['ready'], to: () => 'done' },
  block: { from: ['inbox', 'todo', 'hold', 'ready'], to: () => 'hold' },
}

const alternatives = new Intl.ListFormat('en', { type: 'disjunction' })

/** Returns the status that an action leads to, or null if it keeps the status. Throws `conflict` if the action can't start here. */
export function requireTransition(action: LifecycleAction, status: TaskStatus): TaskStatus | null {
  const rule = rules[action]
  if (!rule.from.includes(status)) {
    throw new DomainError(
      'conflict',
      `PREQ lifecycle action "${action}" requires ${alternatives.format(rule.from)}. Current status: ${status}.`,
      { action, status },
    )
  }
  return rule.to(status)
}

/** Returns the status that an action always leads to; null if it depends on the task or the action sets none. */
export function goalOf(action: LifecycleAction): TaskStatus | null {
  const goals = new Set(rules[action].from.map((from) => rules[action].to(from)))
  const [goal = null] = goals
  return goals.size === 1 ? goal : null
}
