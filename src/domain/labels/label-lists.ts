import { asc, eq, sql } from 'drizzle-orm'
import { taskLabelAssignments, tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { remove, update, upsert, type Write } from '../core/commit/writes.ts'

/** Label IDs in order, by task ID. */
export type LabelLists = Readonly<Record<string, readonly string[]>>

/** Reads all labels of every task that has this label. */
export async function readLabelLists(db: Reader, labelId: string): Promise<LabelLists> {
  const labeled = await db
    .select({ taskId: taskLabelAssignments.taskId })
    .from(taskLabelAssignments)
    .where(eq(taskLabelAssignments.labelId, labelId))
  return readListsOf(
    db,
    labeled.map(({ taskId }) => taskId),
  )
}

// One parameter for any number of tasks: Postgres allows at most 65,535 parameters.
const among = (taskIds: readonly string[]) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(taskIds)}::text::jsonb)::uuid)`

/** Reads the labels of these tasks; a task without labels is absent. */
export async function readListsOf(db: Reader, taskIds: readonly string[]): Promise<LabelLists> {
  const found = await db
    .select({ taskId: taskLabelAssignments.taskId, labelId: taskLabelAssignments.labelId })
    .from(taskLabelAssignments)
    .where(sql`${taskLabelAssignments.taskId} in ${among(taskIds)}`)
    .orderBy(asc(taskLabelAssignments.position), asc(taskLabelAssignments.createdAt))
  const lists: Record<string, string[]> = {}
  for (const row of found) lists[row.taskId] = [...(lists[row.taskId] ?? []), row.labelId]
  return lists
}

/** Returns which of these tasks exist. */
export async function readExistingTasks(
  db: Reader,
  taskIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(sql`${tasks.id} in ${among(taskIds)}`)
  return new Set(found.map(({ id }) => id))
}

/** Replaces a task's labels, in order. The caller sets the task's first label. */
export function assignmentRows(
  taskId: string,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): Write[] {
  const gone = before.filter((labelId) => !after.includes(labelId))
  return [
    ...gone.map((labelId) => remove(taskLabelAssignments, { key: { taskId, labelId }, isOptional: true })),
    ...after.map((labelId, position) =>
      upsert(
        taskLabelAssignments,
        { taskId, labelId, position },
        { on: ['taskId', 'labelId'], set: ['position'] },
      ),
    ),
  ]
}

/** Replaces the labels of tasks, in order, and sets their first labels. */
export function labelListRows(change: {
  readonly before: LabelLists
  readonly after: LabelLists
  readonly now: Date
}): Write[] {
  return Object.entries(change.after).flatMap(([taskId, after]) => [
    ...assignmentRows(taskId, { before: change.before[taskId] ?? [], after }),
    update(tasks, {
      key: { id: taskId },
      set: { labelId: after[0] ?? null, updatedAt: change.now },
      isOptional: true,
    }),
  ])
}
