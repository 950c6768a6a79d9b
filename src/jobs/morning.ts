import { dayMs } from '../domain/core/durations.ts'
import type { Scope } from '../domain/core/scope.ts'
import { readCardFacts, type TaskCardFacts } from '../domain/tasks/card.ts'
import { findTasks } from '../domain/tasks/read.ts'
import { inQuietHours, nextLocalTime, quietHoursEnd } from '../domain/time/time.ts'
import { needsOwner } from '../domain/turn.ts'
import { changeState, readState, writeState } from '../telegram/store/bot-state.ts'
import { enqueue } from '../telegram/store/messages/enqueue.ts'
import { reportedTasks } from '../telegram/store/messages/messages.ts'
import { toRequest } from '../view/kit/request.ts'
import { morningCard } from '../view/notifications/list.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const maxListed = 20
// Remembered in case the clock is set back.
const maxMornings = 60

/** The quiet hours in progress. */
type Quiet = { readonly from: string; readonly until: string } | 'none'

/** Queues a summary at the end of quiet hours, with what needed the owner in the meantime and still does. */
export const morningJob: Job = { name: 'morning', everyMinutes: 1, run: sumUpQuietHours }

async function sumUpQuietHours({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<Quiet>(store, 'quiet_hours', now, async (tx, quiet = 'none') => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const current = quietNow(now, settings)
    if (quiet === 'none') return current === 'none' ? undefined : current
    if (current !== 'none' && current.until === quiet.until) return undefined
    const open = await stillOpen(scope, settings.chatId, { from: new Date(quiet.from), to: now })
    const summarized = open.length > 0 ? ((await readState<string[]>(tx, 'mornings_told')) ?? []) : []
    if (open.length > 0 && !summarized.includes(quiet.until)) {
      const { card, topic } = morningCard(open.slice(0, maxListed))
      const { chatId, threadId } = settings
      const message = {
        chatId,
        threadId,
        purpose: 'digest',
        topic,
        request: toRequest(card),
        priority: 'urgent',
      } as const
      await enqueue(tx, [message], now)
      await writeState(tx, 'mornings_told', [...summarized, quiet.until].slice(-maxMornings), now)
    }
    return current
  })
}

/** Returns the quiet hours in progress. They count from their start, because reports may have come before the job first saw them. */
function quietNow(now: Date, { quietHours, timeZone }: BoundSettings): Quiet {
  if (quietHours === null || !inQuietHours(now, quietHours, timeZone)) return 'none'
  const start = quietHours.slice(0, quietHours.indexOf('-')).trim()
  return {
    from: nextLocalTime(new Date(now.getTime() - dayMs), start, timeZone).toISOString(),
    until: quietHoursEnd(now, quietHours, timeZone).toISOString(),
  }
}

async function stillOpen(
  scope: Scope & { readonly db: Parameters<typeof reportedTasks>[0] },
  chatId: number,
  night: { readonly from: Date; readonly to: Date },
): Promise<TaskCardFacts[]> {
  const found = await findTasks(scope, await reportedTasks(scope.db, { chatId, ...night }))
  return readCardFacts(scope, found.filter(needsOwner))
}
