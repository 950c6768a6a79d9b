import { type TaskRow, tasks } from '../../db/schema.ts'
import { insert, update, type Write } from '../core/commit/writes.ts'
import { isSame } from './edit/plan/plan-fields.ts'
import type { Versioned } from './read.ts'
import type { Task } from './task.ts'

/** Returns a task's columns as its row has them. */
function toColumns(task: Task) {
  return {
    title: task.title,
    note: task.note,
    status: task.status,
    taskPriority: task.priority,
    branch: task.branch,
    engine: task.engine,
    runState: task.runState,
    runStateUpdatedAt: task.runStateUpdatedAt,
    dueAt: task.dueAt,
    focusedAt: task.focusedAt,
    sortOrder: task.sortOrder,
    archivedAt: task.archivedAt,
    labelId: task.labels[0]?.id ?? null,
    updatedAt: task.updatedAt,
  } satisfies Partial<TaskRow>
}

/** Updates what differs between two states of a task, if its row is still the one that the decision saw. */
export function taskUpdate({ task: before, version }: Versioned, after: Task): Write {
  const old: Readonly<Record<string, unknown>> = toColumns(before)
  const differs = Object.entries(toColumns(after)).filter(([column, value]) => !isSame(value, old[column]))
  const set = { ...Object.fromEntries(differs), updatedAt: after.updatedAt }
  return update(tasks, { key: { id: before.id }, version, set })
}

/** Inserts a task, without its labels. */
export function newTaskRow(ownerId: string, task: Task): Write {
  return insert(tasks, {
    ...toColumns(task),
    id: task.id,
    ownerId,
    projectId: task.project.id,
    taskKey: task.key,
    taskPrefix: task.prefix,
    taskNumber: task.number,
    createdAt: task.createdAt,
  })
}
