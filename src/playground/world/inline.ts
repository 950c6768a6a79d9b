import type { InlineQueryResult, Message } from 'grammy/types'
import { formatted } from '../text/formatted.ts'
import type { World } from './model.ts'
import { postAsPerson, requirePlace, type Where, type Who } from './person.ts'
import { pushUpdate } from './posting.ts'

/** Types `@bot query` in a chat. Returns the query's ID; the answer arrives as an `inline-answered` event with it. */
export function inlineQuery(
  world: World,
  input: Who & { readonly query: string; readonly offset?: string },
): string {
  const { person, room } = requirePlace(world, input)
  const queryId = String(world.nextId('callback'))
  const userId = person.user.id
  world.inlineQueries.set(queryId, { queryId, userId, askedAt: world.clock().getTime(), results: null })
  const chatType = room.chat.type === 'private' ? 'sender' : room.chat.type
  pushUpdate(
    world,
    'inline_query',
    { id: queryId, from: person.user, query: input.query, offset: input.offset ?? '', chat_type: chatType },
    { userId },
  )
  return queryId
}

/** Picks a result of an answered inline query; the person sends its message via the bot. */
export function chooseInline(
  world: World,
  input: Where & { readonly queryId: string; readonly resultId: string },
): Message {
  const { queryId, resultId, ...where } = input
  const result = world.inlineQueries.get(queryId)?.results?.find(({ id }) => id === resultId)
  if (result === undefined) throw new Error(`Inline query ${queryId} has no result ${resultId}.`)
  return postAsPerson(world, where, { ...resultContent(result), via_bot: world.bot.user })
}

function resultContent(result: InlineQueryResult): Partial<Message> {
  const content = 'input_message_content' in result ? result.input_message_content : undefined
  if (content === undefined || !('message_text' in content)) {
    throw new Error('The playground shows only inline results that send a text.')
  }
  const { text, entities } = formatted(content.message_text, content.parse_mode, content.entities)
  const markup =
    'reply_markup' in result && result.reply_markup !== undefined ? { reply_markup: result.reply_markup } : {}
  return { text, ...(entities.length > 0 ? { entities: [...entities] } : {}), ...markup }
}
