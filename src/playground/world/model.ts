import type {
  BotCommand,
  BotCommandScope,
  Chat,
  InlineQueryResult,
  LanguageCode,
  MenuButton,
  Message,
  User,
  UserFromGetMe,
} from 'grammy/types'
import type { Faults } from '../protocol/faults.ts'
import type { Limits } from '../protocol/limits.ts'
import type { BotApiError } from '../protocol/refusal.ts'
import type { WorldEvent, WorldListener } from './events.ts'
import type { Post, RecordedCall, Violation } from './records.ts'
import type { UpdateQueue } from './update-queue.ts'

export type Clock = () => Date

export interface Room {
  readonly chat: Chat
  /** User IDs, without the bot's. */
  readonly members: Set<number>
  /** Anonymous admins among them: those who last posted as the group. */
  readonly anonymous: Set<number>
  /** By message ID, oldest first. */
  readonly posts: Map<number, Post>
  /** By thread ID; only in a forum. */
  readonly topics: Map<number, Topic>
  /** Message IDs, newest pin last. */
  readonly pinned: number[]
  botStatus: 'member' | 'administrator' | 'left' | 'kicked'
  menuButton?: MenuButton
  lastMessageId: number
  /** The ID of the supergroup that this group became. */
  migratedTo?: number
}

export interface Topic {
  readonly threadId: number
  readonly name: string
}

export interface Person {
  readonly user: User
  /** Whether the bot may write: the person has written to it before. */
  started: boolean
  blocked: boolean
}

interface Bot {
  /** Changes when @BotFather revokes it. */
  token: string
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

/** A pressed button waiting for answerCallbackQuery. */
interface PendingTap {
  readonly queryId: string
  readonly userId: number
  readonly chatId: number
  readonly messageId: number
  readonly tappedAt: number
}

interface PendingInline {
  readonly queryId: string
  readonly userId: number
  readonly askedAt: number
  results: readonly InlineQueryResult[] | null
}

export interface WebhookSettings {
  readonly url: string
  readonly secretToken: string
  readonly maxConnections: number
  readonly ipAddress?: string
}

export interface Webhook {
  settings: WebhookSettings | null
  /** `https`: as Telegram; `loopback`: only this machine, also over http. */
  readonly allowed: 'https' | 'loopback' | 'both'
  lastError: { readonly at: number; readonly message: string } | null
}

/** The pending getUpdates request and the previous one's parameters. */
interface Polling {
  /** Delays requests that repeat too soon, as Telegram does. */
  readonly isThrottled: boolean
  pending: { readonly end: (refusal: BotApiError) => void } | null
  previous: { readonly offset: number; readonly startedAt: number } | null
  lastConflictAt: number
}

export interface World {
  readonly clock: Clock
  readonly bot: Bot
  /** The person who uses the playground in the browser. */
  readonly owner: Person
  readonly people: Map<number, Person>
  readonly rooms: Map<number, Room>
  readonly files: Map<string, StoredFile>
  /** Files that people sent without bytes, by ID, with the content of a message that resends one. */
  readonly sentFiles: Map<string, Partial<Message>>
  readonly updates: UpdateQueue
  readonly polling: Polling
  readonly webhook: Webhook
  readonly taps: Map<string, PendingTap>
  readonly inlineQueries: Map<string, PendingInline>
  /** The bot's latest calls, oldest first. */
  readonly calls: RecordedCall[]
  readonly violations: Violation[]
  readonly faults: Faults
  readonly limits: Limits
  readonly nextId: (kind: 'message' | 'callback' | 'file') => number
  readonly emit: (event: WorldEvent) => void
  /** Calls the listener after each event; returns a function that unsubscribes. */
  readonly subscribe: (listener: WorldListener) => () => void
}
