import {
  type ConversationData,
  conversations,
  createConversation,
  type VersionedState,
} from '@grammyjs/conversations'
import { Composer, type Context } from 'grammy'
import { dayMs } from '../../domain/core/durations.ts'
import { createConversationStore } from '../../telegram/store/bot-state.ts'
import { newestPrompt } from '../../telegram/store/messages/messages.ts'
import { cancelAnswer } from '../../view/system/help.ts'
import { type ChatCommand, isKnownCommand } from '../kit/commands.ts'
import type { BotContext, BotDeps } from '../kit/context.ts'
import { cancelPrompt } from '../kit/prompts.ts'
import { newProject } from './project-dialog.ts'
import { setUp } from './set-up.ts'

// Increment this whenever a dialog changes. Dialogs started under another version are dropped instead of being replayed
// wrongly.
const version = 3
const dialogIds = ['set-up', 'new-project'] as const
const maxWaitMs = dayMs

/** The dialogs handle /cancel, because it ends them. */
export const cancelCommand: ChatCommand = { command: 'cancel', description: 'Cancel', acts: true }

/** Multi-step dialogs. They are stored in the database and survive a restart. */
export function dialogs(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  const store = createConversationStore(deps.store, deps.now)
  // An inline query has no chat and so no dialog.
  const inChat = composer.filter((ctx) => ctx.chat !== undefined)
  inChat.use(
    conversations<BotContext, Context>({
      storage: {
        type: 'key',
        version,
        getStorageKey: (ctx) => String(ctx.chatId),
        adapter: {
          read: async (key) => (await store.read(key)) as VersionedState<ConversationData> | undefined,
          write: store.write,
          delete: store.delete,
        },
      },
    }),
  )
  inChat.on('message', endByCommand)
  inChat.use(createConversation(setUp, { id: 'set-up', maxMillisecondsToWait: maxWaitMs }))
  inChat.use(createConversation(newProject, { id: 'new-project', maxMillisecondsToWait: maxWaitMs }))
  return composer
}

/** A known command ends the dialog. An unknown one may be an answer, e.g., a path. */
async function endByCommand(ctx: BotContext, next: () => Promise<void>): Promise<void> {
  if (ctx.command === null || !isKnownCommand(ctx.commands, ctx.command)) return next()
  const dialog = dialogIds.find((id) => ctx.conversation.active(id) > 0)
  await ctx.conversation.exitAll()
  if (ctx.command !== cancelCommand.command) return next()
  const ended = dialog ?? ((await endLastQuestion(ctx)) ? 'question' : null)
  await ctx.sender.send(cancelAnswer(ended), { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Cancels the latest prompt; returns false if none is open. */
async function endLastQuestion(ctx: BotContext): Promise<boolean> {
  const { db, now } = ctx.board
  const since = new Date(now().getTime() - maxWaitMs)
  const question = ctx.chatId === undefined ? null : await newestPrompt(db, ctx.chatId, since)
  if (!question?.messageId) return false
  await cancelPrompt(ctx, question.messageId)
  return true
}

/** Starts a dialog and ends any other. */
export async function enterDialog(ctx: BotContext, id: (typeof dialogIds)[number]): Promise<void> {
  await ctx.conversation.exitAll()
  await ctx.conversation.enter(id)
}
