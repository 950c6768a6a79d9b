import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import type { Scope } from './read.ts'

/** The agent that took a task: its token's name, and since when. */
export interface Runner {
  readonly taskKey: string
  readonly name: string
  readonly tokenId: string | null
  readonly since: Date
}

/** Who took the task last; the trail of starts and claims knows. */
export async function findRunner(scope: Scope, taskKey: string): Promise<Runner | null> {
  return (await findRunners(scope, [taskKey]))[0] ?? null
}

/** Like `findRunner` for several tasks at once. */
export async function findRunners({ db, ownerId }: Scope, taskKeys: readonly string[]): Promise<Runner[]> {
  if (taskKeys.length === 0) return []
  const entries = await db
    .selectDistinctOn([auditLogs.targetId], {
      taskKey: auditLogs.targetId,
      by: sql<string>`${auditLogs.meta} ->> 'by'`,
      tokenId: sql<string | null>`${auditLogs.meta} ->> 'tokenId'`,
      since: auditLogs.createdAt,
    })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'task'),
        inArray(auditLogs.targetId, [...taskKeys]),
        eq(auditLogs.ownerId, ownerId),
        inArray(auditLogs.action, ['task.start', 'task.claim']),
      ),
    )
    .orderBy(auditLogs.targetId, desc(auditLogs.createdAt), desc(auditLogs.id))
  return entries.map((entry) => ({
    taskKey: entry.taskKey ?? '',
    name: entry.by.replace(/^agent:/, ''),
    tokenId: entry.tokenId,
    since: entry.since,
  }))
}
