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

/** The status an action leads to, null where it sets none. Throws `conflict` where the action does not start from here. */
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

/** The status an action leads to from wherever it starts; null where that depends on the task, or it sets none. */
export function goalOf(action: LifecycleAction): TaskStatus | null {
  const goals = new Set(rules[action].from.map((from) => rules[action].to(from)))
  const [goal = null] = goals
  return goals.size === 1 ? goal : null
}
