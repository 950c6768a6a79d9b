import { dayBounds } from '../../time/time.ts'
import type { Task } from '../task.ts'

/** Tests whether a task is pinned to the owner's today; a pin of another day no longer counts. */
export function isFocused(
  { focusedAt }: Pick<Task, 'focusedAt'>,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): boolean {
  if (focusedAt === null) return false
  const today = dayBounds(now, timeZone)
  return focusedAt >= today.start && focusedAt < today.end
}
