import type { Message } from 'grammy/types'
import { hourMs } from '../../../domain/core/durations.ts'
import { isVisible } from '../../../domain/core/text.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { filesIn } from '../../../domain/tasks/notes/note-files.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { turnOf } from '../../../domain/turn.ts'
import { captureOfMessage } from '../../../telegram/store/captures.ts'
import { findMessage, newestPrompt } from '../../../telegram/store/messages/messages.ts'
import { aboutNothingCard, unheardCard } from '../../../view/kit/answers.ts'
import { signs } from '../../../view/kit/signs.ts'
import { reviewCommentNotice } from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../../kit/acknowledge.ts'
import { isKnownCommand } from '../../kit/commands.ts'
import { type BotContext, type Prompt, scopeOf } from '../../kit/context.ts'
import { type Answers, createFeature, type Feature, type Replies, type Written } from '../../kit/feature.ts'
import { ownText, repliedText, textOfMessage } from '../../kit/message/incoming.ts'
import { sendTask } from '../../kit/show.ts'
import { answerInWords } from '../../kit/tasks/answer-in-words.ts'
import { contentOf, refreshLivingCard } from '../../kit/tasks/captured.ts'
import { joinCapture } from '../../kit/tasks/captured-parts.ts'

// After a refused answer, the next message counts as the answer for this long.
const askedAgainMs = hourMs

/** Handles replies to the bot's messages: an answer to a prompt, or a comment on the message's task. */
export function replies(answers: Answers, handlers: Replies): Feature {
  const feature = createFeature()
  feature.on('message', async (ctx, next) => {
    const written = readWritten(ctx, ctx.message)
    if (written === null) return next()
    const target = ctx.message.reply_to_message
    // In a topic, every message is a reply to the one that opened the topic.
    if (target === undefined || target.forum_topic_created !== undefined) {
      if (!(await answerAskedAgain(ctx, written))) await next()
      return
    }
    if (ctx.message.media_group_id !== undefined && (await joinCapture(ctx, ctx.message))) return
    if (target.from?.id !== ctx.me.id) return commentOnCaptured(ctx, target, written.withQuote, next)
    const row = await findMessage(ctx.board.db, ctx.chat.id, target.message_id)
    const topic = row?.topic ?? null
    if (topic?.kind === 'prompt') return answerPrompt(ctx, topic, written, target.message_id)
    const handle = topic === null ? undefined : handlers.get(topic.kind)
    if (topic !== null && handle !== undefined) return handle(ctx, topic, written)
    const task = row?.taskId ? await findTask(scopeOf(ctx), row.taskId) : null
    // The messages of a deleted task have no task.
    if (task === null) await replyNothingKept(ctx)
    else await replyToTask(ctx, task, written.withQuote)
  })
  return feature

  /** A prompt whose answer was refused stays open: the next message answers it, whether or not it's a reply. */
  async function answerAskedAgain(ctx: BotContext, written: Written): Promise<boolean> {
    const { message } = ctx
    if (message === undefined || ctx.late || message.forward_origin !== undefined) return false
    const since = new Date(ctx.board.now().getTime() - askedAgainMs)
    const row = await newestPrompt(ctx.board.db, message.chat.id, since)
    const topic = row?.topic ?? null
    if (!row?.messageId || topic?.kind !== 'prompt' || !topic.again) return false
    await answerPrompt(ctx, topic, written, row.messageId)
    return true
  }

  async function answerPrompt(
    ctx: BotContext,
    prompt: Prompt,
    written: Written,
    messageId: number,
  ): Promise<void> {
    ctx.answering = { prompt, messageId }
    const handle = answers.get(prompt.ask)
    if (handle === undefined) await replyNothingKept(ctx)
    else await handle(ctx, { prompt, written, messageId })
  }
}

function readWritten(ctx: BotContext, message: Message): Written | null {
  if (ctx.command !== null && isKnownCommand(ctx.commands, ctx.command)) return null
  const content = contentOf(ctx, message)
  const text = ownText(content)
  if (!isVisible(text)) return null
  const plain = content.typed === '' ? '' : textOfMessage(message)
  return { text, withQuote: repliedText(content), plain: plain || text }
}

async function replyNothingKept(ctx: BotContext): Promise<void> {
  await ctx.sender.send(aboutNothingCard(), { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** A reply to the owner's own message is a comment on the task created from it. */
async function commentOnCaptured(
  ctx: BotContext,
  target: Message,
  text: string,
  next: () => Promise<void>,
): Promise<void> {
  const captured = await captureOfMessage(scopeOf(ctx), {
    chatId: target.chat.id,
    messageId: target.message_id,
  })
  const task = captured === null ? null : await findTask(scopeOf(ctx), captured.effect.taskId)
  if (task === null) await next()
  else await replyToTask(ctx, task, text)
}

/** A plain reply answers the task's open question; otherwise it's a comment, which may send the task back. */
async function replyToTask(ctx: BotContext, task: Task, text: string): Promise<void> {
  if (task.question !== null) await answerInWords(ctx, task.question.id, text)
  else await comment(ctx, task, text)
  const { voice, video_note: round } = ctx.message ?? {}
  if (voice === undefined && round === undefined) return
  await ctx.sender.send(unheardCard(task), {
    purpose: 'answer',
    taskId: task.id,
    replyTo: ctx.message?.message_id,
  })
}

async function comment(ctx: BotContext, task: Task, text: string): Promise<void> {
  const { task: commented, auditId } = await editTask(ctx.board, task.id, { comment: text })
  await acknowledge(ctx, signs.kept)
  if (turnOf(commented) !== 'review') {
    if (filesIn(text).length > 0) refreshLivingCard(ctx, task.id)
    return
  }
  await sendTask(ctx, commented, { undo: auditId, ...reviewCommentNotice(commented, 'card') })
}
