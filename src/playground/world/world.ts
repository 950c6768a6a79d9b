import { randomBytes } from 'node:crypto'
import type { Chat, UserFromGetMe } from 'grammy/types'
import { createFaults } from '../protocol/faults.ts'
import { createLimits } from '../protocol/limits.ts'
import type { WorldEvent, WorldListener } from './events.ts'
import type { Clock, Person, Room, Webhook, World } from './model.ts'
import type { RecordedCall, Violation } from './records.ts'
import { createUpdateQueue } from './update-queue.ts'

export type { Person, Room, World } from './model.ts'
export type { Post } from './records.ts'

export interface WorldOptions {
  readonly clock?: Clock
  /** Random by default, with the bot ID 1000. */
  readonly botToken?: string
  readonly botUsername?: string
  readonly botName?: string
  readonly owner?: {
    readonly id?: number
    readonly firstName?: string
    readonly username?: string
    readonly started?: boolean
  }
  /** The first ID; by default the clock's seconds, so a bot that remembers an earlier run never sees an ID twice. */
  readonly firstUpdateId?: number
  readonly firstMessageId?: number
  readonly keepCalls?: number
  /** Which webhook URLs are allowed; `https` by default, as with Telegram. */
  readonly webhooks?: Webhook['allowed']
  /**
   * Delays a getUpdates that repeats an offset within 3 s, as Telegram does. Off by default, because every bot that stops soon
   * after its start repeats one.
   */
  readonly throttledPolling?: boolean
}

const kept = 2_000
const epoch = Date.UTC(2024, 0, 1)

/** Creates an empty world with one bot and one person who has started it. */
export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? (() => new Date())
  const listeners = new Set<WorldListener>()
  const emit = (event: WorldEvent) => {
    if (event.type === 'call') keepLast(calls, event.call, options.keepCalls ?? kept)
    if (event.type === 'violation') keepLast(violations, event.violation, kept)
    for (const listener of [...listeners]) listener(event)
  }
  const calls: RecordedCall[] = []
  const violations: Violation[] = []
  const start = Math.max(1, Math.floor((clock().getTime() - epoch) / 1000))
  const last = { message: (options.firstMessageId ?? start) - 1, callback: start, file: 0 }
  const botToken = options.botToken ?? `1000:${randomBytes(24).toString('base64url')}`
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
    sentFiles: new Map(),
    updates: createUpdateQueue({ clock, emit, firstUpdateId: options.firstUpdateId ?? start }),
    polling: {
      isThrottled: options.throttledPolling ?? false,
      pending: null,
      previous: null,
      lastConflictAt: Number.NEGATIVE_INFINITY,
    },
    webhook: { settings: null, lastError: null, allowed: options.webhooks ?? 'https' },
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

/** Adds a person and their private chat with the bot; the chat's ID is the person's. */
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

/** Creates a supergroup with the bot as a member; with `topics`, it is a forum. */
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
    anonymous: new Set(),
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
