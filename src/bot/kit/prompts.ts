import { listLabels } from '../../domain/labels/labels.ts'
import { findTask } from '../../domain/tasks/read.ts'
import { cancelledCard } from '../../view/kit/answers.ts'
import type { Card } from '../../view/kit/card.ts'
import { questionPrompts } from '../../view/tasks/callbacks.ts'
import { type BotContext, type Prompt, scopeOf } from './context.ts'

/** Asks the owner for a text. A reply to the prompt is the answer. */
export async function ask(ctx: BotContext, card: Card, topic: Prompt): Promise<void> {
  await ctx.sender.send({ ...card, asks: true }, { purpose: 'prompt', taskId: topic.taskId ?? null, topic })
}

/** Shows the result of an answer, then deletes the prompt. */
export async function closePrompt(
  ctx: BotContext,
  { messageId }: { readonly messageId: number },
  show: () => Promise<void>,
): Promise<void> {
  await show()
  await ctx.sender.remove(messageId)
}

/** Cancels a prompt: deletes it, or marks it as canceled if Telegram no longer allows that. */
export async function cancelPrompt(ctx: BotContext, messageId: number): Promise<void> {
  if (!(await ctx.sender.remove(messageId)))
    await ctx.sender.edit(messageId, cancelledCard(), { purpose: 'screen' })
}

/** Returns the name of what a prompt is about. */
export async function nameOf(
  ctx: BotContext,
  { ask: kind, taskId, about = '' }: Pick<Prompt, 'ask' | 'taskId' | 'about'>,
): Promise<string> {
  if (kind === 'label-name')
    return (await listLabels(scopeOf(ctx))).find(({ id }) => id === about)?.name ?? about
  const task = taskId === undefined ? null : await findTask(scopeOf(ctx), taskId)
  // The prompts of questions carry an ID.
  return task?.key ?? (questionPrompts.some((prompt) => prompt === kind) ? '' : about)
}

/** Returns the answer's text, or null for `-`, which clears the value. */
export function orCleared(text: string): string | null {
  return text.trim() === '-' ? null : text
}
