import type { Db, Reader } from '../../db/types.ts'
import { changeState, readState } from './bot-state.ts'

/** How long Telegram accepts nothing for a chat, by its id or name; undefined means all chats. */
export interface Pause {
  readonly chatId: number | string | undefined
  readonly ms: number
}

/** By chat: when its pause ends, and how long it was when Telegram asked for it. */
type Pauses = Readonly<Record<string, { readonly until: string; readonly ms: number }>>

/** Saves the pause that a 429 asked for, so the next process keeps it too; drops those that are over. */
export async function savePause(db: Db, { chatId, ms }: Pause, now: Date): Promise<void> {
  await changeState<Pauses>(db, 'holds', now, async (_, pauses = {}) => {
    const active = Object.entries(pauses).filter(([, pause]) => msLeft(pause, now) > 0)
    const until = new Date(now.getTime() + ms).toISOString()
    return { ...Object.fromEntries(active), [String(chatId ?? '')]: { until, ms } }
  })
}

/** Reads the pauses that are not over, with the time that is left of each. */
export async function readPauses(db: Reader, now: Date): Promise<Pause[]> {
  const pauses = (await readState<Pauses>(db, 'holds')) ?? {}
  return Object.entries(pauses)
    .map(([chat, pause]) => ({ chatId: toChatId(chat), ms: msLeft(pause, now) }))
    .filter(({ ms }) => ms > 0)
}

// At most what Telegram asked for, in case the clock was set back since.
function msLeft({ until, ms }: Pauses[string], now: Date): number {
  return Math.min(ms, new Date(until).getTime() - now.getTime())
}

function toChatId(chat: string): Pause['chatId'] {
  if (chat === '') return undefined
  return /^-?\d+$/.test(chat) ? Number(chat) : chat
}
