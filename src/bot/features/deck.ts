import { Composer } from 'grammy'
import type { DeckTopic } from '../../domain/messages.ts'
import { countTasks } from '../../domain/tasks/list.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { nextInInbox } from '../../domain/tasks/triage.ts'
import type { Surface } from '../../view/callbacks.ts'
import type { Card } from '../../view/card.ts'
import { deckNotice, deckSummary } from '../../view/deck.ts'
import type { TaskCardOptions } from '../../view/task-card.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { topicOfMessage } from '../list-query.ts'
import { renderTask, showScreen, showTask } from '../show.ts'
import { onScreen, onTap } from '../taps.ts'

const fresh: DeckTopic = { kind: 'deck', taskId: null, skipped: [], moved: {} }

/** /inbox: the triage deck, one card at a time in one message, oldest first. */
export function deck(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('inbox', (ctx) => showNext(ctx, fresh, null))
  onScreen(composer, 'inbox', (ctx) => showNext(ctx, fresh, null))
  onTap(composer, 'skip', async (ctx, { key }) => {
    const topic = await readDeck(ctx)
    const task = await findTask(scopeOf(ctx), key)
    const isCurrent = task !== null && task.id === topic.taskId
    await showNext(ctx, isCurrent ? { ...topic, skipped: [...topic.skipped, task.id] } : topic, null)
  })
  return composer
}

/** Shows what an act on a task led to, on the surface whose button was pressed. */
export async function showAfterAction(
  ctx: BotContext,
  on: Surface,
  task: Task,
  auditId: string | null,
): Promise<void> {
  if (on !== 'deck') return showTask(ctx, task, { undo: auditId })
  const topic = await readDeck(ctx)
  if (task.status === 'inbox') {
    const { [task.id]: _, ...moved } = topic.moved
    const skipped = topic.skipped.filter((id) => id !== task.id)
    return showDeck(ctx, { task, options: { undo: auditId }, topic: { ...topic, moved, skipped } })
  }
  const isCurrent = topic.taskId === task.id
  await showNext(
    ctx,
    isCurrent ? { ...topic, moved: { ...topic.moved, [task.id]: task.status } } : topic,
    auditId,
  )
}

/** Shows a task as the deck's card; in the message that is named, else in the one whose button was pressed. */
export async function showDeck(
  ctx: BotContext,
  shown: {
    readonly task: Task
    readonly options: Partial<TaskCardOptions>
    readonly topic?: DeckTopic
    readonly messageId?: number
  },
): Promise<void> {
  const { task, options, messageId } = shown
  const topic = { ...(shown.topic ?? (await readDeck(ctx))), taskId: task.id }
  const skip = { label: 'Skip ›', does: { do: 'skip', key: task.key } } as const
  const notice = deckNotice(topic, await countLeft(ctx, topic))
  const { card } = await renderTask(ctx, task, { ...options, on: 'deck', notice, extra: [skip] })
  await showScreen(ctx, card, { taskId: task.id, topic, messageId })
}

async function showNext(ctx: BotContext, topic: DeckTopic, undo: string | null): Promise<void> {
  const next = await nextInInbox(scopeOf(ctx), topic.skipped)
  if (next !== null) return showDeck(ctx, { task: next, options: { undo }, topic })
  await showScreen(ctx, deckSummary(topic, undo), { topic: { ...topic, taskId: null } })
}

/** Asks on the deck's own message, which goes on with its cards whatever is answered. */
export async function askInDeck(ctx: BotContext, task: Task, card: Card): Promise<void> {
  await showScreen(ctx, card, { taskId: task.id, topic: await readDeck(ctx) })
}

/** Goes on to the next card where the one that was shown is gone. */
export async function continueDeck(ctx: BotContext, undo: string | null): Promise<void> {
  await showNext(ctx, await readDeck(ctx), undo)
}

/** Tasks of the inbox that were not passed over, the one that is shown among them. */
async function countLeft(ctx: BotContext, topic: DeckTopic): Promise<number> {
  const inbox = await countTasks(scopeOf(ctx), { statuses: ['inbox'] })
  return Math.max(1, inbox - topic.skipped.length)
}

/** The deck that the pressed message holds; a new one where it holds none. */
async function readDeck(ctx: BotContext): Promise<DeckTopic> {
  const topic = await topicOfMessage(ctx)
  return topic?.kind === 'deck' ? topic : fresh
}
