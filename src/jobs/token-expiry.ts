import { expiringTokens } from '../domain/access/tokens.ts'
import { dayMs } from '../domain/core/durations.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueue } from '../telegram/store/messages/enqueue.ts'
import { toRequest } from '../view/kit/request.ts'
import { tokenNotice } from '../view/notifications/notices.ts'
import { type Job, type JobsDeps, readBound } from './job.ts'

const maxNotified = 200

/** The last notice sent for each token, by token ID. */
type TokensNotified = Readonly<Record<string, 'week' | 'day'>>

/** Notifies the owner 7 days and 1 day before a token expires. */
export const tokenExpiryJob: Job = { name: 'token expiry', everyMinutes: 10, run: notifyOfExpiry }

async function notifyOfExpiry({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<TokensNotified>(store, 'tokens_told', now, async (tx, notified = {}) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const { chatId, threadId, timeZone } = settings
    const expiring = (await expiringTokens(scope, now)).flatMap(({ id, name, expiresAt }) =>
      expiresAt === null ? [] : [{ id, name, expiresAt, stage: stageOf(expiresAt, now) }],
    )
    // No notice is repeated after the clock is set back, and no week notice follows a day notice.
    const due = expiring.filter(({ id, stage }) => notified[id] !== stage && notified[id] !== 'day')
    if (due.length === 0) return undefined
    const messages = due.map((token) => {
      const request = toRequest(tokenNotice(token, { now, timeZone }))
      return { chatId, threadId, purpose: 'notice', request, priority: 'normal' } as const
    })
    await enqueue(tx, messages, now)
    const fresh = due.map(({ id, stage }) => [id, stage] as const)
    const kept = Object.entries(notified).filter(([id]) => fresh.every(([other]) => other !== id))
    return Object.fromEntries([...kept, ...fresh].slice(-maxNotified))
  })
}

function stageOf(expiresAt: Date, now: Date): 'week' | 'day' {
  return expiresAt.getTime() - now.getTime() <= dayMs ? 'day' : 'week'
}
