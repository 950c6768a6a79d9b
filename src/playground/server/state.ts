import type { BotCommand, BotCommandScope, Message, ReactionType } from 'grammy/types'
import type { WorldEvent } from '../world/events.ts'
import type { Person, Post, Room, World } from '../world/world.ts'

const SHOWN = 200

/** A message as the page shows it. */
export type PageMessage = Message & {
  readonly mine: boolean
  readonly silent: boolean
  readonly reactions: readonly { readonly emoji: string; readonly mine: boolean }[]
  readonly prompt?: NonNullable<Post['prompt']>
}

export interface PageChat {
  readonly started: boolean
  readonly blocked: boolean
  readonly pinned: PageMessage | null
}

export interface PageBot {
  readonly username: string
  readonly name: string
  readonly description: string
}

export interface PagePerson {
  readonly id: number
  readonly name: string
  readonly owner: boolean
}

/** Everything that a person's page shows. */
export interface PageState {
  readonly bot: PageBot
  readonly person: PagePerson
  readonly people: readonly PagePerson[]
  readonly chat: PageChat
  readonly commands: readonly BotCommand[]
  readonly messages: readonly PageMessage[]
  readonly hasEarlier: boolean
}

/** Events for an open page. A `message` with a known ID is an update. */
export type PageEvent =
  | { readonly type: 'message'; readonly message: PageMessage }
  | { readonly type: 'deleted'; readonly ids: readonly number[] }
  | { readonly type: 'chat'; readonly chat: PageChat }
  | { readonly type: 'commands'; readonly commands: readonly BotCommand[] }
  | { readonly type: 'profile'; readonly bot: PageBot }
  | { readonly type: 'action'; readonly action: string }

export function toPageState(world: World, person: Person): PageState {
  return {
    bot: toPageBot(world),
    person: toPagePerson(world, person),
    people: [...world.people.values()].map((each) => toPagePerson(world, each)),
    chat: toPageChat(world, person),
    commands: commandsOf(world, person),
    ...toPageMessages(world, person),
  }
}

/** Returns the newest messages of a person's chat, or those before a message; oldest first. */
export function toPageMessages(
  world: World,
  person: Person,
  before = Number.POSITIVE_INFINITY,
): Pick<PageState, 'messages' | 'hasEarlier'> {
  const posts = [...roomOf(world, person).posts.values()].filter((post) => post.message.message_id < before)
  return {
    messages: posts.slice(-SHOWN).map((post) => toPageMessage(post, person)),
    hasEarlier: posts.length > SHOWN,
  }
}

/** Converts a world event to events of a person's page, often none. */
export function toPageEvents(world: World, person: Person, event: WorldEvent): readonly PageEvent[] {
  const chat = (): PageEvent => ({ type: 'chat', chat: toPageChat(world, person) })
  if ('chatId' in event && event.chatId !== person.user.id) return []
  switch (event.type) {
    case 'message':
    case 'edited':
      return [{ type: 'message', message: toPageMessage(event.post, person) }]
    case 'reaction': {
      const post = roomOf(world, person).posts.get(event.messageId)
      return post === undefined ? [] : [{ type: 'message', message: toPageMessage(post, person) }]
    }
    case 'deleted':
      return [{ type: 'deleted', ids: event.messageIds }, chat()]
    case 'pinned':
    case 'unpinned':
    case 'membership':
      return [chat()]
    case 'chat-action':
      return [{ type: 'action', action: event.action }]
    case 'commands':
      return [{ type: 'commands', commands: commandsOf(world, person) }]
    case 'profile':
      return [{ type: 'profile', bot: toPageBot(world) }]
    default:
      return []
  }
}

function roomOf(world: World, person: Person): Room {
  const room = world.rooms.get(person.user.id)
  if (room === undefined) throw new Error(`The person ${person.user.id} has no chat with the bot.`)
  return room
}

function toPageMessage(post: Post, person: Person): PageMessage {
  const reactions = [...post.reactions].flatMap(([userId, list]) =>
    list.flatMap((reaction) =>
      toEmoji(reaction).map((emoji) => ({ emoji, mine: userId === person.user.id })),
    ),
  )
  return {
    ...post.message,
    mine: !post.fromBot,
    silent: post.silent,
    reactions,
    ...(post.prompt === undefined ? {} : { prompt: post.prompt }),
  }
}

function toEmoji(reaction: ReactionType): readonly string[] {
  return reaction.type === 'emoji' ? [reaction.emoji] : []
}

function toPageChat(world: World, person: Person): PageChat {
  const { pinned, posts } = roomOf(world, person)
  const post = posts.get(pinned.at(-1) ?? 0)
  return {
    started: person.started,
    blocked: person.blocked,
    pinned: post === undefined ? null : toPageMessage(post, person),
  }
}

function toPagePerson(world: World, person: Person): PagePerson {
  return { id: person.user.id, name: person.user.first_name, owner: person === world.owner }
}

function toPageBot({ bot }: World): PageBot {
  return { username: bot.user.username, name: bot.name, description: bot.description }
}

/** Returns the commands of a private chat: from the narrowest scope that has any, preferring the person's language. */
function commandsOf(world: World, person: Person): readonly BotCommand[] {
  const id = person.user.id
  const fits: readonly ((scope: BotCommandScope) => boolean)[] = [
    (scope) => scope.type === 'chat' && Number(scope.chat_id) === id,
    (scope) => scope.type === 'all_private_chats',
    (scope) => scope.type === 'default',
  ]
  const all = [...world.bot.commands.values()].filter(({ commands }) => commands.length > 0)
  for (const isScope of fits) {
    const found = all.filter(({ scope }) => isScope(scope))
    const own = found.find(({ languageCode }) => languageCode === person.user.language_code)
    const entry = own ?? found.find(({ languageCode }) => languageCode === '')
    if (entry !== undefined) return entry.commands
  }
  return []
}
