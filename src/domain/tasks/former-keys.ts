import { and, desc, eq, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'
import type { Task } from './task.ts'

/** The other half of a move to another project: what stands under the key that the task got. */
export const arrival = 'task.arrive' as const

/** The keys under which the trail of a task stands: the one it has, and those it had in other projects. */
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

/** What a task brings along to the key that it gets: the keys that it had. */
export async function arrivalFacts(
  scope: Scope,
  task: Pick<Task, 'key'>,
): Promise<{ readonly formerKeys: readonly string[] }> {
  return { formerKeys: await historyKeys(scope, task.key) }
}
