import { Composer } from 'grammy'
import { type DeckTopic, findMessage } from '../../domain/messages.ts'
import { countTasks } from '../../domain/tasks/list.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { nextInInbox } from '../../domain/tasks/triage.ts'
import type { Surface } from '../../view/callbacks.ts'
import { deckNotice, deckSummary } from '../../view/deck.ts'
import type { TaskCardOptions } from '../../view/task-card.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { renderTask, showScreen, showTask } from '../show.ts'
import { onScreen, onTap } from '../taps.ts'

/** /inbox: the triage deck, one card at a time in one message, oldest first. */
export function deck(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('inbox', (ctx) => startDeck(ctx))
  onScreen(composer, 'inbox', (ctx) => startDeck(ctx))
  onTap(composer, 'skip', async (ctx, { key }) => {
    const topic = await readDeck(ctx)
    const task = await findTask(scopeOf(ctx), key)
    const isCurrent = task !== null && task.id === topic.taskId
    const skipped = isCurrent ? [...topic.skipped, task.id] : topic.skipped
    await showNext(ctx, { ...topic, skipped, seen: topic.seen + (isCurrent ? 1 : 0) }, null)
  })
  return composer
}

async function startDeck(ctx: BotContext): Promise<void> {
  const total = await countTasks(scopeOf(ctx), { statuses: ['inbox'] })
  await showNext(ctx, { kind: 'deck', taskId: null, total, seen: 0, skipped: [], tally: {} }, null)
}

/** Shows what an act on a task led to, on the surface whose button was pressed. */
export async function showAfterAction(ctx: BotContext, on: Surface, task: Task, auditId: string | null): Promise<void> {
  if (on !== 'deck') return showTask(ctx, task, { undo: auditId })
  const topic = await readDeck(ctx)
  if (task.status === 'inbox') {
    const wasMoved = topic.taskId !== task.id
    return showDeck(ctx, {
      task,
      options: { undo: auditId },
      topic: wasMoved ? { ...topic, taskId: task.id, seen: Math.max(0, topic.seen - 1) } : topic,
    })
  }
  const tally = { ...topic.tally, [task.status]: (topic.tally[task.status] ?? 0) + 1 }
  await showNext(ctx, { ...topic, tally, seen: topic.seen + 1 }, auditId)
}

/** Shows a task as the deck's card. */
export async function showDeck(
  ctx: BotContext,
  shown: { readonly task: Task; readonly options: Partial<TaskCardOptions>; readonly topic?: DeckTopic },
): Promise<void> {
  const topic = { ...(shown.topic ?? (await readDeck(ctx))), taskId: shown.task.id }
  const skip = { label: 'Skip ›', does: { do: 'skip', key: shown.task.key } } as const
  const { card } = await renderTask(ctx, shown.task, { ...shown.options, on: 'deck', notice: deckNotice(topic), extra: [skip] })
  await showScreen(ctx, card, { taskId: shown.task.id, topic })
}

async function showNext(ctx: BotContext, topic: DeckTopic, undo: string | null): Promise<void> {
  const next = await nextInInbox(scopeOf(ctx), topic.skipped)
  if (next !== null) return showDeck(ctx, { task: next, options: { undo }, topic })
  await showScreen(ctx, deckSummary(topic, undo), { topic: { ...topic, taskId: null } })
}

/** The deck that the pressed message holds; a new one where it holds none. */
async function readDeck(ctx: BotContext): Promise<DeckTopic> {
  const message = ctx.callbackQuery?.message
  const row = message === undefined ? null : await findMessage(ctx.board.db, message.chat.id, message.message_id)
  const topic = row?.topic as unknown as DeckTopic | null | undefined
  if (topic?.kind === 'deck') return topic
  return { kind: 'deck', taskId: null, total: await countTasks(scopeOf(ctx), { statuses: ['inbox'] }), seen: 0, skipped: [], tally: {} }
}
