import type { Message, MessageEntity } from 'grammy/types'
import type { World } from '../world/model.ts'
import { postAsPerson, type Where } from '../world/person.ts'

/** A message's content without sender, time and chat. */
export type PersonContent = Partial<
  Omit<Message, 'message_id' | 'from' | 'chat' | 'date' | 'edit_date' | 'sender_chat' | 'reply_to_message'>
>

// A message has exactly one of these, plus those that Telegram duplicates in another field for older bots.
const kinds = [
  'text',
  'rich_message',
  'animation',
  'audio',
  'document',
  'live_photo',
  'paid_media',
  'photo',
  'sticker',
  'story',
  'video',
  'video_note',
  'voice',
  'contact',
  'dice',
  'game',
  'poll',
  'venue',
  'location',
  'checklist',
  'invoice',
  'giveaway',
  'giveaway_winners',
  'gift',
  'unique_gift',
  'users_shared',
  'chat_shared',
  'web_app_data',
  'passport_data',
  'successful_payment',
] as const satisfies readonly (keyof PersonContent)[]

const repeated = { animation: 'document', venue: 'location', live_photo: 'photo' } as const
const captioned = ['animation', 'audio', 'document', 'live_photo', 'paid_media', 'photo', 'video', 'voice']
const inAlbums = ['audio', 'document', 'live_photo', 'photo', 'video']
const maxText = 4096
const maxCaption = 1024

/** Sends content of any kind as a person. Throws if Telegram wouldn't allow such a message. */
export function sendContent(world: World, where: Where, content: PersonContent): Message {
  requirePossible(content)
  for (const field of ['photo', 'video', 'video_note', 'audio', 'voice', 'animation', 'document'] as const) {
    const file = field === 'photo' ? content.photo?.at(-1) : content[field]
    // Telegram duplicates an animation as a document.
    if (file !== undefined && !world.sentFiles.has(file.file_id))
      world.sentFiles.set(file.file_id, { [field]: content[field] })
  }
  return postAsPerson(world, where, content)
}

function requirePossible(content: PersonContent): void {
  const found = kinds.filter((kind) => content[kind] !== undefined)
  const [kind, ...others] = found.filter((one) => !found.some((whole) => repeatOf(whole) === one))
  if (kind === undefined || others.length > 0)
    throw new Error(
      `A message has one kind of content, not ${found.length === 0 ? 'none' : found.join(' and ')}.`,
    )
  const copy = repeatOf(kind)
  if (copy !== undefined && content[copy] === undefined && kind !== 'live_photo')
    throw new Error(`With ${kind}, Telegram also sends ${copy}.`)
  if (content.caption !== undefined && !captioned.includes(kind)) throw new Error(`${kind} has no caption.`)
  if (content.media_group_id !== undefined && !inAlbums.includes(kind))
    throw new Error(`${kind} is never part of an album.`)
  requireFits(content.text, content.entities, maxText)
  requireFits(content.caption, content.caption_entities, maxCaption)
}

function repeatOf(kind: string): 'document' | 'location' | 'photo' | undefined {
  return Object.hasOwn(repeated, kind) ? repeated[kind as keyof typeof repeated] : undefined
}

function requireFits(
  text: string | undefined,
  entities: readonly MessageEntity[] | undefined,
  max: number,
): void {
  if (text === '') throw new Error('Telegram leaves out a text that is empty.')
  if ([...(text ?? '')].length > max) throw new Error(`A text has at most ${max} characters here.`)
  const isOutside = ({ offset, length }: MessageEntity) =>
    offset < 0 || length < 1 || offset + length > (text ?? '').length
  if (entities?.some(isOutside)) throw new Error('An entity must lie within its text.')
}
