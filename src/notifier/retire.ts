import type { Api } from 'grammy'
import { callTelegram, editToRequest } from '../telegram/call.ts'
import type { Outcome } from '../telegram/outcome.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import { toRequest } from '../view/kit/request.ts'
import { earlierCard } from '../view/tasks/posted-card.ts'

/** What happened to an earlier card, and the outcome of the last call. */
export interface Retirement {
  readonly outcome: Outcome
  /** Null if it still has its buttons. */
  readonly how: 'deleted' | 'cut' | null
}

/** Deletes an earlier card. Telegram deletes no message older than 48 hours; such a card is cut to one line without buttons. */
export async function retireCard(
  api: Api,
  { chatId, messageId }: Pick<BotMessageRow, 'chatId' | 'messageId'>,
  readTask: () => Promise<{ readonly key: string; readonly title: string } | null>,
  signal: AbortSignal,
): Promise<Retirement> {
  if (messageId === null) return { outcome: { kind: 'gone' }, how: 'deleted' }
  const deletion = await callTelegram(
    api,
    'deleteMessage',
    { chat_id: chatId, message_id: messageId },
    signal,
  )
  if (deletion.kind === 'done' || deletion.kind === 'gone') return { outcome: deletion, how: 'deleted' }
  if (deletion.kind !== 'refused') return { outcome: deletion, how: null }
  const line = toRequest(earlierCard(await readTask()))
  const cut = await editToRequest(api, { chatId, messageId }, line, signal)
  if (cut.kind === 'gone') return { outcome: cut, how: 'deleted' }
  // If Telegram refuses the edit too, the card stays as it is.
  return { outcome: cut, how: cut.kind === 'done' || cut.kind === 'refused' ? 'cut' : null }
}
