import type { Message } from 'grammy/types'
import { readCard } from '../../domain/tasks/card.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { MessagePurpose } from '../../telegram/store/messages/enqueue.ts'
import { livingCard } from '../../telegram/store/messages/living-cards.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { Card } from '../../view/kit/card.ts'
import { type TaskCardOptions, taskCard, taskVersion } from '../../view/tasks/card.ts'
import { type BotContext, scopeOf, viewerOf } from './context.ts'

/** Renders a task's card and what its message is about. */
export async function renderTask(ctx: BotContext, task: Task, options: Partial<TaskCardOptions> = {}) {
  const detail = await readCard(scopeOf(ctx), task)
  const viewer = viewerOf(ctx)
  const card = taskCard(detail, { ...viewer, ...options })
  return {
    card,
    about: { purpose: 'card', taskId: task.id, version: taskVersion(detail, viewer.now) } as const,
  }
}

/** Shows a task in the message whose button was tapped, otherwise in a new message. */
export async function showTask(
  ctx: BotContext,
  task: Task,
  options: Partial<TaskCardOptions> = {},
): Promise<void> {
  const { card, about } = await renderTask(ctx, task, options)
  await showIn(ctx, card, about)
}

/** Sends a task's card as a new message, replying to the owner's if there is one. */
export async function sendTask(
  ctx: BotContext,
  task: Task,
  options: Partial<TaskCardOptions> = {},
): Promise<number> {
  const { card, about } = await renderTask(ctx, task, options)
  return ctx.sender.send(card, { ...about, replyTo: ctx.message?.message_id })
}

/** Updates a task's living card; sends a new one if it has none. */
export async function refreshCard(
  ctx: BotContext,
  task: Task,
  options: Partial<TaskCardOptions> = {},
): Promise<void> {
  const { chatId } = ctx.settings
  const card = chatId === null ? null : await livingCard(ctx.board.db, chatId, task.id)
  const rendered = await renderTask(ctx, task, options)
  if (card?.messageId) await ctx.sender.edit(card.messageId, rendered.card, rendered.about)
  else await ctx.sender.send(rendered.card, rendered.about)
}

interface ScreenAbout {
  readonly purpose?: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  readonly secret?: true
  /** The message with the card, if it isn't the one whose button was tapped. */
  readonly messageId?: number | undefined
}

/** Shows a screen in the message whose button was tapped, otherwise in a new message. */
export async function showScreen(ctx: BotContext, card: Card, about: ScreenAbout = {}): Promise<void> {
  const { messageId, ...rest } = about
  await showIn(ctx, card, { purpose: 'screen', ...rest }, messageId)
}

async function showIn(
  ctx: BotContext,
  card: Card,
  about: Parameters<BotContext['sender']['send']>[1],
  messageId?: number,
): Promise<void> {
  const pressed = ctx.callbackQuery?.message
  const target = messageId ?? (isScreen(pressed) ? pressed?.message_id : undefined)
  if (target === undefined) await ctx.sender.send(card, about)
  else await ctx.sender.edit(target, card, about)
}

// Telegram can't turn a picture or file into text, and prompts and screens don't replace each other.
function isScreen(message: Message | undefined): boolean {
  const isQuestion = message?.reply_markup?.force_reply === true
  return message?.photo === undefined && message?.document === undefined && !isQuestion
}

/** Shows a picture with a caption in the picture whose button was tapped, otherwise in a new message. */
export async function showPicture(ctx: BotContext, svg: string, caption: Card): Promise<void> {
  const pressed = ctx.callbackQuery?.message
  const about = { purpose: 'screen' } as const
  const png = await ctx.deps.renderPng(svg).catch((error: unknown) => {
    ctx.deps.log.error({ err: error }, 'a picture could not be drawn')
    return null
  })
  if (png === null) await ctx.sender.send(caption, about)
  else if (pressed?.photo === undefined) await ctx.sender.sendPicture(png, caption, about)
  else await ctx.sender.editPicture(pressed.message_id, png, caption, about)
}
