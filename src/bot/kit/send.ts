import type { SenderOptions } from './sending/about.ts'
import { createEdits, type Edits } from './sending/edits.ts'
import { createNewMessages, type NewMessages } from './sending/new-messages.ts'

/**
 * Sends and edits silently what the owner asked for. Each message is a row before it is sent. A message that can't be
 * sent now, or whose outcome is uncertain, is sent later from its row; its ID is 0 until then.
 */
export interface Sender extends NewMessages, Edits {}

/** Creates the sender for one chat. */
export function createSender(options: SenderOptions): Sender {
  const messages = createNewMessages(options)
  return { ...messages, ...createEdits(options, messages) }
}
