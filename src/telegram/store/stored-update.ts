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
  const clean = (text: string) => redactor.text(withHashedCode(storable(text)))
  const scrub = (value: unknown): unknown => {
    // What the database refuses would come again forever and hold up everything behind it.
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

/** What a text loses moves what is marked in it. */
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
