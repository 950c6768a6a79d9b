import { countFailures, listNewAddresses } from '../domain/access/security.ts'
import { dayMs } from '../domain/core/durations.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueue } from '../telegram/store/messages/enqueue.ts'
import { markForEdit } from '../telegram/store/messages/mark.ts'
import { findMessageRow } from '../telegram/store/messages/messages.ts'
import { reportStrangers } from '../telegram/store/strangers.ts'
import { toRequest } from '../view/kit/request.ts'
import { newAddressNotice, type SecurityCounts, securityNotice } from '../view/notifications/notices.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const cardLifetimeMs = dayMs

/** The time of the last reported event, and the card with the counts. */
interface SecurityNotified {
  readonly until: string
  readonly card: { readonly row: number; readonly since: string; readonly counts: SecurityCounts } | null
}

/** Reports blocked access attempts on one card a day, and each first use of a token from a new address. */
export const securityJob: Job = { name: 'security', everyMinutes: 1, run: notifyOfSecurity }

async function notifyOfSecurity({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await reportStrangers(store, { ownerId, now })
  await changeState<SecurityNotified>(store, 'security_told', now, async (tx, notified) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (notified === undefined) return { until: now.toISOString(), card: null }
    if (settings === null) return undefined
    const period = { after: new Date(notified.until), upTo: now }
    // The clock was set back, so start over.
    if (period.after > now) return { ...notified, until: now.toISOString() }
    const failures = await countFailures(scope, period)
    const newAddresses = await listNewAddresses(scope, period)
    const times = [...failures.map(({ to }) => to), ...newAddresses.map(({ createdAt }) => createdAt)]
    if (times.length === 0) return undefined
    const until = new Date(Math.max(...times.map((time) => time.getTime()))).toISOString()
    if (settings.notify.needsYou === 'off') return { ...notified, until }

    const { chatId, threadId } = settings
    const message = { chatId, threadId, purpose: 'notice', priority: 'urgent' } as const
    const silent = settings.notify.needsYou === 'silent'
    const uses = newAddresses.map((event) => ({
      ...message,
      request: toRequest(
        newAddressNotice({ token: String(event.detail?.token ?? ''), address: event.ipAddress }),
        { silent },
      ),
    }))
    await enqueue(tx, uses, now)

    const oldest = failures.map(({ from }) => from).sort((a, b) => a.getTime() - b.getTime())[0]
    if (oldest === undefined) return { ...notified, until }
    const isRecent =
      notified.card !== null && now.getTime() - new Date(notified.card.since).getTime() < cardLifetimeMs
    const row = isRecent && notified.card !== null ? await findMessageRow(tx, notified.card.row) : null
    const since = row === null || notified.card === null ? oldest : new Date(notified.card.since)
    const counts = addUp(row === null ? {} : (notified.card?.counts ?? {}), failures)
    const request = toRequest(securityNotice(counts, { since, ...viewerOf(settings, now) }), { silent })
    if (row !== null) await markForEdit(tx, row.id, request)
    const id = row?.id ?? (await enqueue(tx, [{ ...message, request }], now))[0]
    return { until, card: id === undefined ? null : { row: id, since: since.toISOString(), counts } }
  })
}

function addUp(
  before: SecurityCounts,
  failures: readonly { readonly eventType: string; readonly count: number }[],
): SecurityCounts {
  const counts: Record<string, number> = { ...before }
  for (const { eventType, count } of failures) counts[eventType] = (counts[eventType] ?? 0) + count
  return counts
}

function viewerOf({ timeZone }: BoundSettings, now: Date) {
  return { now, timeZone }
}
