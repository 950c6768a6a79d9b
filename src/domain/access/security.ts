import { and, asc, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { securityEvents } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { minuteMs } from '../core/durations.ts'
import { type Page, toPage } from '../core/page.ts'
import { createRedactor, type Redactor } from '../core/redactor.ts'
import type { Scope } from '../core/scope.ts'
import { chatSpecs } from '../settings/setting-specs.ts'
import { networkOf } from './network.ts'

const windowMs = minuteMs
// A flood from ever new addresses must not fill the memory or the table: beyond these all count as one.
const maxAddresses = 1_000
// Each is a separate loud message: a stolen token used from many addresses must not bury the chat.
const maxNewAddresses = 5

/** Something that touched who may do what. `detail` never holds a secret. */
export interface NewSecurityEvent {
  /** Null where nobody's board was reached. */
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
 * `auth.token`: a bearer token; `chat.bind`: the owner's chat was bound or let go; `chat.stranger`: somebody else wrote;
 * `token.revoke`: a token was revoked without the owner asking for it.
 */
export type SecurityEventType =
  | 'auth.token'
  | 'auth.webhook'
  | 'auth.metrics'
  | 'chat.bind'
  | 'chat.stranger'
  | 'token.revoke'

export type SecurityEventRow = typeof securityEvents.$inferSelect

/** Writes one security event; it is never changed afterwards. */
export async function recordSecurityEvent(db: Db, event: NewSecurityEvent): Promise<void> {
  await db.insert(securityEvents).values({
    id: v7(),
    ownerId: event.ownerId,
    eventType: event.eventType,
    outcome: event.outcome,
    ipAddress: event.ipAddress ?? null,
    userAgent: event.userAgent?.slice(0, 500) ?? null,
    path: event.path?.slice(0, 500) ?? null,
    detail: event.detail ?? null,
    createdAt: event.now,
  })
}

// What the owner wrote before the bot knew its owner is nobody's attack.
function isOwners(ownerId: string) {
  return and(
    or(eq(securityEvents.ownerId, ownerId), isNull(securityEvents.ownerId)),
    sql`not (${securityEvents.eventType} = 'chat.stranger' and exists (
      select from user_settings where owner_id = ${ownerId} and key = ${chatSpecs.userId.key}
        and value = ${securityEvents.detail}->>'userId'))`,
  )
}

/** The owner's security events, and those of nobody, newest first; without what the owner wrote before the bot knew the owner. */
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

/** A stretch of time: later than `after`, up to and including `upTo`. */
interface Stretch {
  readonly after: Date
  readonly upTo: Date
}

/** How many failures of each kind there were, with their repetitions, and when the first and the last were. */
export async function countFailures(
  { db, ownerId }: Scope,
  stretch: Stretch,
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

/** Uses of tokens from new addresses, the oldest first; the first address of all is the one where the token was made for. */
export async function listNewAddresses(
  { db, ownerId }: Scope,
  stretch: Stretch,
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

function isWithin({ after, upTo }: Stretch) {
  return and(gt(securityEvents.createdAt, after), lte(securityEvents.createdAt, upTo))
}

export type Failure = Pick<NewSecurityEvent, 'eventType' | 'ipAddress' | 'userAgent' | 'path' | 'detail'>

/** Counts failures so that one kind from one address (IPv6: its /64) writes at most one row a minute. */
export interface FailureCounter {
  /** Counts one failure: the first of a minute is written at once, so that a crash loses no more than a count. */
  readonly count: (failure: Failure) => Promise<void>
  /** Writes the counts of minutes that are over; to be called about once a minute. */
  readonly flush: () => Promise<void>
  /** Writes all counts that are left. */
  readonly close: () => Promise<void>
}

interface Window {
  readonly openedAt: number
  /** The latest failure not yet written, and how many there were. */
  readonly latest: Failure
  readonly count: number
}

/**
 * Builds a counter for one process. Rows never change, so repetitions are held in memory and written as one row with
 * `detail.count` when their minute is over; that row opens the next minute.
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
      // A path or a client's name may hold a token.
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
