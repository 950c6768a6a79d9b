import type { Db, Reader } from '../../db/types.ts'
import { changeState, readState } from './bot-state.ts'

/** A chat by its id or name, undefined for all of them, that Telegram takes nothing for until then. */
export interface Hold {
  readonly chatId: number | string | undefined
  readonly ms: number
}

/** By chat: until when, and how long that was when it was said. */
type Holds = Readonly<Record<string, { readonly until: string; readonly ms: number }>>

/** Keeps what a 429 asked for a chat, and forgets what is over. */
export async function keepHold(db: Db, { chatId, ms }: Hold, now: Date): Promise<void> {
  await changeState<Holds>(db, 'holds', now, async (_, holds = {}) => {
    const lasting = Object.entries(holds).filter(([, hold]) => leftOf(hold, now) > 0)
    const until = new Date(now.getTime() + ms).toISOString()
    return { ...Object.fromEntries(lasting), [String(chatId ?? '')]: { until, ms } }
  })
}

/** What still lasts of what was kept. */
export async function readHolds(db: Reader, now: Date): Promise<Hold[]> {
  const holds = (await readState<Holds>(db, 'holds')) ?? {}
  return Object.entries(holds)
    .map(([chat, hold]) => ({ chatId: toChatId(chat), ms: leftOf(hold, now) }))
    .filter(({ ms }) => ms > 0)
}

// Where the clock was set back meanwhile, no more than was asked.
function leftOf({ until, ms }: Holds[string], now: Date): number {
  return Math.min(ms, new Date(until).getTime() - now.getTime())
}

function toChatId(chat: string): Hold['chatId'] {
  if (chat === '') return undefined
  return /^-?\d+$/.test(chat) ? Number(chat) : chat
}
