import { changeState, readState, writeState } from '../domain/bot-state.ts'
import { tasksInNews } from '../domain/message-turns.ts'
import { queueMessages } from '../domain/messages.ts'
import { findTasks, type Scope } from '../domain/tasks/read.ts'
import type { Task } from '../domain/tasks/task.ts'
import { inQuietHours, nextLocalTime, quietHoursEnd } from '../domain/time.ts'
import { morningCard } from '../view/news-list.ts'
import { toRequest } from '../view/request.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const dayMs = 24 * 60 * 60_000
const maxListed = 20
// So many mornings are remembered, for the clock may be set back to before them.
const maxMornings = 60

/** Quiet hours that last. */
type Quiet = { readonly from: string; readonly until: string } | 'none'

/** At the end of quiet hours: one summary of what needed the owner then and still does. */
export const morningJob: Job = { name: 'morning', everyMinutes: 1, run: sumUpQuietHours }

async function sumUpQuietHours({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<Quiet>(store, 'quiet_hours', now, async (tx, quiet = 'none') => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const lasting = quietNow(now, settings)
    if (quiet === 'none') return lasting === 'none' ? undefined : lasting
    if (lasting !== 'none' && lasting.until === quiet.until) return undefined
    const open = await stillOpen(scope, settings.chatId, { from: new Date(quiet.from), to: now })
    const told = open.length > 0 ? ((await readState<string[]>(tx, 'mornings_told')) ?? []) : []
    if (open.length > 0 && !told.includes(quiet.until)) {
      const { card, topic } = morningCard(open.slice(0, maxListed))
      const { chatId, threadId } = settings
      const message = {
        chatId,
        threadId,
        purpose: 'digest',
        topic,
        request: toRequest(card),
        rank: 0,
      } as const
      await queueMessages(tx, [message], now)
      await writeState(tx, 'mornings_told', [...told, quiet.until].slice(-maxMornings), now)
    }
    return lasting
  })
}

/** The quiet hours around `now` from their beginning, for news may have come before this was first looked at. */
function quietNow(now: Date, { quietHours, timeZone }: BoundSettings): Quiet {
  if (quietHours === null || !inQuietHours(now, quietHours, timeZone)) return 'none'
  const start = quietHours.slice(0, quietHours.indexOf('-')).trim()
  return {
    from: nextLocalTime(new Date(now.getTime() - dayMs), start, timeZone).toISOString(),
    until: quietHoursEnd(now, quietHours, timeZone).toISOString(),
  }
}

async function stillOpen(
  scope: Scope & { readonly db: Parameters<typeof tasksInNews>[0] },
  chatId: number,
  night: { readonly from: Date; readonly to: Date },
): Promise<Task[]> {
  const ids = await tasksInNews(scope.db, { chatId, rank: 0, ...night })
  const found = await findTasks(scope, ids)
  return found.filter(({ status }) => status === 'hold' || status === 'ready')
}
