import { and, asc, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { securityEvents } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { insert, type Write } from '../core/commit/writes.ts'
import { minuteMs } from '../core/durations.ts'
import { type Page, toPage } from '../core/page.ts'
import { createRedactor, type Redactor } from '../core/redactor.ts'
import type { Scope } from '../core/scope.ts'
import { chatSpecs } from '../settings/setting-specs.ts'
import { networkOf } from './network.ts'

const windowMs = minuteMs
// A flood from many addresses must not fill memory or the table: beyond this number, all count as one.
const maxAddresses = 1_000
// Each is a separate loud message; a stolen token used from many addresses must not flood the chat.
const maxNewAddresses = 5

/** An event that concerns access. `detail` never contains a secret. */
export interface NewSecurityEvent {
  /** Null if no board was reached. */
  readonly ownerId: string | null
  readonly eventType: SecurityEventType
  readonly outcome: 'success' | 'failure'
  readonly ipAddress?: string | null
  readonly userAgent?: string | null
  readonly path?: string | null
  readonly detail?: Readonly<Record<string, unknown>>
  readonly now: Date
}

/**
 * `auth.token`: a bearer token; `chat.bind`: the owner's chat was linked or unlinked; `chat.stranger`: someone else wrote;
 * `token.revoke`: a token was revoked without the owner's request.
 */
export type SecurityEventType =
  | 'auth.token'
  | 'auth.webhook'
  | 'auth.metrics'
  | 'chat.bind'
  | 'chat.stranger'
  | 'token.revoke'

export type SecurityEventRow = typeof securityEvents.$inferSelect

/** Writes one security event, which is never changed afterward. */
export async function recordSecurityEvent(db: Db, event: NewSecurityEvent): Promise<void> {
  await db.insert(securityEvents).values(toRow(event))
}

/** Returns a security event as part of a change. */
export function toSecurityEventRow(event: NewSecurityEvent): Write {
  return insert(securityEvents, toRow(event))
}

function toRow(event: NewSecurityEvent): typeof securityEvents.$inferInsert {
  return {
    id: v7(),
    ownerId: event.ownerId,
    eventType: event.eventType,
    outcome: event.outcome,
    ipAddress: event.ipAddress ?? null,
    userAgent: event.userAgent?.slice(0, 500) ?? null,
    path: event.path?.slice(0, 500) ?? null,
    detail: event.detail ?? null,
    createdAt: event.now,
  }
}

// Messages by the owner from before the bot knew them aren't an attack.
function isOwners(ownerId: string) {
  return and(
    or(eq(securityEvents.ownerId, ownerId), isNull(securityEvents.ownerId)),
    sql`not (${securityEvents.eventType} = 'chat.stranger' and exists (
      select from user_settings where owner_id = ${ownerId} and key = ${chatSpecs.userId.key}
        and value = ${securityEvents.detail}->>'userId'))`,
  )
}

/** Lists the owner's security events and those without an owner, newest first, except the owner's own early messages. */
export async function listSecurityEvents(
  { db, ownerId }: Scope,
  page: { readonly before?: string; readonly limit: number },
): Promise<Page<SecurityEventRow>> {
  const found = await db
    .select()
    .from(securityEvents)
    .where(
      and(
        isOwners(ownerId),
        page.before === undefined
          ? undefined
          : sql`(${securityEvents.createdAt}, ${securityEvents.id}) < (select created_at, id from security_events where id = ${page.before}::uuid)`,
      ),
    )
    .orderBy(desc(securityEvents.createdAt), desc(securityEvents.id))
    .limit(page.limit + 1)
  return toPage(found, page.limit)
}

/** A time range: after `after`, up to and including `upTo`. */
interface TimeRange {
  readonly after: Date
  readonly upTo: Date
}

/** Counts the failures of each kind, repetitions included, with the times of the first and last. */
export async function countFailures(
  { db, ownerId }: Scope,
  stretch: TimeRange,
): Promise<
  readonly {
    readonly eventType: string
    readonly count: number
    readonly from: Date
    readonly to: Date
  }[]
> {
  return db
    .select({
      eventType: securityEvents.eventType,
      count: sql<number>`sum(coalesce((${securityEvents.detail} ->> 'count')::int, 1))::int`,
      from: sql<Date>`min(${securityEvents.createdAt})`.mapWith(securityEvents.createdAt),
      to: sql<Date>`max(${securityEvents.createdAt})`.mapWith(securityEvents.createdAt),
    })
    .from(securityEvents)
    .where(and(isOwners(ownerId), isWithin(stretch), eq(securityEvents.outcome, 'failure')))
    .groupBy(securityEvents.eventType)
}

/** Lists uses of tokens from new addresses, oldest first. A token's very first address is the expected one. */
export async function listNewAddresses(
  { db, ownerId }: Scope,
  stretch: TimeRange,
): Promise<readonly SecurityEventRow[]> {
  return db
    .select()
    .from(securityEvents)
    .where(
      and(
        isOwners(ownerId),
        isWithin(stretch),
        eq(securityEvents.eventType, 'auth.token'),
        eq(securityEvents.outcome, 'success'),
        sql`${securityEvents.detail} -> 'newAddress' = 'true' and (${securityEvents.detail} ->> 'knownAddresses')::int > 0`,
      ),
    )
    .orderBy(asc(securityEvents.createdAt), asc(securityEvents.id))
    .limit(maxNewAddresses)
}

function isWithin({ after, upTo }: TimeRange) {
  return and(gt(securityEvents.createdAt, after), lte(securityEvents.createdAt, upTo))
}

export type Failure = Pick<NewSecurityEvent, 'eventType' | 'ipAddress' | 'userAgent' | 'path' | 'detail'>

/** Counts failures so one kind from one address (IPv6: its /64) writes at most one row a minute. */
export interface FailureCounter {
  /** Counts one failure. The first of a minute is written immediately, so a crash loses only a count. */
  readonly count: (failure: Failure) => Promise<void>
  /** Writes the counts of past minutes; call it about once a minute. */
  readonly flush: () => Promise<void>
  /** Writes all remaining counts. */
  readonly close: () => Promise<void>
}

interface Window {
  readonly openedAt: number
  /** The latest unwritten failure, and how many there were. */
  readonly latest: Failure
  readonly count: number
}

/**
 * Builds a counter for one process. Rows never change, so repetitions are kept in memory and written as one row with
 * `detail.count` at the end of their minute; that row starts the next minute.
 */
export function createFailureCounter(options: {
  readonly db: Db
  readonly ownerId: string
  readonly now: () => Date
  readonly redactor?: Redactor
}): FailureCounter {
  const { redactor = createRedactor() } = options
  const windows = new Map<string, Window>()

  const write = (failure: Failure, count: number) =>
    recordSecurityEvent(options.db, {
      // A path or a client's name may contain a token.
      ...redactor.data(failure),
      ownerId: options.ownerId,
      outcome: 'failure',
      detail: { ...failure.detail, count },
      now: options.now(),
    })

  const writeOut = async (isOver: (window: Window) => boolean) => {
    const at = options.now().getTime()
    for (const [key, window] of [...windows]) {
      if (!isOver(window)) continue
      if (window.count === 0) windows.delete(key)
      else {
        windows.set(key, { ...window, openedAt: at, count: 0 })
        await write(window.latest, window.count)
      }
    }
  }
  const flush = () => {
    const at = options.now().getTime()
    return writeOut((window) => at - window.openedAt >= windowMs)
  }

  return {
    count: async (failure) => {
      const at = options.now().getTime()
      const known = `${failure.eventType} ${networkOf(failure.ipAddress ?? '')}`
      const spread = !windows.has(known) && windows.size >= maxAddresses
      const key = spread ? `${failure.eventType} *` : known
      const latest = spread ? { ...failure, ipAddress: null } : failure
      const window = windows.get(key)
      if (window !== undefined && at - window.openedAt < windowMs) {
        windows.set(key, { ...window, latest, count: window.count + 1 })
        return
      }
      windows.set(key, { openedAt: at, latest, count: 0 })
      await write(latest, (window?.count ?? 0) + 1)
    },
    flush,
    close: async () => {
      await writeOut(() => true)
      windows.clear()
    },
  }
}
