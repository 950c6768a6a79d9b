import { changeState } from '../domain/bot-state.ts'
import { findMessageRow, restateMessage } from '../domain/message-turns.ts'
import { queueMessages } from '../domain/messages.ts'
import { listSecurityEvents, type SecurityEventRow } from '../domain/security.ts'
import { newAddressNotice, type SecurityCounts, securityNotice } from '../view/notices.ts'
import { toRequest } from '../view/request.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const cardLivesMs = 24 * 60 * 60_000
const page = 200

/** How far was looked, and the card that counts. */
interface SecurityTold {
  readonly until: string
  readonly card: { readonly row: number; readonly since: string; readonly counts: SecurityCounts } | null
}

/** Shows who tried the door: one card a day that counts, and each first use of a token from a new address. */
export const securityJob: Job = { name: 'security', everyMinutes: 1, run: tellOfSecurity }

async function tellOfSecurity({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<SecurityTold>(store, 'security_told', now, async (tx, told) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (told === undefined) return { until: now.toISOString(), card: null }
    if (settings === null) return undefined
    const toldUntil = new Date(told.until)
    // The clock was set back: what comes from now on is new again.
    if (toldUntil > now) return { ...told, until: now.toISOString() }
    const { entries } = await listSecurityEvents(scope, { limit: page })
    const fresh = entries.filter(({ createdAt }) => createdAt > toldUntil && createdAt <= now)
    const newest = fresh[0]
    if (newest === undefined) return undefined
    const until = newest.createdAt.toISOString()
    if (settings.notify.needsYou === 'off') return { ...told, until }

    const { chatId, threadId } = settings
    const message = { chatId, threadId, purpose: 'notice', rank: 0 } as const
    const silent = settings.notify.needsYou === 'silent'
    const uses = fresh.filter(isNewAddress).map((event) => ({
      ...message,
      request: toRequest(
        newAddressNotice({ token: String(event.detail?.token ?? ''), address: event.ipAddress }),
        { silent },
      ),
    }))
    await queueMessages(tx, uses, now)

    const failures = fresh.filter(({ outcome }) => outcome === 'failure')
    const oldest = failures.at(-1)
    if (oldest === undefined) return { ...told, until }
    const isYoung = told.card !== null && now.getTime() - new Date(told.card.since).getTime() < cardLivesMs
    const row = isYoung && told.card !== null ? await findMessageRow(tx, told.card.row) : null
    const since = row === null || told.card === null ? oldest.createdAt : new Date(told.card.since)
    const counts = addUp(row === null ? {} : (told.card?.counts ?? {}), failures)
    const request = toRequest(securityNotice(counts, { since, ...readerOf(settings, now) }), { silent })
    if (row !== null) await restateMessage(tx, row.id, request)
    const id = row?.id ?? (await queueMessages(tx, [{ ...message, request }], now))[0]
    return { until, card: id === undefined ? null : { row: id, since: since.toISOString(), counts } }
  })
}

// The first address of all is the one where the token was made for.
function isNewAddress({ eventType, outcome, detail }: SecurityEventRow): boolean {
  const isFirst = detail?.newAddress === true && Number(detail.knownAddresses ?? 0) > 0
  return eventType === 'auth.token' && outcome === 'success' && isFirst
}

function addUp(before: SecurityCounts, failures: readonly SecurityEventRow[]): SecurityCounts {
  const counts: Record<string, number> = { ...before }
  for (const { eventType, detail } of failures) {
    const times = typeof detail?.count === 'number' ? detail.count : 1
    counts[eventType] = (counts[eventType] ?? 0) + times
  }
  return counts
}

function readerOf({ timeZone }: BoundSettings, now: Date) {
  return { now, timeZone }
}
