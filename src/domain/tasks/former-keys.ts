import { and, desc, eq, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'
import type { Task } from './task.ts'

/** The action of the other half of a move to another project, filed under the new key. */
export const arrival = 'task.arrive' as const

/** Returns a task's current key and its former keys in other projects, under which its audit entries are filed. */
export async function historyKeys({ db, ownerId }: Scope, key: string): Promise<readonly string[]> {
  const [arrival] = await db
    .select({ formerKeys: sql<readonly string[]>`${auditLogs.meta} -> 'formerKeys'` })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, key),
        eq(auditLogs.ownerId, ownerId),
        sql`${auditLogs.meta} -> 'formerKeys' is not null`,
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return [key, ...(arrival?.formerKeys ?? []).filter((former) => former !== key)]
}

/** Returns what an arrival entry records: the task's former keys. */
export async function arrivalFacts(
  scope: Scope,
  task: Pick<Task, 'key'>,
): Promise<{ readonly formerKeys: readonly string[] }> {
  return { formerKeys: await historyKeys(scope, task.key) }
}
