import type { ConversationFlavor } from '@grammyjs/conversations'
import type { Api, Context } from 'grammy'
import type { Ctx, Store } from '../domain/context.ts'
import type { OwnerSettings } from '../domain/settings.ts'
import type { Log } from '../log.ts'
import type { Sender } from './send.ts'

/** What the bot is built from. */
export interface BotDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
  /** The code of the set-up link. */
  readonly setupCode: string
  /** Only this Telegram user may bind the bot. */
  readonly ownerTelegramId?: number | undefined
  /** Where agents reach `/api` and `/mcp`. */
  readonly agentUrl: string
  /** The owner has been heard of: what waited for him may be sent. */
  readonly onOwnerBack?: () => void
  /** Posts in other chats than the owner's, whose flood limits hold him up for no longer than a moment. */
  readonly elsewhere: Api
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  /** What /doctor looks at beyond the database. */
  readonly diagnose: () => Promise<readonly Diagnosis[]>
}

/** One line of /doctor. */
export interface Diagnosis {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly mend?: string
}

/** What access adds to every update of the owner's. */
export interface OwnerFlavor {
  readonly deps: BotDeps
  /** The board, with the owner as actor; its first change marks the update as having had its effect. */
  board: Ctx
  settings: OwnerSettings
  sender: Sender
  /** Older than ten minutes: reads are skipped, text is still captured. */
  late: boolean
}

export type BotContext = ConversationFlavor<Context & OwnerFlavor>

/** When and where the owner is, as views want it. */
export function readerOf(ctx: BotContext): { readonly now: Date; readonly timeZone: string } {
  return { now: ctx.board.now(), timeZone: ctx.settings.timeZone }
}

/** The board to read from. */
export function scopeOf(ctx: BotContext): { readonly db: Ctx['db']; readonly ownerId: string } {
  return { db: ctx.board.db, ownerId: ctx.board.ownerId }
}
