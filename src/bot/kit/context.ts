import type { ConversationFlavor } from '@grammyjs/conversations'
import type { Api, Context } from 'grammy'
import type { Ctx, Store } from '../../domain/core/context.ts'
import type { listProjects } from '../../domain/projects/read.ts'
import type { OwnerSettings } from '../../domain/settings/settings.ts'
import type { Log } from '../../log.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { ChatCommand } from './commands.ts'
import type { Debounce } from './debounce.ts'
import type { Sender } from './send.ts'

/** The bot's dependencies. */
export interface BotDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
  /** SETUP_CODE: links the bot once, as does the code of the newest setup link. */
  readonly setupCode?: string | undefined
  /** If set, only this Telegram user can link the bot. */
  readonly ownerTelegramId?: number | undefined
  /** The playground's user, who owns the bot without a code. */
  readonly playgroundUserId?: number | undefined
  /** The owner's time zone, if it's known without asking. */
  readonly knownTimeZone?: string | undefined
  /** Base URL of `/api` and `/mcp`. */
  readonly agentUrl: string
  /** Called when the owner is reachable again, to send what was waiting. */
  readonly onOwnerBack?: () => void
  /** Posts in other chats. Separate, so that their flood limits don't delay messages to the owner. */
  readonly elsewhere: Api
  /** Combines a burst of updates into one redraw. */
  readonly debounce: Debounce
  /** Renders an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  /** Runs the checks of /doctor that aren't about the chat. */
  readonly diagnose: () => Promise<readonly Diagnosis[]>
}

/** One line of /doctor. */
export interface Diagnosis {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly fix?: string
}

/** What a prompt asks for. */
export type Prompt = Extract<ReplyTopic, { readonly kind: 'prompt' }>

type Project = Awaited<ReturnType<typeof listProjects>>[number]

/** What the access middleware adds to each of the owner's updates. */
export interface OwnerFlavor {
  readonly deps: BotDeps
  /** The board with the owner as actor. Its first change also marks the update as applied. */
  board: Ctx
  settings: OwnerSettings
  /** Lists the projects; read once until the update changes something. */
  projects: () => Promise<readonly Project[]>
  sender: Sender
  /** The prompt that this message answers. If the answer is refused, the prompt is asked again. */
  answering?: { readonly prompt: Prompt; readonly messageId: number }
  /** All commands, in the order of /help. */
  commands: readonly ChatCommand[]
  /** The message's command in lower case; null if it isn't a command. */
  command: string | null
  /** The update is older than ten minutes: commands that only read are skipped, but text is still captured. */
  late: boolean
}

export type BotContext = ConversationFlavor<Context & OwnerFlavor>

/** Returns the current time and the owner's time zone, for views. */
export function viewerOf(ctx: BotContext): { readonly now: Date; readonly timeZone: string } {
  return { now: ctx.board.now(), timeZone: ctx.settings.timeZone }
}

/** Returns the owner's board for reading. */
export function scopeOf(ctx: BotContext): { readonly db: Ctx['db']; readonly ownerId: string } {
  return { db: ctx.board.db, ownerId: ctx.board.ownerId }
}
