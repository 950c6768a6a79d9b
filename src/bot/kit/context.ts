import type { ConversationFlavor } from '@grammyjs/conversations'
import type { Api, Context } from 'grammy'
import type { Ctx, Store } from '../../domain/core/context.ts'
import type { OwnerSettings } from '../../domain/settings/settings.ts'
import type { Log } from '../../log.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { Command } from './commands.ts'
import type { Debounce } from './debounce.ts'
import type { Sender } from './send.ts'

/** What the bot is built from. */
export interface BotDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
  /** SETUP_CODE: binds the bot once, beside the code of the newest setup link. */
  readonly setupCode?: string | undefined
  /** Only this Telegram user may bind the bot. */
  readonly ownerTelegramId?: number | undefined
  /** The user of the playground's page, who owns the bot without a code. */
  readonly playgroundUserId?: number | undefined
  /** The owner's time zone if it can be known without asking. */
  readonly knownTimeZone?: string | undefined
  /** Where agents reach `/api` and `/mcp`. */
  readonly agentUrl: string
  /** The owner is back: what waited can be sent. */
  readonly onOwnerBack?: () => void
  /** Posts in chats other than the owner's; their flood limits must not delay the owner's. */
  readonly elsewhere: Api
  /** Shows once what a burst of updates changed. */
  readonly debounce: Debounce
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  /** What /doctor checks beyond the chat itself. */
  readonly diagnose: () => Promise<readonly Diagnosis[]>
}

/** One line of /doctor. */
export interface Diagnosis {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly fix?: string
}

/** What a question of the bot's asks for. */
export type Prompt = Extract<ReplyTopic, { readonly kind: 'prompt' }>

/** What access adds to every update of the owner's. */
export interface OwnerFlavor {
  readonly deps: BotDeps
  /** The board, with the owner as actor; its first change marks the update as applied. */
  board: Ctx
  settings: OwnerSettings
  sender: Sender
  /** The question that this message answers, so that a refusal asks it again. */
  answering?: { readonly prompt: Prompt; readonly messageId: number }
  /** Every command of the bot, as /help lists them. */
  commands: readonly Command[]
  /** The command that the message is, in lower case; null if it isn't one. */
  command: string | null
  /** Older than ten minutes: reads are skipped, text is still captured. */
  late: boolean
}

export type BotContext = ConversationFlavor<Context & OwnerFlavor>

/** The time and the owner's zone, for views. */
export function readerOf(ctx: BotContext): { readonly now: Date; readonly timeZone: string } {
  return { now: ctx.board.now(), timeZone: ctx.settings.timeZone }
}

/** The board to read from. */
export function scopeOf(ctx: BotContext): { readonly db: Ctx['db']; readonly ownerId: string } {
  return { db: ctx.board.db, ownerId: ctx.board.ownerId }
}
