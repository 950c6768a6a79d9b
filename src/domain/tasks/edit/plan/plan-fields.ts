import { isFocused } from '../../lists/focus.ts'
import { criteriaOf, textOf, withCriteria, withPlan, withText } from '../../notes/note.ts'
import type { ParsedTaskEdit } from '../../schemas.ts'
import type { Task } from '../../task.ts'
import type { EditFacts } from './plan-logs.ts'

export function nextSnooze(
  task: Task,
  edit: ParsedTaskEdit,
  { isHandoff }: { readonly isHandoff: boolean },
): Date | null | undefined {
  const wanted = edit.snoozedUntil ?? (edit.snoozedUntil === null || isHandoff ? null : undefined)
  return wanted === undefined || isSame(wanted, task.snoozedUntil) ? undefined : wanted
}

export function nextNote(old: string | null, edit: ParsedTaskEdit, olderPlan: string | null): string | null {
  const base = edit.note === undefined ? old : edit.note?.trim() ? edit.note : null
  const text = edit.plan?.trim() ? edit.plan : edit.description
  const withNewText =
    edit.keepsText && edit.plan?.trim()
      ? withPlan(base, edit.plan, olderPlan)
      : text === undefined
        ? base
        : withText(base, text ?? '')
  if (edit.criteria === undefined) return isSameNote(base, withNewText) ? base : withNewText
  // Criteria inside the new text count too.
  const wanted = [...criteriaOf(text ?? null).map((criterion) => criterion.text), ...edit.criteria]
  const next = withCriteria(withNewText, wanted)
  return isSameNote(base, next) ? base : next
}

// If text and criteria stay, the note stays byte for byte.
function isSameNote(left: string | null, right: string | null): boolean {
  return (
    textOf(left) === textOf(right) && JSON.stringify(criteriaOf(left)) === JSON.stringify(criteriaOf(right))
  )
}

export function nextFocus(
  task: Task,
  focus: boolean | undefined,
  { now, timeZone }: EditFacts,
): Date | null | undefined {
  if (focus === undefined) return undefined
  if (focus) return isFocused(task, { now, timeZone }) ? undefined : now
  return task.focusedAt === null ? undefined : null
}

export function changedLabels(task: Task, wanted: readonly string[] | undefined): string[] | null {
  if (wanted === undefined) return null
  const unique = [...new Map(wanted.map((name) => [name.toLowerCase(), name])).values()]
  const same =
    unique.length === task.labels.length &&
    unique.every((name, i) => name.toLowerCase() === task.labels[i]?.name.toLowerCase())
  return same ? null : unique
}

export function isSame(left: unknown, right: unknown): boolean {
  return left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right
}
