import { v7 } from 'uuid'
import type { TaskChangeAction, TaskSnapshot } from '../core/audit/audit-meta.ts'
import { pick } from '../core/audit/audit-meta.ts'
import type { AuditEntry } from '../core/commit/commit.ts'
import type { Task } from './task.ts'

export type { TaskSnapshot } from '../core/audit/audit-meta.ts'

export function toSnapshot(task: Task): TaskSnapshot {
  return {
    title: task.title,
    note: task.note,
    status: task.status,
    priority: task.priority,
    branch: task.branch,
    engine: task.engine,
    runState: task.runState,
    runStateUpdatedAt: task.runStateUpdatedAt?.toISOString() ?? null,
    dueAt: task.dueAt?.toISOString() ?? null,
    focusedAt: task.focusedAt?.toISOString() ?? null,
    sortOrder: task.sortOrder,
    archivedAt: task.archivedAt?.toISOString() ?? null,
    labels: task.labels.map((label) => label.name),
    projectKey: task.project.key,
    snoozedUntil: task.snoozedUntil?.toISOString() ?? null,
  }
}

/** The action of adding a further part of the message that became the task. */
export const partAction = 'task.part'

/** The snapshot fields that events and logs list by name; status, note and run are reported separately. */
export const fieldNames = {
  title: 'title',
  priority: 'priority',
  engine: 'engine',
  branch: 'branch',
  dueAt: 'due_at',
  focusedAt: 'focused_at',
  labels: 'labels',
} as const satisfies Partial<Record<keyof TaskSnapshot, string>>

// A status change ends a run, so it records the run even if there was none: undo then detects one started since.
const runFields: readonly string[] = ['runState', 'runStateUpdatedAt']

/** The audit entry of an ordinary change of a task. */
export type TaskChangeEntry = Extract<AuditEntry, { readonly action: TaskChangeAction }> & {
  readonly id: string
}

/** Returns what differs between two states of a task, before and after. */
export function changedFacts(before: Task, after: Task) {
  const [old, now] = [toSnapshot(before), toSnapshot(after)]
  const isMove = old.status !== now.status
  const differs = (Object.keys(old) as (keyof TaskSnapshot)[]).filter(
    (key) => (isMove && runFields.includes(key)) || JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  )
  return { taskId: after.id, before: pick(old, differs), after: pick(now, differs) }
}

/** Builds the audit entry of a change: what differs, before and after, and the comment that it left. */
export function taskAudit(
  action: TaskChangeAction,
  before: Task,
  after: Task,
  facts: {
    readonly commentId?: string | undefined
    readonly madeLabels?: readonly string[]
    /** The questions that the change closed; undo reopens them. */
    readonly closedQuestions?: readonly string[]
    /** The question that the change asked; undo withdraws it. */
    readonly openedQuestion?: string
  } = {},
): TaskChangeEntry {
  return {
    id: v7(),
    action,
    targetType: 'task',
    targetId: after.key,
    meta: { ...changedFacts(before, after), ...facts },
  }
}
