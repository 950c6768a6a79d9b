import type { Task } from '../../../domain/tasks/task.ts'
import { type DeckTopic, findMessage, type ReplyTopic } from '../../../telegram/store/messages.ts'
import type { BotContext } from '../../kit/context.ts'
import { renderTask, sendTask } from '../../kit/show.ts'
import { showDeck } from '../../kit/tasks/deck.ts'

/** Shows what an answer led to where it was asked for: on the card or deck whose button asked, else on a new card. */
export async function showAnswered(
  ctx: BotContext,
  prompt: Extract<ReplyTopic, { readonly kind: 'prompt' }>,
  task: Task,
  undo: string | null,
): Promise<void> {
  const { shownIn } = prompt
  const { chatId } = ctx.settings
  const row =
    shownIn === undefined || chatId === null ? null : await findMessage(ctx.board.db, chatId, shownIn)
  // The message may show another task by now.
  if (shownIn === undefined || row === null || row.taskId !== task.id) {
    await sendTask(ctx, task, { undo })
    return
  }
  const topic = row.topic as unknown as DeckTopic | null
  if (topic?.kind === 'deck') return showDeck(ctx, { task, options: { undo }, topic, messageId: shownIn })
  const { card, about } = await renderTask(ctx, task, { undo })
  await ctx.sender.edit(shownIn, card, about)
}
