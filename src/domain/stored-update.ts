import { createHash } from 'node:crypto'
import type { Redactor } from '../redactor.ts'
import { storable } from './clip.ts'

type Json = Readonly<Record<string, unknown>>

/** Makes of an update what is stored of it. */
export type Scrub = (update: object) => Record<string, unknown>

// Of the bot's own messages: where they are, and of what kind. Their text and buttons may hold a token.
const keptOfOwn = [
  'message_id',
  'date',
  'chat',
  'from',
  'message_thread_id',
  'is_topic_message',
  'forum_topic_created',
]

/**
 * Builds the scrub of one bot: codes become their hashes, secrets are redacted, and of the bot's own messages only their place stays.
 * What people wrote, quoted or replied to stays.
 */
export function createScrub({
  botId,
  redactor,
}: {
  readonly botId: number
  readonly redactor: Redactor
}): Scrub {
  const scrub = (value: unknown): unknown => {
    // What the database refuses would come again forever and hold up everything behind it.
    if (typeof value === 'string') return redactor.text(withHashedCode(storable(value)))
    if (Array.isArray(value)) return value.map(scrub)
    if (typeof value !== 'object' || value === null) return value
    const { message_id: messageId, from } = value as { message_id?: unknown; from?: { id?: unknown } }
    const isOwn = messageId !== undefined && from?.id === botId
    const kept = isOwn ? placeOf(value as Json) : value
    return Object.fromEntries(Object.entries(kept).map(([key, inner]) => [key, scrub(inner)]))
  }
  return (update) => {
    const { callback_query: tap } = update as { callback_query?: { message?: object } }
    const pressed =
      tap?.message === undefined
        ? update
        : { ...update, callback_query: { ...tap, message: placeOf({ ...tap.message }) } }
    return scrub(pressed) as Record<string, unknown>
  }
}

function placeOf(message: Json): Json {
  const {
    photo,
    document,
    reply_markup: markup,
  } = message as { photo?: unknown; document?: unknown; reply_markup?: { force_reply?: unknown } }
  return {
    ...Object.fromEntries(Object.entries(message).filter(([key]) => keptOfOwn.includes(key))),
    ...(photo === undefined ? {} : { photo: [] }),
    ...(document === undefined ? {} : { document: {} }),
    ...(markup?.force_reply === true ? { reply_markup: { force_reply: true } } : {}),
  }
}

const startCommand = /^(\/start(?:@\w+)?\s+(?:k_)?)([\w-]+)\s*$/i
const taskLink = /^t_[a-z][a-z0-9]{1,9}-\d{1,10}$/i

/** `/start CODE` with the code's hash in its place: what a link was worth is not in the database before it is used either. */
function withHashedCode(text: string): string {
  const [, command = '', code = ''] = startCommand.exec(text) ?? []
  return code === '' || taskLink.test(code) ? text : `${command}${hashOfCode(code)}`
}

/** A code as it is stored. Hashes are compared, not codes, so the time it takes says nothing about a code. */
export function hashOfCode(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

/** The hash of the code in a stored `/start CODE`; `k_` is the mark of a link to a new token. */
export function codeHashIn(text: string | undefined, mark: '' | 'k_'): string | null {
  return new RegExp(`^/start(?:@\\w+)?\\s+${mark}([0-9a-f]{64})$`, 'i').exec(text ?? '')?.[1] ?? null
}
