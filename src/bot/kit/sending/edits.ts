import { InputFile, InputMediaBuilder } from 'grammy'
import { callTelegram, editToRequest } from '../../../telegram/call.ts'
import type { Outcome } from '../../../telegram/outcome.ts'
import { reasonOf } from '../../../telegram/record-sending.ts'
import { markShown } from '../../../telegram/store/messages/mark.ts'
import { clearMessageId, findMessage } from '../../../telegram/store/messages/messages.ts'
import type { StoredRequest } from '../../../telegram/store/messages/stored-request.ts'
import type { Card } from '../../../view/kit/card.ts'
import { toRequest } from '../../../view/kit/request.ts'
import { type About, type SenderOptions, silently } from './about.ts'
import { isRefusal, isRepeatable, retried } from './attempts.ts'
import { fitToLimit, type NewMessages } from './new-messages.ts'

/** Changes to the bot's messages. */
export interface Edits {
  /** Replaces a message; sends a new one if it's gone. Returns the message's ID. */
  readonly edit: (messageId: number, card: Card, about: About) => Promise<number>
  /** Replaces a picture; sends a new one if it's gone. Returns the message's ID. */
  readonly editPicture: (messageId: number, png: Buffer, caption: Card, about: About) => Promise<number>
  /** Deletes a message; returns false if it's already gone or too old. */
  readonly remove: (messageId: number) => Promise<boolean>
}

/** Creates the editor of the bot's messages, which sends what it can't edit as a new message. */
export function createEdits(
  { api, store, chatId, now }: SenderOptions,
  { send, sendPicture }: NewMessages,
): Edits {
  const showInPlace = async (
    messageId: number,
    about: About,
    {
      outcome,
      renderedAt,
      resend,
      kept,
    }: {
      readonly outcome: Outcome
      readonly renderedAt: Date
      readonly resend: () => Promise<number>
      /** The request to send later; null if it isn't stored. */
      readonly kept: StoredRequest | null
    },
  ): Promise<number> => {
    if (outcome.kind === 'gone') return resend()
    const isDone = outcome.kind === 'done'
    const isRecorded =
      (isDone || (kept !== null && !isRefusal(outcome))) &&
      (await markShown(
        store,
        { chatId, messageId },
        { ...about, taskId: about.taskId ?? null },
        // A card is rendered when it's sent, so that it shows the current state.
        isDone
          ? { contentHash: about.version ?? null, renderedAt }
          : { request: about.purpose === 'card' ? null : kept },
      ))
    if (!isDone && !isRecorded) throw new Error(`Telegram did not take an edit: ${reasonOf(outcome)}`)
    return messageId
  }

  return {
    edit: async (messageId, card, about) => {
      const renderedAt = now()
      const request = toRequest(fitToLimit(card), silently(about))
      const outcome = await editToRequest(api, { chatId, messageId }, request)
      const kept = about.secret ? null : request
      return showInPlace(messageId, about, { outcome, renderedAt, resend: () => send(card, about), kept })
    },
    editPicture: async (messageId, png, caption, about) => {
      const renderedAt = now()
      const edit = async () => {
        const media = InputMediaBuilder.photo(new InputFile(png, 'picture.png'), {
          caption: caption.text.html,
          parse_mode: 'HTML',
        })
        const { reply_markup } = toRequest(caption).parameters
        const parameters = { chat_id: chatId, message_id: messageId, media, reply_markup }
        return { outcome: await callTelegram(api, 'editMessageMedia', parameters) }
      }
      const { outcome } = await retried(edit, isRepeatable)
      const resend = () => sendPicture(png, caption, about)
      if (outcome.kind === 'refused') return resend()
      return showInPlace(messageId, about, { outcome, renderedAt, resend, kept: null })
    },
    remove: async (messageId) => {
      // The first of two taps already deleted it.
      if ((await findMessage(store, chatId, messageId)) === null) return true
      const remove = async () => ({
        outcome: await callTelegram(api, 'deleteMessage', { chat_id: chatId, message_id: messageId }),
      })
      const { outcome } = await retried(remove, isRepeatable)
      if (outcome.kind === 'done') {
        await clearMessageId(store, chatId, messageId)
        return true
      }
      // Already deleted, or older than the 48 hours in which a bot can delete.
      if (isRefusal(outcome)) return false
      throw new Error(`Telegram did not delete a message: ${reasonOf(outcome)}`)
    },
  }
}
