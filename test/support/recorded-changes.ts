import { asc, count } from 'drizzle-orm'
import { auditLogs, eventsOutbox } from '../../src/db/schema.ts'
import type { Db } from '../../src/db/types.ts'

/** The outbox events and audit entries written since recording started. */
export interface RecordedChanges {
  readonly events: readonly {
    readonly type: string
    readonly entityId: string
    readonly payload: Record<string, unknown> | null
  }[]
  readonly audit: readonly {
    readonly id: string
    readonly action: string
    readonly targetType: string
    readonly targetId: string | null
    readonly meta: Record<string, unknown> | null
  }[]
}

/** Starts recording; the returned function reads the changes since, oldest first. */
export async function recordChanges(db: Db): Promise<() => Promise<RecordedChanges>> {
  const [events] = await db.select({ count: count() }).from(eventsOutbox)
  const known = new Set((await db.select({ id: auditLogs.id }).from(auditLogs)).map(({ id }) => id))
  return async () => ({
    events: await db
      .select({
        type: eventsOutbox.eventType,
        entityId: eventsOutbox.entityId,
        payload: eventsOutbox.payload,
      })
      .from(eventsOutbox)
      .orderBy(asc(eventsOutbox.id))
      .offset(events?.count ?? 0),
    audit: (
      await db
        .select({
          id: auditLogs.id,
          action: auditLogs.action,
          targetType: auditLogs.targetType,
          targetId: auditLogs.targetId,
          meta: auditLogs.meta,
        })
        .from(auditLogs)
        .orderBy(asc(auditLogs.createdAt), asc(auditLogs.id))
    ).filter(({ id }) => !known.has(id)),
  })
}

/** No changes. */
export const noChanges: RecordedChanges = { events: [], audit: [] }
