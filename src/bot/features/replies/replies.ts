import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { DomainError } from '../../../domain/core/errors.ts'
import { isVisible } from '../../../domain/core/text.ts'
import { answerQuestion } from '../../../domain/tasks/answer.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { sendBackEdit } from '../../../domain/tasks/edit/handoff.ts'
import { filesIn } from '../../../domain/tasks/notes/note-files.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { parseDue } from '../../../domain/time/due/due.ts'
import { turnOf } from '../../../domain/turn.ts'
import { captureOfMessage } from '../../../telegram/store/captures.ts'
import {
  findMessage,
  newestPrompt,
  type PromptKind,
  type ReplyTopic,
} from '../../../telegram/store/messages.ts'
import { aboutNothingCard, unheardCard } from '../../../view/kit/answers.ts'
import { signs } from '../../../view/kit/signs.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import {
  answeredNotice,
  lateAnswerNotice,
  reviewCommentNotice,
  sentBackNotice,
} from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../../kit/acknowledge.ts'
import { isKnownCommand } from '../../kit/commands.ts'
import { type BotContext, type Prompt, readerOf, scopeOf } from '../../kit/context.ts'
import { ownText, repliedText, textOfMessage } from '../../kit/message/incoming.ts'
import { notifyRunner } from '../../kit/runner.ts'
import { sendTask } from '../../kit/show.ts'
import { contentOf, refreshLivingCard } from '../../kit/tasks/captured.ts'
import { joinCapture } from '../../kit/tasks/captured-parts.ts'
import { showAnswered } from './answered.ts'

/** Answers that are not about a task; a feature of the bot each. */
export type PromptAnswers = Partial<
  Record<PromptKind, (ctx: BotContext, text: string, about: string) => Promise<void>>
>

/** What the owner wrote. */
interface Written {
  /** With what came along, as Markdown. */
  readonly text: string
  /** Below the words that the reply quotes. */
  readonly withQuote: string
  /** The words alone, as they were typed. */
  readonly plain: string
}

// A question that was asked again takes the next words as its answer for this long.
const askedAgainMs = 60 * 60_000

/** A reply to anything the bot wrote: the answer to a question, or a comment on the task that it is about. */
export function replies(
  answers: PromptAnswers,
  onDigestReply: (ctx: BotContext, text: string, taskIds: readonly string[]) => Promise<void>,
): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    const written = readWritten(ctx, ctx.message)
    if (written === null) return next()
    const target = ctx.message.reply_to_message
    // In a topic every message is a reply to the one that opened it.
    if (target === undefined || target.forum_topic_created !== undefined) {
      if (!(await answerAskedAgain(ctx, written))) await next()
      return
    }
    if (ctx.message.media_group_id !== undefined && (await joinCapture(ctx, ctx.message))) return
    if (target.from?.id !== ctx.me.id) return commentOnCaptured(ctx, target, written.withQuote, next)
    const row = await findMessage(ctx.board.db, ctx.chat.id, target.message_id)
    const topic = (row?.topic ?? null) as unknown as ReplyTopic | null
    if (topic?.kind === 'digest') return onDigestReply(ctx, written.plain, topic.taskIds)
    if (topic?.kind === 'prompt') return answerPrompt(ctx, topic, written, target.message_id)
    const task = row?.taskId ? await findTask(scopeOf(ctx), row.taskId) : null
    // A task that is deleted leaves its messages without one.
    if (task === null) await replyNothingKept(ctx)
    else await replyToTask(ctx, task, written.withQuote)
  })
  return composer

  /** A question whose answer was refused is still open: the next words are its answer, replied or not. */
  async function answerAskedAgain(ctx: BotContext, written: Written): Promise<boolean> {
    const { message } = ctx
    if (message === undefined || ctx.late || message.forward_origin !== undefined) return false
    const since = new Date(ctx.board.now().getTime() - askedAgainMs)
    const row = await newestPrompt(ctx.board.db, message.chat.id, since)
    const topic = (row?.topic ?? null) as unknown as ReplyTopic | null
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
    if (prompt.taskId !== undefined) return answerAboutTask(ctx, prompt, prompt.taskId, written, messageId)
    const answer = answers[prompt.ask]
    if (answer === undefined) await replyNothingKept(ctx)
    else await answer(ctx, written.plain, prompt.about ?? '')
  }
}

function readWritten(ctx: BotContext, message: Message): Written | null {
  if (ctx.command !== null && isKnownCommand(ctx.command)) return null
  const content = contentOf(ctx, message)
  const text = ownText(content)
  if (!isVisible(text)) return null
  const plain = content.typed === '' ? '' : textOfMessage(message)
  return { text, withQuote: repliedText(content), plain: plain || text }
}

async function replyNothingKept(ctx: BotContext): Promise<void> {
  await ctx.sender.send(aboutNothingCard(), { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** A reply to the owner's own message is about the task that it became. */
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

/** What a plain reply means by whose turn the task is: an answer, a comment that may send it back, or a comment. */
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

/** Answers a question with words; the card moves below them. */
async function answerInWords(ctx: BotContext, questionId: string, text: string): Promise<void> {
  const answered = await answerQuestion(ctx.board, questionId, { text })
  await acknowledge(ctx, signs.kept)
  if (answered.isLate) {
    const notice = lateAnswerNotice(answered, readerOf(ctx), true)
    await sendTask(ctx, answered.task, { notice, undo: answered.auditId })
    return
  }
  await sendTask(ctx, answered.task, { undo: answered.auditId, ...answeredNotice(answered, 'card') })
  await notifyRunner(ctx, answered.task)
}

async function answerAboutTask(
  ctx: BotContext,
  prompt: Prompt,
  taskId: string,
  written: Written,
  messageId: number,
): Promise<void> {
  const task = await findTask(scopeOf(ctx), taskId)
  if (task === null) {
    await ctx.sender.send(deletedCard('The task'), { purpose: 'answer', replyTo: ctx.message?.message_id })
    return
  }
  if (prompt.ask === 'answer' && prompt.about) {
    await answerInWords(ctx, prompt.about, written.text)
    await ctx.sender.remove(messageId)
    return
  }
  const edit = editFor(prompt.ask, written, task, readerOf(ctx))
  const { task: changed, auditId } = await editTask(ctx.board, task.id, edit)
  await ctx.sender.remove(messageId)
  if (prompt.ask === 'send-back') {
    await acknowledge(ctx, signs.kept)
    await sendTask(ctx, changed, { undo: auditId, ...sentBackNotice(changed, 'card') })
    return notifyRunner(ctx, changed)
  }
  await acknowledge(ctx, signs.answered)
  await showAnswered(ctx, prompt, changed, auditId)
}

/** What an answer changes of its task. Throws `invalid` if it cannot be understood. */
function editFor(
  ask: PromptKind,
  { text, plain }: Written,
  task: Task,
  reader: { readonly now: Date; readonly timeZone: string },
): TaskEdit {
  switch (ask) {
    case 'send-back':
      return sendBackEdit(text)
    case 'title':
      return { title: plain.replace(/\s+/g, ' ').trim() }
    case 'note':
      return { description: text }
    case 'criteria':
      return { criteria: linesOf(text).map((line) => line.replace(/^(?:[-*•]\s+)?(?:\[[ xX]?\]\s*)?/, '')) }
    case 'label':
      return { labels: [...task.labels.map((label) => label.name), ...namesIn(plain)] }
    case 'branch':
      return { branch: plain.trim() === '-' ? '' : plain.trim() }
    case 'due':
      return { dueAt: requireDue(plain, reader) }
    default:
      return { comment: text }
  }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

function namesIn(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((name) => name.trim().replace(/^#/, ''))
    .filter(Boolean)
}

function requireDue(text: string, reader: { readonly now: Date; readonly timeZone: string }): Date {
  const due = parseDue(text.trim().replace(/^\^/, ''), reader)
  if (due !== null) return due.at
  throw new DomainError(
    'invalid',
    `I couldn't read "${text.slice(0, 60)}" as a date. Try "fri 17:00" or "2026-12-01".`,
  )
}
