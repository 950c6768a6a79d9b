import type { MiddlewareFn } from 'grammy'
import { hourMs } from '../../domain/core/durations.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { effectsOf } from '../../telegram/store/captures.ts'
import { livingCard } from '../../telegram/store/messages/living-cards.ts'
import { signs } from '../../view/kit/signs.ts'
import { acknowledge } from './acknowledge.ts'
import { type BotContext, scopeOf } from './context.ts'
import { sendTask, showTask } from './show.ts'

const keptMs = 48 * hourMs

/**
 * Telegram resends an update if the process died after committing its change but before answering. The change isn't
 * repeated; the answer is sent as the changed task's card, unless it was sent already.
 */
export function resumeAnswers(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!isAlreadyHandled(error)) throw error
      const receivedAt = new Date(ctx.board.now().getTime() - keptMs)
      const effect = (await effectsOf(scopeOf(ctx), { updateId: ctx.update.update_id, receivedAt })).at(-1)
      const task = effect === undefined ? null : await findTask(scopeOf(ctx), effect.taskId)
      if (task === null || effect === undefined) return
      const undo = effect.auditId
      if (ctx.callbackQuery !== undefined) await showTask(ctx, task, { undo })
      else if (await hasCard(ctx, task)) await acknowledge(ctx, signs.kept)
      else await sendTask(ctx, task, { undo })
    }
  }
}

// The notifier resends a message that was being sent when the process died, marked as a possible repeat.
async function hasCard(ctx: BotContext, task: Task): Promise<boolean> {
  const { chatId } = ctx.settings
  return chatId !== null && (await livingCard(ctx.board.db, chatId, task.id)) !== null
}

/** Returns whether handling stopped because the update's change is already committed. */
export function isAlreadyHandled(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = 'error' in cause ? cause.error : cause.cause) {
    if (cause instanceof AlreadyHandledError) return true
  }
  return false
}

/** Thrown when an update's change is already committed: the process died between commit and answer. */
export class AlreadyHandledError extends Error {}
