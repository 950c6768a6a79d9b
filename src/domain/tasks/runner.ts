import { and, desc, eq, inArray, or, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import type { Scope } from './read.ts'

/** The agent that took a task: its token's name, and since when. */
export interface Runner {
  readonly taskKey: string
  readonly name: string
  readonly tokenId: string | null
  readonly since: Date
}

/** A run that came along with its task from another project. */
type BroughtRun = Pick<Runner, 'name' | 'tokenId'> & { readonly since: string }

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
      brought: sql<BroughtRun | null>`${auditLogs.meta} -> 'run'`,
    })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'task'),
        inArray(auditLogs.targetId, [...taskKeys]),
        eq(auditLogs.ownerId, ownerId),
        or(
          inArray(auditLogs.action, ['task.start', 'task.claim']),
          sql`${auditLogs.meta} -> 'run' is not null`,
        ),
      ),
    )
    .orderBy(auditLogs.targetId, desc(auditLogs.createdAt), desc(auditLogs.id))
  return entries.map(({ taskKey, by, tokenId, since, brought }) => ({
    taskKey: taskKey ?? '',
    ...(brought === null
      ? { name: by.replace(/^agent:/, ''), tokenId, since }
      : { ...brought, since: new Date(brought.since) }),
  }))
}
