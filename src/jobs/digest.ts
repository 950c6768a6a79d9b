import { createCtx } from '../domain/core/context.ts'
import { hourMs, minuteMs } from '../domain/core/durations.ts'
import type { Scope } from '../domain/core/scope.ts'
import { readDigest } from '../domain/reports/digest.ts'
import { readStats } from '../domain/reports/stats.ts'
import { changeSettings } from '../domain/settings/settings.ts'
import { dayBounds, localDate, nextLocalTime, toZoned } from '../domain/time/time.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueue, type NewMessage } from '../telegram/store/messages/enqueue.ts'
import type { StoredRequest } from '../telegram/store/messages/stored-request.ts'
import { toRequest } from '../view/kit/request.ts'
import { digestCard } from '../view/reports/digest.ts'
import { reviewCard, reviewTitle } from '../view/reports/review.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const lateAfterMs = 5 * minuteMs
const staleAfterMs = 12 * hourMs
const runEveryMs = minuteMs
// Remembered so that no date gets a second digest if the clock is set back.
const maxDates = 60

/** When the next digest is due, the rule it was computed from, and the local dates that already had one. */
interface DigestDue {
  readonly at: string
  readonly rule: string
  readonly dates?: readonly string[]
}

/**
 * Queues the daily digest once per local date. If the process was down at that time, the digest is sent late and
 * marked. On Mondays the weekly review follows.
 */
export const digestJob: Job = { name: 'digest', everyMinutes: 1, run: runDigest }

async function runDigest({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<DigestDue>(store, 'digest_due', now, async (tx, due) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const { digestTime, timeZone } = settings
    const rule = `${digestTime} ${timeZone}`
    const { dates = [] } = due ?? {}
    const next = { at: nextLocalTime(now, digestTime, timeZone).toISOString(), rule, dates }
    // Due later than the next digest: it was computed before the clock was set back.
    if (due === undefined || (due.rule === rule && due.at > next.at)) return next
    // A new digest time may already have passed since the last run.
    const at =
      due.rule === rule ? due.at : nextLocalTime(new Date(now.getTime() - runEveryMs), digestTime, timeZone)
    if (now < new Date(at)) return due.rule === rule ? undefined : next
    const wasDueAt = latestDue(new Date(at), now, settings)
    const date = localDate(wasDueAt, timeZone)
    const isSent = settings.digestLastDate === date || dates.includes(date)
    if (!isWorthSending(wasDueAt, now, settings) || isSent) return next
    const ctx = createCtx({ db: tx, ownerId, actor: { kind: 'system' }, now: () => now })
    await changeSettings(ctx, { digestLastDate: date })
    await enqueue(tx, await digestMessages(scope, settings, { now, wasDueAt }), now)
    return { ...next, dates: [...dates, date].slice(-maxDates) }
  })
}

/** Returns the latest due time in the past. The process may have been down for several. */
function latestDue(first: Date, now: Date, { digestTime, timeZone }: BoundSettings): Date {
  let latest = first
  for (let next = first; next <= now; next = nextLocalTime(next, digestTime, timeZone)) latest = next
  return latest
}

// Yesterday's digest is useful for a few hours; after that the next one is near.
function isWorthSending(wasDueAt: Date, now: Date, { digestEnabled, timeZone }: BoundSettings): boolean {
  const isToday = localDate(wasDueAt, timeZone) === localDate(now, timeZone)
  return digestEnabled && (isToday || now.getTime() - wasDueAt.getTime() < staleAfterMs)
}

async function digestMessages(
  scope: Scope,
  settings: BoundSettings,
  { now, wasDueAt }: { readonly now: Date; readonly wasDueAt: Date },
): Promise<NewMessage[]> {
  const { chatId, threadId, timeZone } = settings
  const isLate = now.getTime() - wasDueAt.getTime() > lateAfterMs
  const digest = await readDigest(scope, { now, timeZone })
  const { card, topic } = digestCard(digest, { now, timeZone, wasDueAt: isLate ? wasDueAt : undefined })
  const message = { chatId, threadId, purpose: 'digest', priority: 'normal' } as const
  const messages: NewMessage[] = [{ ...message, topic, request: toRequest(card) }]
  if (toZoned(wasDueAt, timeZone).dayOfWeek !== 1) return messages
  return [...messages, { ...message, request: await reviewRequest(scope, wasDueAt, timeZone) }]
}

/** Builds the review of the seven days before `monday`, compared with the seven before those. It has a chart if any task was finished. */
async function reviewRequest(scope: Scope, monday: Date, timeZone: string): Promise<StoredRequest> {
  const to = dayBounds(monday, timeZone).start
  const from = weekBefore(to, timeZone)
  const week = await readStats(scope, { from, to, timeZone })
  const before = await readStats(scope, { from: weekBefore(from, timeZone), to: from, timeZone })
  const picture = { title: reviewTitle, from: from.toISOString(), to: to.toISOString(), timeZone }
  return toRequest(reviewCard({ week, before }), {
    silent: true,
    picture: week.done === 0 ? undefined : picture,
  })
}

function weekBefore(at: Date, timeZone: string): Date {
  return new Date(toZoned(at, timeZone).subtract({ days: 7 }).epochMilliseconds)
}
