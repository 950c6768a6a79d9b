import { readCard } from '../../../domain/tasks/card.ts'
import { countInInbox, nextInInbox } from '../../../domain/tasks/lists/triage.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import type { DeckOutcome, DeckTopic } from '../../../telegram/store/messages/reply-topic.ts'
import type { Card } from '../../../view/kit/card.ts'
import type { Content } from '../../../view/kit/html.ts'
import { type Surface, undoTap } from '../../../view/tasks/callbacks.ts'
import type { TaskCardOptions } from '../../../view/tasks/card.ts'
import { deckCard, deckSummary } from '../../../view/tasks/lists/deck.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'
import { showScreen, showTask } from '../show.ts'
import { topicOfMessage } from './list-query.ts'

/** A deck that hasn't shown a card yet. */
export const freshDeck: DeckTopic = { kind: 'deck', taskId: null, skipped: [], moved: {} }
const maxUndos = 20

/** Shows the result of an action on the surface whose button was tapped. */
export async function showAfterAction(
  ctx: BotContext,
  on: Surface,
  task: Task,
  auditId: string | null,
  notice?: Content,
): Promise<void> {
  const more = notice === undefined ? {} : { notice }
  if (on !== 'deck') return showTask(ctx, task, { undo: auditId, ...more })
  const topic = withUndo(await readDeck(ctx), auditId, undoneBy(ctx))
  const outcome = outcomeOf(task)
  if (outcome === 'inbox') {
    const { [task.id]: _, ...moved } = topic.moved
    const skipped = topic.skipped.filter((id) => id !== task.id)
    return showDeck(ctx, { task, options: more, topic: { ...topic, moved, skipped } })
  }
  const isCurrent = topic.taskId === task.id
  await showNext(ctx, isCurrent ? { ...topic, moved: { ...topic.moved, [task.id]: outcome } } : topic, more)
}

/** Returns what happened to a card; `inbox` if it's still in the inbox. */
function outcomeOf({ status, runState, snoozedUntil }: Task): DeckOutcome {
  if (status === 'done' || status === 'archived') return status
  if (runState !== null) return 'queued'
  return snoozedUntil === null ? status : 'later'
}

/** Returns the audit ID of the change that the tapped button undoes. */
function undoneBy(ctx: BotContext): string | null {
  return undoTap.decode(ctx.callbackQuery?.data ?? '')?.audit ?? null
}

function withUndo(topic: DeckTopic, done: string | null, undone: string | null): DeckTopic {
  const kept = (topic.undos ?? []).filter((id) => id !== undone && id !== done)
  return { ...topic, undos: (done === null ? kept : [...kept, done]).slice(-maxUndos) }
}

/** Shows a task as the deck's card, in the given message or the one whose button was tapped. */
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
  const before = shown.topic ?? (await readDeck(ctx))
  const topic = { ...withUndo(before, options.undo ?? null, null), taskId: task.id }
  const left = Math.max(1, await countInInbox(scopeOf(ctx), topic.skipped))
  const facts = await readCard(scopeOf(ctx), task)
  const card = deckCard(facts, { ...viewerOf(ctx), ...options, deck: topic, left })
  await showScreen(ctx, card, { taskId: task.id, topic, messageId })
}

/** Shows the next inbox card, or a summary if there are no more. */
export async function showNext(
  ctx: BotContext,
  topic: DeckTopic,
  options: Partial<TaskCardOptions> = {},
): Promise<void> {
  const next = await nextInInbox(scopeOf(ctx), topic.skipped)
  if (next !== null) return showDeck(ctx, { task: next, options, topic })
  const card = deckSummary(topic, topic.undos?.at(-1) ?? null)
  await showScreen(ctx, card, { topic: { ...topic, taskId: null } })
}

/** Asks for confirmation in the deck's message. The deck continues whatever the answer is. */
export async function askInDeck(ctx: BotContext, task: Task, card: Card): Promise<void> {
  await showScreen(ctx, card, { taskId: task.id, topic: await readDeck(ctx) })
}

/** Continues with the next card if the current one is gone. `undo` restores a deleted task. */
export async function continueDeck(ctx: BotContext, undo: string | null): Promise<void> {
  const topic = withUndo(await readDeck(ctx), undo, null)
  const { taskId, moved } = topic
  const isDeleted = undo !== null && taskId !== null
  await showNext(ctx, isDeleted ? { ...topic, moved: { ...moved, [taskId]: 'deleted' } } : topic)
}

/** Returns the deck in the tapped message, or a fresh one. */
export async function readDeck(ctx: BotContext): Promise<DeckTopic> {
  const topic = await topicOfMessage(ctx)
  return topic?.kind === 'deck' ? topic : freshDeck
}
