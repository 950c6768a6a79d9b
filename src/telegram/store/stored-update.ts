import { createHash } from 'node:crypto'
import type { Redactor } from '../../domain/core/redactor.ts'
import { storable } from '../../domain/core/text.ts'

type Json = Readonly<Record<string, unknown>>

interface Marked {
  readonly offset: number
  readonly length: number
}

interface Formatted {
  readonly text?: string
  readonly entities?: readonly Marked[]
  readonly caption?: string
  readonly caption_entities?: readonly Marked[]
}

/** Converts an update to what is stored of it. */
export type Scrub = (update: object) => Record<string, unknown>

// Fields kept of the bot's own messages. Their text and buttons may hold a token.
const keptFields = [
  'message_id',
  'date',
  'chat',
  'from',
  'message_thread_id',
  'is_topic_message',
  'forum_topic_created',
]

/**
 * Creates the scrub of one bot: replaces codes with their hashes, redacts secrets, and drops the content of the bot's own messages.
 * What people wrote, quoted or replied to stays.
 */
export function createScrub({
  botId,
  redactor,
}: {
  readonly botId: number
  readonly redactor: Redactor
}): Scrub {
  const clean = (text: string) => redactor.text(withHashedCode(storable(text)))
  const scrub = (value: unknown): unknown => {
    // Text that the database refuses would be redelivered forever and block the updates behind it.
    if (typeof value === 'string') return clean(value)
    if (Array.isArray(value)) return value.map(scrub)
    if (typeof value !== 'object' || value === null) return value
    const { message_id: messageId, from } = value as { message_id?: unknown; from?: { id?: unknown } }
    const isOwn = messageId !== undefined && from?.id === botId
    const kept = isOwn ? placeOf(value as Json) : withEntitiesMoved(value, clean)
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

/** Moves a text's entities when cleaning changes its length. */
function withEntitiesMoved(value: Formatted, clean: (text: string) => string): object {
  const { entities, caption_entities: captionEntities } = value
  const moved = (text = '', marked: readonly Marked[]) => {
    const at = (offset: number) => clean(text.slice(0, offset)).length
    const move = ({ offset, length, ...rest }: Marked) => ({
      ...rest,
      offset: at(offset),
      length: at(offset + length) - at(offset),
    })
    return clean(text) === text ? marked : marked.map(move)
  }
  return {
    ...value,
    ...(Array.isArray(entities) ? { entities: moved(value.text, entities) } : {}),
    ...(Array.isArray(captionEntities) ? { caption_entities: moved(value.caption, captionEntities) } : {}),
  }
}

function placeOf(message: Json): Json {
  const {
    photo,
    document,
    reply_markup: markup,
  } = message as { photo?: unknown; document?: unknown; reply_markup?: { force_reply?: unknown } }
  return {
    ...Object.fromEntries(Object.entries(message).filter(([key]) => keptFields.includes(key))),
    ...(photo === undefined ? {} : { photo: [] }),
    ...(document === undefined ? {} : { document: {} }),
    ...(markup?.force_reply === true ? { reply_markup: { force_reply: true } } : {}),
  }
}

const startCommand = /^(\/start(?:@\w+)?\s+(?:k_)?)([\w-]+)\s*$/i
const taskLink = /^t_[a-z][a-z0-9]{1,9}-\d{1,10}$/i

/** Replaces the code in `/start CODE` with its hash, so the database never holds a valid code. */
function withHashedCode(text: string): string {
  const [, command = '', code = ''] = startCommand.exec(text) ?? []
  return code === '' || taskLink.test(code) ? text : `${command}${hashOfCode(code)}`
}

/** Hashes a code for storage. Comparing hashes leaks nothing about a code through timing. */
export function hashOfCode(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

/** Returns the hash of the code in a stored `/start CODE`; the mark `k_` stands for a link to a new token. */
export function codeHashIn(text: string | undefined, mark: '' | 'k_'): string | null {
  return new RegExp(`^/start(?:@\\w+)?\\s+${mark}([0-9a-f]{64})$`, 'i').exec(text ?? '')?.[1] ?? null
}
