import { eq, sql } from 'drizzle-orm'
import { prepared } from '../../db/prepared.ts'
import { tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Task } from './task.ts'

// As SQL, because drizzle passes an empty date to the column's encoder.
const given = (name: keyof Task) => sql`${sql.placeholder(name)}`

// Always all columns: the statement is the same for every change, so the server has it prepared.
const update = prepared((db) =>
  db
    .update(tasks)
    .set({
      title: given('title'),
      note: given('note'),
      status: given('status'),
      taskPriority: given('priority'),
      branch: given('branch'),
      engine: given('engine'),
      runState: given('runState'),
      runStateUpdatedAt: given('runStateUpdatedAt'),
      dueAt: given('dueAt'),
      focusedAt: given('focusedAt'),
      sortOrder: given('sortOrder'),
      archivedAt: given('archivedAt'),
      updatedAt: given('updatedAt'),
    })
    .where(eq(tasks.id, given('id'))),
)

/** Stores the given state of a locked task, without its labels and project. */
export async function writeTask(tx: Tx, task: Task): Promise<void> {
  await update(tx, {
    ...task,
    runStateUpdatedAt: toText(task.runStateUpdatedAt),
    dueAt: toText(task.dueAt),
    focusedAt: toText(task.focusedAt),
    archivedAt: toText(task.archivedAt),
    updatedAt: toText(task.updatedAt),
  })
}

function toText(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
