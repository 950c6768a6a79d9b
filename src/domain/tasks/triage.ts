import { and, asc, eq, isNull, notInArray } from 'drizzle-orm'
import { projects, tasks } from '../../db/schema.ts'
import { type Scope, selectTasks } from './read.ts'
import type { Task } from './task.ts'

/** The oldest task of the inbox that is not among those that were skipped. */
export async function nextInInbox({ db, ownerId }: Scope, skipped: readonly string[]): Promise<Task | null> {
  const [task] = await selectTasks(db)
    .where(
      and(
        eq(tasks.ownerId, ownerId),
        eq(tasks.status, 'inbox'),
        isNull(projects.deletedAt),
        skipped.length === 0 ? undefined : notInArray(tasks.id, [...skipped]),
      ),
    )
    .orderBy(asc(tasks.createdAt), asc(tasks.id))
    .limit(1)
  return task ?? null
}
