import type { Api } from 'grammy'
import { changeState } from '../domain/bot-state.ts'
import { queueMessages } from '../domain/messages.ts'
import { readOwnerSettings } from '../domain/settings.ts'
import { conflictNotice } from '../view/notices.ts'
import { toRequest } from '../view/request.ts'
import type { BotDeps } from './context.ts'

/** Whether another program takes this bot's updates. */
export interface ConflictWatch {
  readonly note: (outcome: 'ok' | 'conflict' | 'unauthorized' | 'failed') => void
  /** Since when; null while there is none. Two that poll end each other's requests in turn, so an answer alone is no end of it. */
  readonly since: () => Date | null
}

// One of ours that is replaced may cause one or two.
const worthTelling = 3
const overAfterMs = 60_000
const toldEveryMs = 24 * 60 * 60_000

/** Watches for conflicts, and tells the owner once a day who the other is, as far as Telegram knows. */
export function watchConflicts(
  deps: Pick<BotDeps, 'store' | 'ownerId' | 'now' | 'log'> & { readonly api: Api },
): ConflictWatch {
  let since: Date | null = null
  let lastAt = 0
  let count = 0
  let webhook = ''

  const look = async () => {
    webhook = (await deps.api.getWebhookInfo()).url || webhook
    if (count >= worthTelling) await tell(deps, webhook)
  }
  return {
    note: (outcome) => {
      const now = deps.now()
      if (Math.abs(now.getTime() - lastAt) > overAfterMs && outcome !== 'failed') {
        since = null
        count = 0
      }
      if (outcome !== 'conflict') return
      since ??= now
      lastAt = now.getTime()
      count += 1
      look().catch((error: unknown) =>
        deps.log.warn({ err: error }, 'the owner is not told of a conflict yet'),
      )
    },
    since: () => since,
  }
}

async function tell({ store, ownerId, now: clock }: Parameters<typeof watchConflicts>[0], webhook: string) {
  const now = clock()
  await changeState<string>(store, 'conflict_told', now, async (tx, told) => {
    if (told !== undefined && Math.abs(now.getTime() - Date.parse(told)) < toldEveryMs) return undefined
    const { chatId, threadId } = await readOwnerSettings({ db: tx, ownerId })
    if (chatId === null) return undefined
    const request = toRequest(conflictNotice(webhook))
    await queueMessages(tx, [{ chatId, threadId, purpose: 'notice', rank: 0, request }], now)
    return now.toISOString()
  })
}
