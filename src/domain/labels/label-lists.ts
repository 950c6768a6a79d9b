import { asc, eq, sql } from 'drizzle-orm'
import { taskLabelAssignments } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/types.ts'

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

/** Reads the labels of these tasks; a task without labels is absent. */
export async function readListsOf(db: Reader, taskIds: readonly string[]): Promise<LabelLists> {
  const found = await db
    .select({ taskId: taskLabelAssignments.taskId, labelId: taskLabelAssignments.labelId })
    .from(taskLabelAssignments)
    // One parameter for any number of tasks: Postgres allows at most 65,535 parameters.
    .where(
      sql`${taskLabelAssignments.taskId} in (select jsonb_array_elements_text(${JSON.stringify(taskIds)}::text::jsonb)::uuid)`,
    )
    .orderBy(asc(taskLabelAssignments.position), asc(taskLabelAssignments.createdAt))
  const lists: Record<string, string[]> = {}
  for (const row of found) lists[row.taskId] = [...(lists[row.taskId] ?? []), row.labelId]
  return lists
}

/** Replaces the labels of tasks, in order. Skips tasks and labels that no longer exist. */
export async function writeLabelLists(tx: Tx, lists: LabelLists, now: Date): Promise<void> {
  const entries = Object.entries(lists).map(([taskId, labelIds]) => ({
    task_id: taskId,
    label_ids: labelIds,
  }))
  if (entries.length === 0) return
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(entries)}::text::jsonb) as wanted (task_id uuid, label_ids uuid[])`
  await tx.execute(sql`delete from task_label_assignments where task_id in (select task_id from ${wanted})`)
  await tx.execute(sql`
    insert into task_label_assignments (task_id, label_id, position)
    select tasks.id, task_labels.id, row_number() over (partition by tasks.id order by place) - 1
    from ${wanted}
    cross join unnest(wanted.label_ids) with ordinality as listed (label_id, place)
    join tasks on tasks.id = wanted.task_id
    join task_labels on task_labels.id = listed.label_id`)
  await tx.execute(sql`
    update tasks set updated_at = ${now.toISOString()}::timestamptz,
      label_id = (select label_id from task_label_assignments where task_id = tasks.id and position = 0)
    from ${wanted} where tasks.id = wanted.task_id`)
}
