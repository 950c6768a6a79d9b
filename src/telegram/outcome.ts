import { GrammyError, HttpError } from 'grammy'

/** What became of a call to Telegram. */
export type Outcome =
  | { readonly kind: 'done'; readonly messageId: number | null }
  /** The message that was to be edited is not there any more. */
  | { readonly kind: 'gone' }
  /** The request left, the answer never came: it may have happened. */
  | { readonly kind: 'uncertain'; readonly error: string }
  /** It did not happen, and may later. */
  | { readonly kind: 'later'; readonly error: string; readonly retryAfterMs: number | null }
  /** Nothing can be sent to this chat, or by this bot, until somebody fixes it. */
  | { readonly kind: 'stopped'; readonly error: string }
  /** The group has another id now. */
  | { readonly kind: 'moved'; readonly chatId: number }
  | { readonly kind: 'topic-gone'; readonly error: string }
  /** Telegram does not want this content. */
  | { readonly kind: 'refused'; readonly error: string }

// A group may take words and no pictures: then it is this message that it does not take.
const wrongKind = /not enough rights to send (?:photos|documents|media)/
const stopping =
  /chat not found|bot was kicked|bot was blocked|user is deactivated|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|group chat was deactivated|PEER_ID_INVALID/
// A question's message stays one, so a screen cannot stand in its place.
const gone =
  /force_reply can't be changed|message to edit not found|message can't be edited|there is no (?:text|caption|media) in the message|MESSAGE_ID_INVALID/
const topicGone = /message thread not found|TOPIC_(?:DELETED|CLOSED)/

/** Sorts what a call threw; what is neither Telegram's answer nor the network's is a defect of the content. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof HttpError) return fromNetwork(error)
  if (!(error instanceof GrammyError)) return { kind: 'refused', error: String(error) }
  const { error_code: code, description, parameters } = error
  if (code === 429) {
    return { kind: 'later', error: description, retryAfterMs: (parameters.retry_after ?? 1) * 1_000 }
  }
  if (code >= 500) return { kind: 'later', error: description, retryAfterMs: null }
  if (parameters.migrate_to_chat_id !== undefined)
    return { kind: 'moved', chatId: parameters.migrate_to_chat_id }
  if (description.includes('message is not modified')) return { kind: 'done', messageId: null }
  if (gone.test(description)) return { kind: 'gone' }
  if (topicGone.test(description)) return { kind: 'topic-gone', error: description }
  if (wrongKind.test(description)) return { kind: 'refused', error: description }
  if (code === 401 || code === 403 || code === 404 || stopping.test(description))
    return { kind: 'stopped', error: description }
  return { kind: 'refused', error: description }
}

// Where no connection came about, nothing can have been sent.
const neverLeft =
  /^(?:connect \w+|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_SELF_SIGNED_CERT)$/

function fromNetwork(error: HttpError): Outcome {
  const codes = codesOf(error.error)
  const text = [error.message, ...codes].join(' ')
  return codes.length > 0 && codes.every((code) => neverLeft.test(code))
    ? { kind: 'later', error: text, retryAfterMs: null }
    : { kind: 'uncertain', error: text }
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  // A name with several addresses fails with what each of them said.
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf)
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  const own = typeof code === 'string' ? [syscall === 'connect' ? `connect ${code}` : code] : []
  return [...own, ...codesOf(error.cause)]
}
