import type { Composer } from 'grammy'
import type { BotContext } from '../context.ts'
import { capture } from './capture.ts'
import { deck } from './deck.ts'
import { fallback } from './fallback.ts'
import { replies } from './replies.ts'
import { taskActions } from './task-actions.ts'

/** The features in the order in which an update meets them; the last one answers what nobody took. */
export function features(): Composer<BotContext>[] {
  return [deck(), taskActions(), replies({}, async () => {}), fallback(), capture()]
}
