import { and, asc, eq, gt, inArray, lt, lte, max, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { eventsOutbox, projects } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { deleteBatchSize, deleteExpiredRows } from './delete-expired.ts'
import { type BoardEvent, parseEvent, type StoredEvent } from './events.ts'
import { isInSight, type Scope } from './scope.ts'

/** Reads the events after a cursor. IDs become visible in order, so paging by the last ID misses none. */
export async function readEvents(
  scope: Scope,
  query: { readonly after: number; readonly limit: number; readonly projectId?: string | undefined },
): Promise<StoredEvent[]> {
  return scope.db
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
}

/** Selects an owner's events after a cursor, as a column of another query. */
export function eventsAfter(ownerId: AnyPgColumn, cursor: SQL, limit: number): SQL<BoardEvent[]> {
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'eventType', e.event_type, 'entityType', e.entity_type, 'entityId', e.entity_id, 'projectId', e.project_id,
      'payload', e.payload, 'createdAt', e.created_at) order by e.id), '[]'::jsonb)
    from (select * from ${eventsOutbox} as o where o.owner_id = ${ownerId} and o.id > ${cursor} order by o.id limit ${sql.raw(String(limit))}) as e
  )`.mapWith((events: readonly (Omit<StoredEvent, 'createdAt'> & { readonly createdAt: string })[]) =>
    events.map((event) => parseEvent({ ...event, createdAt: new Date(event.createdAt) })),
  ) as SQL<BoardEvent[]>
}

/** Selects the ID of an owner's newest event, or 0, as a column of another query. */
export function newestEventOf(ownerId: AnyPgColumn): SQL<number> {
  return sql<number>`(select coalesce(max(o.id), 0) from ${eventsOutbox} as o where o.owner_id = ${ownerId})`.mapWith(
    Number,
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
  /**
   * Resolves at the next trigger, after `limitMs`, or on abort, whichever comes first. With an earlier `count`, also if there was a
   * trigger since then.
   */
  readonly wait: (limitMs: number, signal?: AbortSignal, since?: number) => Promise<void>
  readonly trigger: () => void
}

export interface CountedWakeup extends Wakeup {
  /** How many triggers there were. */
  readonly count: () => number
}

export function createWakeup(): CountedWakeup {
  const waiting = new Set<() => void>()
  let triggers = 0
  return {
    count: () => triggers,
    trigger: () => {
      triggers += 1
      for (const wake of [...waiting]) wake()
    },
    wait: (limitMs, signal, since = triggers) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, limitMs)
        if (signal?.aborted || triggers !== since) return wake()
        signal?.addEventListener('abort', wake, { once: true })
        waiting.add(wake)
      }),
  }
}
