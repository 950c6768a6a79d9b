import type { Message, MessageEntity, User } from 'grammy/types'
import { isCommand } from '../commands.ts'

type Named = Pick<User, 'id'> & { readonly username?: string | undefined }

/** Returns the message without the bot's name at its start, which only says who the message is for. */
export function withoutOwnName<M extends Message>(message: M, me: Named): M {
  const length = lengthOfName(message, me)
  if (length === 0) return message
  const entities = (given: readonly MessageEntity[] | undefined) =>
    (given ?? [])
      .filter((entity) => entity.offset >= length)
      .map((entity) => ({ ...entity, offset: entity.offset - length }))
  return message.text === undefined
    ? {
        ...message,
        caption: (message.caption ?? '').slice(length),
        caption_entities: entities(message.caption_entities),
      }
    : { ...message, text: message.text.slice(length), entities: entities(message.entities) }
}

/** Returns whether a message in a group is meant for the bot: a command, a reply to the bot, or a mention. */
export function isToBot(message: Message, me: Named): boolean {
  if (message.reply_to_message?.from?.id === me.id || isCommand(textOf(message))) return true
  return entitiesOf(message).some((entity) => isOwnName(entity, textOf(message), me))
}

/** Returns the length of the leading mention of the bot, including the punctuation after it; 0 if there is none. */
function lengthOfName(message: Message, me: Named): number {
  // Text that someone else wrote doesn't address the bot.
  if (message.forward_origin !== undefined || message.via_bot !== undefined) return 0
  const text = textOf(message)
  const start = text.length - text.trimStart().length
  const entity = entitiesOf(message).find(
    (candidate) => candidate.offset === start && isOwnName(candidate, text, me),
  )
  if (entity === undefined) return 0
  const end = entity.offset + entity.length
  return end + (/^[\s,:]*/.exec(text.slice(end))?.[0].length ?? 0)
}

function isOwnName(entity: MessageEntity, text: string, { id, username }: Named): boolean {
  if (entity.type === 'text_mention') return entity.user.id === id
  const name = text.slice(entity.offset, entity.offset + entity.length)
  return (
    username !== undefined && entity.type === 'mention' && name.toLowerCase() === `@${username}`.toLowerCase()
  )
}

function textOf(message: Message): string {
  return message.text ?? message.caption ?? ''
}

function entitiesOf(message: Message): readonly MessageEntity[] {
  return (message.text === undefined ? message.caption_entities : message.entities) ?? []
}
