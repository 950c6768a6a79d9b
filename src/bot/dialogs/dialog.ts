import type { Conversation } from '@grammyjs/conversations'
import type { Context } from 'grammy'
import { type Ctx, createCtx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { causeOf } from '../../telegram/store/captures.ts'
import { findMessage } from '../../telegram/store/messages/messages.ts'
import { markEffect } from '../../telegram/store/updates.ts'
import { refusalCard } from '../../view/kit/answers.ts'
import type { Card } from '../../view/kit/card.ts'
import { isCommand } from '../kit/commands.ts'
import type { BotContext } from '../kit/context.ts'
import { toast } from '../kit/toast.ts'

/** A conversation with the owner. Reads and verbs go through `external`, which has the current update's context. */
export type Dialog = Conversation<BotContext, Context>

/** The board for a dialog. Dialogs are replayed after a crash, so their verbs must be repeatable. */
export function dialogBoard(ctx: BotContext): Ctx {
  const { store, ownerId, now } = ctx.deps
  return createCtx({
    db: store,
    ownerId,
    actor: { kind: 'owner' },
    now,
    cause: causeOf(ctx.update.update_id),
  })
}

/** How an update answers a question: the answer as plain JSON, the problem with it, or null if the update is about something else. */
export type DialogReading<T> = { readonly answer: T } | { readonly problem: string } | null

export interface DialogQuestion<T> {
  readonly card: (ctx: BotContext) => Promise<Card> | Card
  readonly read: (ctx: BotContext) => Promise<DialogReading<T>>
  /** Replaces the question once it's answered. */
  readonly settled?: (answer: T, ctx: BotContext) => Card
}

/** Asks and waits for the answer. Other updates go to the features. An invalid answer is explained, and the dialog keeps waiting. */
export async function askFor<T>(dialog: Dialog, question: DialogQuestion<T>): Promise<T> {
  const asked = await dialog.external(async (ctx) => ({
    by: ctx.update.update_id,
    messageId: await ctx.sender.send(await question.card(ctx), { purpose: 'screen' }),
  }))
  await dialog.wait()
  const reading = await dialog.external(async (ctx): Promise<DialogReading<T> | 'again'> => {
    // After a crash, the update that led to this question may come again. It isn't the answer.
    if (ctx.update.update_id === asked.by) return 'again'
    const read = await orProblem(() => question.read(ctx))
    if (read === null) return null
    await markConsumed(ctx)
    await toast(ctx)
    if ('problem' in read) await ctx.sender.send(refusalCard(read.problem), { purpose: 'screen' })
    if ('answer' in read && question.settled !== undefined && asked.messageId !== 0) {
      await ctx.sender.edit(asked.messageId, question.settled(read.answer, ctx), { purpose: 'screen' })
    }
    return read
  })
  if (reading === null) return dialog.skip({ next: true })
  if (reading === 'again' || 'problem' in reading) return dialog.skip({ next: false })
  return reading.answer
}

// After a crash, a dialog's last answer may come again when the dialog is over. Marking it keeps it from becoming a
// task.
async function markConsumed(ctx: BotContext): Promise<void> {
  const { store, now } = ctx.deps
  await markEffect(store, ctx.update.update_id, now())
}

/** Turns a refusal into a problem that the dialog can explain. */
export async function orProblem<T>(work: () => Promise<T>): Promise<T | { readonly problem: string }> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DomainError) return { problem: error.message }
    throw error
  }
}

/** Returns the text of a message that answers the dialog; null for anything else, e.g., a reply to a task. */
export async function textFor(ctx: BotContext): Promise<string | null> {
  const text = ctx.message?.text?.trim() ?? ''
  return text === '' || isCommand(text) || !(await isForDialog(ctx)) ? null : text
}

async function isForDialog(ctx: BotContext): Promise<boolean> {
  const target = ctx.message?.reply_to_message
  if (target === undefined || target.forum_topic_created !== undefined) return true
  const row = await findMessage(ctx.board.db, target.chat.id, target.message_id)
  return row !== null && row.taskId === null && row.topic === null
}
