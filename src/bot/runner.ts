import { GrammyError, HttpError } from 'grammy'
import { beginMessage, findRunnerLine, markRefused, markSent } from '../domain/messages.ts'
import type { EditOfMany } from '../domain/tasks/edit-many.ts'
import { findTasks } from '../domain/tasks/read.ts'
import type { Task } from '../domain/tasks/task.ts'
import {
  type RunnerRefusal,
  refusalReason,
  runnerLine,
  runnerReasons,
  runnerRefusedCard,
} from '../view/runner.ts'
import { type BotContext, scopeOf } from './context.ts'

// A group takes twenty messages a minute, and a tap must not hold up what comes after it for long.
const mostAtOnce = 10

/** Tells the runner that the settings name of tasks that are to be queued. Returns those whose lines were not taken, and why. */
export async function tellRunner(ctx: BotContext, tasks: readonly Task[]): Promise<RunnerRefusal[]> {
  if (ctx.settings.runner.kind === 'none') return []
  const refusals: RunnerRefusal[] = []
  for (const [index, task] of tasks.entries()) {
    const reason = index < mostAtOnce ? await postLine(ctx, task) : runnerReasons.tooMany(mostAtOnce)
    if (reason !== null) refusals.push({ key: task.key, reason })
  }
  return refusals
}

/** Tells the runner of what edits queue; a task whose line was not taken, or that an agent has already, is not queued by them. */
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
  const refusals = await tellRunner(ctx, free)
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

/** Says which tasks are not queued, and why. */
export async function sayNotQueued(ctx: BotContext, refusals: readonly RunnerRefusal[]): Promise<void> {
  const card = runnerRefusedCard(refusals, ctx.settings.runner.kind)
  await ctx.sender.say(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Posts the line of a task, once an update. Returns null where it was taken, else why not. */
async function postLine(ctx: BotContext, task: Task): Promise<string | null> {
  const { runner, chatId, threadId } = ctx.settings
  const line = runnerLine(task, runner)
  if (line === null || chatId === null) return runnerReasons.nothingToDo
  const { store, now } = ctx.deps
  const about = { taskId: task.id, updateId: ctx.update.update_id }
  const posted = await findRunnerLine(store, about)
  if (posted !== null) return posted.state === 'sent' ? null : runnerReasons.unknown
  const isHere = runner.chat === null
  const to = isHere ? chatId : /^-?\d+$/.test(runner.chat) ? Number(runner.chat) : runner.chat
  const id = await beginMessage(
    store,
    {
      // The id of a chat that is known by its name is Telegram's to know.
      chatId: typeof to === 'number' ? to : 0,
      threadId: isHere ? threadId : null,
      purpose: 'notice',
      taskId: task.id,
      topic: { kind: 'runner', updateId: about.updateId },
      rank: 0,
    },
    now(),
  )
  const thread = isHere && threadId !== null ? { message_thread_id: threadId } : {}
  try {
    const sent = await (isHere ? ctx.api : ctx.deps.elsewhere).sendMessage(to, line, {
      ...thread,
      link_preview_options: { is_disabled: true },
    })
    await markSent(store, id, { messageId: sent.message_id, now: now() })
    return null
  } catch (error) {
    if (!(error instanceof GrammyError || error instanceof HttpError)) throw error
    await markRefused(store, id, { state: 'failed', error: error.message })
    return error instanceof GrammyError
      ? refusalReason(error.description, runner.chat)
      : runnerReasons.unknown
  }
}
