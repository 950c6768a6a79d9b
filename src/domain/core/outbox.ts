import { and, asc, eq, gt, inArray, lt, lte, max } from 'drizzle-orm'
import { eventsOutbox, projects } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { deleteBatchSize, deleteExpiredRows } from './delete-expired.ts'
import type { BoardEvent } from './events.ts'
import { isInSight, type Scope } from './scope.ts'

/** Reads the events after a cursor. IDs become visible in order, so paging by the last ID misses none. */
export async function readEvents(
  scope: Scope,
  query: { readonly after: number; readonly limit: number; readonly projectId?: string | undefined },
): Promise<BoardEvent[]> {
  const found = await scope.db
    .select()
    .from(eventsOutbox)
    .where(
      and(
        eq(eventsOutbox.ownerId, scope.ownerId),
        gt(eventsOutbox.id, query.after),
        query.projectId === undefined ? undefined : eq(eventsOutbox.projectId, query.projectId),
        isInSight(scope) &&
          inArray(
            eventsOutbox.projectId,
            scope.db.select({ id: projects.id }).from(projects).where(isInSight(scope)),
          ),
      ),
    )
    .orderBy(asc(eventsOutbox.id))
    .limit(query.limit)
  return found.map(
    (row) =>
      ({
        id: row.id,
        type: row.eventType,
        entityId: row.entityId,
        projectId: row.projectId,
        payload: row.payload ?? {},
        createdAt: row.createdAt,
      }) as unknown as BoardEvent,
  )
}

/** Returns the newest event's ID, or 0. */
export async function newestEventId(scope: Scope): Promise<number> {
  const [row] = await scope.db
    .select({ id: max(eventsOutbox.id) })
    .from(eventsOutbox)
    .where(eq(eventsOutbox.ownerId, scope.ownerId))
  return row?.id ?? 0
}

/** Deletes events older than `before`, up to the ID `upTo`. Returns how many. */
export async function deleteExpiredEvents(
  db: Db,
  { ownerId, before, upTo }: { readonly ownerId: string; readonly before: Date; readonly upTo: number },
): Promise<number> {
  // Looks only at the oldest events; otherwise each batch would read everything that is kept.
  const oldest = db
    .select({ id: eventsOutbox.id })
    .from(eventsOutbox)
    .where(and(eq(eventsOutbox.ownerId, ownerId), lte(eventsOutbox.id, upTo)))
    .orderBy(asc(eventsOutbox.id))
    .limit(deleteBatchSize)
  return deleteExpiredRows(
    db,
    eventsOutbox,
    and(inArray(eventsOutbox.id, oldest), lt(eventsOutbox.createdAt, before)),
  )
}

/** Wakes waiting callers. Only a hint: it may be late or missing, so every wait has a limit. */
export interface Wakeup {
  /** Resolves at the next trigger, after `limitMs`, or on abort, whichever comes first. */
  readonly wait: (limitMs: number, signal?: AbortSignal) => Promise<void>
  readonly trigger: () => void
}

export function createWakeup(): Wakeup {
  const waiting = new Set<() => void>()
  return {
    trigger: () => {
      for (const wake of [...waiting]) wake()
    },
    wait: (limitMs, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, limitMs)
        if (signal?.aborted) return wake()
        signal?.addEventListener('abort', wake, { once: true })
        waiting.add(wake)
      }),
  }
}
