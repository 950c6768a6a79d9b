import type {
  BotCommand,
  BotCommandScope,
  Chat,
  ForceReply,
  InlineQueryResult,
  LanguageCode,
  MenuButton,
  Message,
  ReactionType,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
  User,
  UserFromGetMe,
} from 'grammy/types'
import type { WorldEvent, WorldListener } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { createLimits, type Limits } from './limits.ts'
import type { Refusal } from './refusal.ts'
import { createUpdateQueue, type UpdateQueue } from './update-queue.ts'

export type Clock = () => Date

/** A message as the Bot API shows it, and what only a client sees of it. */
export interface Post {
  readonly message: Message
  readonly fromBot: boolean
  readonly silent: boolean
  /** The markup that is no part of the Bot API's Message: it concerns the input field of the client. */
  readonly prompt?: ForceReply | ReplyKeyboardMarkup | ReplyKeyboardRemove
  /** Who reacted with what; the bot's own id is among the keys. */
  readonly reactions: ReadonlyMap<number, readonly ReactionType[]>
}

export interface Room {
  readonly chat: Chat
  /** User ids, without the bot. */
  readonly members: Set<number>
  /** By message id, oldest first. */
  readonly posts: Map<number, Post>
  /** By thread id; only in a supergroup with topics. */
  readonly topics: Map<number, Topic>
  /** Message ids, the newest pin last. */
  readonly pinned: number[]
  botStatus: 'member' | 'administrator' | 'left' | 'kicked'
  menuButton?: MenuButton
  lastMessageId: number
}

export interface Topic {
  readonly threadId: number
  readonly name: string
}

export interface Person {
  readonly user: User
  /** Whether the bot may write first: the person has once written to the bot. */
  started: boolean
  blocked: boolean
}

export interface Bot {
  readonly token: string
  readonly user: UserFromGetMe
  readonly commands: Map<
    string,
    { scope: BotCommandScope; languageCode: LanguageCode | ''; commands: BotCommand[] }
  >
  name: string
  description: string
  shortDescription: string
  menuButton: MenuButton
}

export interface StoredFile {
  readonly fileId: string
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array
}

/** A pressed button that waits for answerCallbackQuery. */
export interface PendingTap {
  readonly queryId: string
  readonly userId: number
  readonly chatId: number
  readonly messageId: number
  readonly tappedAt: number
}

export interface PendingInline {
  readonly queryId: string
  readonly userId: number
  readonly askedAt: number
  results: readonly InlineQueryResult[] | null
}

export interface Call {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly at: Date
  readonly ok: boolean
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly description: string }
}

/** Something that the bot did and should never do, though Telegram may let it pass. */
export interface Violation {
  readonly kind: 'schema' | 'limit' | 'silent-drop' | 'flood'
  readonly method: string
  readonly detail: string
}

export interface WebhookSettings {
  readonly url: string
  readonly secretToken: string
  readonly maxConnections: number
  readonly ipAddress?: string
}

export interface Webhook {
  settings: WebhookSettings | null
  /** Lets it be an http address of this machine. */
  allowLoopback: boolean
  lastError: { readonly at: number; readonly message: string } | null
}

/** The request for updates that hangs now, and what the one before asked for. */
export interface Polling {
  /** Makes who asks the same again too soon wait, as Telegram does. */
  readonly isPaced: boolean
  pending: { readonly end: (refusal: Refusal) => void } | null
  previous: { readonly offset: number; readonly startedAt: number } | null
  lastConflictAt: number
}

export interface World {
  readonly clock: Clock
  readonly bot: Bot
  /** The one who uses the playground in the browser. */
  readonly owner: Person
  readonly people: Map<number, Person>
  readonly rooms: Map<number, Room>
  readonly files: Map<string, StoredFile>
  readonly updates: UpdateQueue
  readonly polling: Polling
  readonly webhook: Webhook
  readonly taps: Map<string, PendingTap>
  readonly inlineQueries: Map<string, PendingInline>
  /** The last calls of the bot, oldest first. */
  readonly calls: Call[]
  readonly violations: Violation[]
  readonly faults: Faults
  readonly limits: Limits
  readonly nextId: (kind: 'message' | 'callback' | 'file') => number
  readonly emit: (event: WorldEvent) => void
  /** Calls the listener after each event; returns what ends that. */
  readonly subscribe: (listener: WorldListener) => () => void
}

export interface WorldOptions {
  readonly clock?: Clock
  readonly botToken?: string
  readonly botUsername?: string
  readonly botName?: string
  readonly owner?: {
    readonly id?: number
    readonly firstName?: string
    readonly username?: string
    readonly started?: boolean
  }
  /** Where ids start; by default in the seconds of the clock, so that a bot that remembers an earlier run meets no id twice. */
  readonly firstUpdateId?: number
  readonly firstMessageId?: number
  readonly keepCalls?: number
  /** Takes an http address of this machine for a webhook; Telegram itself wants https. */
  readonly allowLoopbackWebhook?: boolean
  /**
   * Delays a getUpdates that repeats an offset within three seconds, as Telegram does; off by default, since every bot that stops
   * soon after its start repeats one.
   */
  readonly pacedPolling?: boolean
}

const kept = 2_000
const epoch = Date.UTC(2024, 0, 1)

/** A new, empty Telegram with one bot and one person who has started it. */
export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? (() => new Date())
  const listeners = new Set<WorldListener>()
  const emit = (event: WorldEvent) => {
    if (event.type === 'call') keepLast(calls, event.call, options.keepCalls ?? kept)
    if (event.type === 'violation') keepLast(violations, event.violation, kept)
    for (const listener of [...listeners]) listener(event)
  }
  const calls: Call[] = []
  const violations: Violation[] = []
  const start = Math.max(1, Math.floor((clock().getTime() - epoch) / 1000))
  const last = { message: (options.firstMessageId ?? start) - 1, callback: start, file: 0 }
  const botToken = options.botToken ?? '1000:playground'
  const user = botUser(botToken, options.botUsername ?? 'preqbot_playground', options.botName ?? 'preqbot')

  const people = new Map<number, Person>()
  const rooms = new Map<number, Room>()
  return {
    clock,
    bot: {
      token: botToken,
      user,
      commands: new Map(),
      name: user.first_name,
      description: '',
      shortDescription: '',
      menuButton: { type: 'default' },
    },
    owner: addPerson({ people, rooms }, options.owner),
    people,
    rooms,
    files: new Map(),
    updates: createUpdateQueue({ clock, emit, firstUpdateId: options.firstUpdateId ?? start }),
    polling: {
      isPaced: options.pacedPolling ?? false,
      pending: null,
      previous: null,
      lastConflictAt: Number.NEGATIVE_INFINITY,
    },
    webhook: { settings: null, lastError: null, allowLoopback: options.allowLoopbackWebhook ?? false },
    taps: new Map(),
    inlineQueries: new Map(),
    calls,
    violations,
    faults: createFaults(),
    limits: createLimits(),
    nextId: (kind) => ++last[kind],
    emit,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Lets a person into the world with a private chat of theirs with the bot; the chat's id is the person's. */
export function addPerson(
  world: Pick<World, 'people' | 'rooms'>,
  input: {
    readonly id?: number
    readonly firstName?: string
    readonly username?: string
    readonly started?: boolean
  } = {},
): Person {
  const id = input.id ?? 1001
  const firstName = input.firstName ?? 'You'
  const username = input.username === undefined ? {} : { username: input.username }
  const person: Person = {
    user: { id, is_bot: false, first_name: firstName, ...username, language_code: 'en' },
    started: input.started ?? true,
    blocked: false,
  }
  world.people.set(id, person)
  addRoom(world, { id, type: 'private', first_name: firstName, ...username }, [id])
  return person
}

/** Opens a supergroup that the bot is a member of; with `topics` it is a forum. */
export function addSupergroup(
  world: World,
  input: {
    readonly title: string
    readonly members: readonly number[]
    readonly topics?: boolean
    readonly id?: number
    readonly botStatus?: 'member' | 'administrator'
  },
): Room {
  const id = input.id ?? -1_000_000_000_000 - world.rooms.size - 1
  const chat: Chat = {
    id,
    type: 'supergroup',
    title: input.title,
    ...(input.topics ? { is_forum: true } : {}),
  }
  return addRoom(world, chat, input.members, input.botStatus ?? 'administrator')
}

function addRoom(
  world: Pick<World, 'rooms'>,
  chat: Chat,
  members: readonly number[],
  botStatus: Room['botStatus'] = 'member',
): Room {
  const room: Room = {
    chat,
    members: new Set(members),
    posts: new Map(),
    topics: new Map(),
    pinned: [],
    botStatus,
    lastMessageId: 0,
  }
  world.rooms.set(chat.id, room)
  return room
}

function botUser(token: string, username: string, firstName: string): UserFromGetMe {
  return {
    id: Number.parseInt(token, 10) || 1000,
    is_bot: true,
    first_name: firstName,
    username,
    can_join_groups: true,
    can_read_all_group_messages: true,
    can_manage_bots: false,
    supports_join_request_queries: false,
    supports_guest_queries: false,
    supports_inline_queries: true,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
  }
}

function keepLast<T>(list: T[], item: T, limit: number): void {
  list.push(item)
  if (list.length > limit) list.splice(0, list.length - limit)
}
