import { GrammyError, HttpError } from 'grammy'
import type { EditOfMany } from '../../domain/tasks/edit/edit-many.ts'
import { findTasks } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { beginSending } from '../../telegram/store/messages/enqueue.ts'
import { markNotSent, markSent } from '../../telegram/store/messages/mark.ts'
import { findRunnerLine } from '../../telegram/store/messages/messages.ts'
import {
  type RunnerRefusal,
  refusalReason,
  runnerLine,
  runnerReasons,
  runnerRefusedCard,
  runnerTestLine,
  runnerUnreachedCard,
} from '../../view/settings/runner.ts'
import { type BotContext, scopeOf } from './context.ts'

// Telegram allows 20 messages a minute in a group. A lower limit keeps one tap from blocking the next for long.
const maxAtOnce = 10

/** Posts a line to the runner for each task to be queued. Returns the tasks whose line couldn't be delivered, and why. */
export async function postToRunner(ctx: BotContext, tasks: readonly Task[]): Promise<RunnerRefusal[]> {
  if (ctx.settings.runner.kind === 'none') return []
  const refusals: RunnerRefusal[] = []
  for (const [index, task] of tasks.entries()) {
    const reason = index < maxAtOnce ? await postLine(ctx, task) : runnerReasons.tooMany(maxAtOnce)
    if (reason !== null) refusals.push({ key: task.key, reason })
  }
  return refusals
}

/** Posts lines for the tasks that these edits queue. A task isn't queued if its line fails or an agent already has it. */
export async function withRunner(
  ctx: BotContext,
  edits: readonly EditOfMany[],
): Promise<{ readonly edits: EditOfMany[]; readonly refusals: readonly RunnerRefusal[] }> {
  const queueing = edits.filter(({ edit }) => edit.runState === 'queued')
  const tasks = await findTasks(
    scopeOf(ctx),
    queueing.map(({ reference }) => reference),
  )
  const free = queueing.flatMap(({ reference, edit }) => {
    const task = tasks.find(({ id }) => id === reference)
    if (task === undefined) return []
    const { status = task.status, engine = task.engine } = edit
    return task.runState === null || status !== task.status ? [{ ...task, status, engine }] : []
  })
  const refusals = await postToRunner(ctx, free)
  const isRefused = (task: Task) => refusals.some(({ key }) => key === task.key)
  const kept = edits.flatMap(({ reference, edit }) => {
    if (edit.runState !== 'queued') return [{ reference, edit }]
    const task = free.find(({ id }) => id === reference)
    if (task !== undefined && !isRefused(task)) return [{ reference, edit }]
    const { runState: _, ...rest } = edit
    return task !== undefined && Object.keys(rest).length === 0 ? [] : [{ reference, edit: rest }]
  })
  return { edits: kept, refusals }
}

/**
 * Notifies the runner of a task queued by an answer or a send-back. The task stays queued if this fails, because agents
 * can also claim it.
 */
export async function notifyRunner(ctx: BotContext, task: Task): Promise<void> {
  if (task.runState !== 'queued') return
  const refusals = await postToRunner(ctx, [task])
  if (refusals.length === 0) return
  const card = runnerUnreachedCard(refusals, ctx.settings.runner.kind)
  await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Explains which tasks weren't queued, and why. */
export async function explainNotQueued(ctx: BotContext, refusals: readonly RunnerRefusal[]): Promise<void> {
  const card = runnerRefusedCard(refusals, ctx.settings.runner.kind)
  await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Posts a harmless test line to the runner's chat. Returns null if it was delivered, otherwise the reason. */
export async function sendTestLine(ctx: BotContext): Promise<string | null> {
  const { runner, chatId, threadId } = ctx.settings
  if (chatId === null) return runnerReasons.unknown
  const isHere = runner.chat === null
  const to = runner.chat === null ? chatId : toChatId(runner.chat)
  const thread = isHere && threadId !== null ? { message_thread_id: threadId } : {}
  try {
    await (isHere ? ctx.api : ctx.deps.elsewhere).sendMessage(to, runnerTestLine, thread)
    return null
  } catch (error) {
    if (!(error instanceof GrammyError || error instanceof HttpError)) throw error
    return error instanceof GrammyError
      ? refusalReason(error.description, runner.chat)
      : runnerReasons.unknown
  }
}

function toChatId(chat: string): number | string {
  return /^-?\d+$/.test(chat) ? Number(chat) : chat
}

/** Posts a task's line once per update. Returns null if it was delivered, otherwise the reason. */
async function postLine(ctx: BotContext, task: Task): Promise<string | null> {
  const { runner, chatId, threadId } = ctx.settings
  const line = runnerLine(task, runner)
  if (line === null || chatId === null) return runnerReasons.nothingToDo
  const { store, now } = ctx.deps
  const about = { taskId: task.id, updateId: ctx.update.update_id }
  const posted = await findRunnerLine(store, about)
  if (posted !== null) return posted.state === 'sent' ? null : runnerReasons.unknown
  const isHere = runner.chat === null
  const to = runner.chat === null ? chatId : toChatId(runner.chat)
  const id = await beginSending(
    store,
    {
      // Only Telegram can resolve an @name to a chat ID.
      chatId: typeof to === 'number' ? to : 0,
      threadId: isHere ? threadId : null,
      purpose: 'notice',
      taskId: task.id,
      topic: { kind: 'runner', updateId: about.updateId },
      priority: 'urgent',
    },
    now(),
  )
  const thread = isHere && threadId !== null ? { message_thread_id: threadId } : {}
  try {
    const sent = await (isHere ? ctx.api : ctx.deps.elsewhere).sendMessage(to, line, {
      ...thread,
      link_preview_options: { is_disabled: true },
    })
    await markSent(store, id, { messageId: sent.message_id, renderedAt: now() })
    return null
  } catch (error) {
    if (!(error instanceof GrammyError || error instanceof HttpError)) throw error
    await markNotSent(store, id, { state: 'failed', error: error.message })
    return error instanceof GrammyError
      ? refusalReason(error.description, runner.chat)
      : runnerReasons.unknown
  }
}
