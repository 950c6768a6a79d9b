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
 * An update whose change was committed before the process died comes again, because it was not answered. It is not done
 * twice: its answer is given, as the card of what it changed, if that was not said before.
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

// One that was being sent when the process died is sent again by the notifier, and marked.
async function hasCard(ctx: BotContext, task: Task): Promise<boolean> {
  const { chatId } = ctx.settings
  return chatId !== null && (await livingCard(ctx.board.db, chatId, task.id)) !== null
}

/** Whether an update was given up because its effect is on the board already. */
export function isAlreadyHandled(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = 'error' in cause ? cause.error : cause.cause) {
    if (cause instanceof AlreadyHandledError) return true
  }
  return false
}

/** An update whose effect is on the board already: the process died between its commit and its answer. */
export class AlreadyHandledError extends Error {}
