import { GrammyError, HttpError } from 'grammy'

/** The outcome of a call to Telegram. */
export type Outcome =
  | { readonly kind: 'done'; readonly messageId: number | null }
  /** The message to edit no longer exists. */
  | { readonly kind: 'gone' }
  /** The request was sent but not answered, so it may have taken effect. */
  | { readonly kind: 'uncertain'; readonly error: string }
  /** It had no effect; retrying may help. */
  | { readonly kind: 'later'; readonly error: string; readonly retryAfterMs: number | null }
  /** Nothing can be sent to this chat, or by this bot, until someone fixes it. */
  | { readonly kind: 'stopped'; readonly error: string }
  /** The group has a new ID. */
  | { readonly kind: 'moved'; readonly chatId: number }
  | { readonly kind: 'topic-gone'; readonly error: string }
  /** Telegram doesn't accept this content. */
  | { readonly kind: 'refused'; readonly error: string }

// A group may allow text but not pictures: then only this message is refused.
const wrongKind = /not enough rights to send (?:photos|documents|media)/
const stopping =
  /chat not found|bot was kicked|bot was blocked|user is deactivated|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|group chat was deactivated|PEER_ID_INVALID/
// A prompt (force_reply) can't be edited into a screen.
const gone =
  /force_reply can't be changed|message to edit not found|message can't be edited|there is no (?:text|caption|media) in the message|MESSAGE_ID_INVALID/
const topicGone = /message thread not found|TOPIC_(?:DELETED|CLOSED)/

/** Converts a thrown error. Anything but an API or network error means that the content is faulty. */
export function toOutcome(error: unknown): Outcome {
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

// Without a connection nothing can have been sent.
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
  // A host name with several addresses fails with one error per address.
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf)
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  const own = typeof code === 'string' ? [syscall === 'connect' ? `connect ${code}` : code] : []
  return [...own, ...codesOf(error.cause)]
}
