import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { captureOfMessage } from '../../domain/captures.ts'
import { parseDue } from '../../domain/due.ts'
import { DomainError } from '../../domain/errors.ts'
import { findMessage, type PromptKind, type ReplyTopic } from '../../domain/messages.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { aboutNothingCard } from '../../view/answers.ts'
import { deletedCard } from '../../view/task-gone.ts'
import { acknowledge } from '../acknowledge.ts'
import { isCommand } from '../command-case.ts'
import { isKnownCommand } from '../commands.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { textOfMessage, wholeText } from '../message-text.ts'
import { showAnswered } from './answered.ts'

type Prompt = Extract<ReplyTopic, { readonly kind: 'prompt' }>

/** Answers that are not about a task; a feature of the bot each. */
export type PromptAnswers = Partial<
  Record<PromptKind, (ctx: BotContext, text: string, about: string) => Promise<void>>
>

/** A reply to anything the bot has said: the answer to a question, or a comment on the task that it is about. */
export function replies(
  answers: PromptAnswers,
  onDigestReply: (ctx: BotContext, text: string, taskIds: readonly string[]) => Promise<void>,
): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    const target = ctx.message.reply_to_message
    // In a topic every message is a reply to the one that opened it.
    if (target === undefined || target.forum_topic_created !== undefined) return next()
    const text = wholeText(ctx.message)
    const plain = textOfMessage(ctx.message)
    if (text === '' || (isCommand(plain) && isKnownCommand(plain))) return next()
    if (target.from?.id !== ctx.me.id) return commentOnCaptured(ctx, target, text, next)
    const row = await findMessage(ctx.board.db, ctx.chat.id, target.message_id)
    const topic = (row?.topic ?? null) as unknown as ReplyTopic | null
    if (topic?.kind === 'digest') return onDigestReply(ctx, plain || text, topic.taskIds)
    if (topic?.kind === 'prompt')
      return answerPrompt(ctx, topic, { text, plain: plain || text, question: target })
    const task = row?.taskId ? await findTask(scopeOf(ctx), row.taskId) : null
    if (task !== null) return comment(ctx, task, text)
    // A task that is deleted leaves its messages without one.
    await sayNothingKept(ctx)
  })
  return composer
  async function answerPrompt(
    ctx: BotContext,
    prompt: Prompt,
    said: { readonly text: string; readonly plain: string; readonly question: Message },
  ): Promise<void> {
    if (prompt.taskId !== undefined) return answerTask(ctx, prompt, prompt.taskId, said)
    const answer = answers[prompt.ask]
    if (answer === undefined) await sayNothingKept(ctx)
    else await answer(ctx, said.plain, prompt.about ?? '')
  }
}

async function sayNothingKept(ctx: BotContext): Promise<void> {
  await ctx.sender.say(aboutNothingCard(), { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** A reply to the owner's own message is about the task that it became. */
async function commentOnCaptured(
  ctx: BotContext,
  target: Message,
  text: string,
  next: () => Promise<void>,
): Promise<void> {
  const captured = await captureOfMessage(scopeOf(ctx), target.message_id)
  const task = captured === null ? null : await findTask(scopeOf(ctx), captured.trace.taskId)
  if (task === null) await next()
  else await comment(ctx, task, text)
}

async function comment(ctx: BotContext, task: Task, text: string): Promise<void> {
  await editTask(ctx.board, task.id, { comment: text })
  await acknowledge(ctx, '👀')
}

async function answerTask(
  ctx: BotContext,
  prompt: Prompt,
  taskId: string,
  said: { readonly text: string; readonly plain: string; readonly question: Message },
): Promise<void> {
  const task = await findTask(scopeOf(ctx), taskId)
  if (task === null) {
    await ctx.sender.say(deletedCard('The task'), { purpose: 'answer', replyTo: ctx.message?.message_id })
    return
  }
  const { task: changed, auditId } = await editTask(
    ctx.board,
    task.id,
    editFor(prompt.ask, said, task, readerOf(ctx)),
  )
  await acknowledge(ctx, prompt.ask === 'answer' || prompt.ask === 'send-back' ? '👀' : '👍')
  await ctx.sender.remove(said.question.message_id)
  await showAnswered(ctx, prompt, changed, auditId)
}

/** What an answer changes of its task. Throws `invalid` where it cannot be understood. */
function editFor(
  ask: PromptKind,
  { text, plain }: { readonly text: string; readonly plain: string },
  task: Task,
  reader: { readonly now: Date; readonly timeZone: string },
): TaskEdit {
  switch (ask) {
    case 'send-back':
      return { status: 'todo', comment: text, expect: { status: 'ready' } }
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
  const due = parseDue(text, reader)
  if (due !== null) return due.at
  throw new DomainError(
    'invalid',
    `I do not understand "${text.slice(0, 60)}" as a date. Try "fri 17:00" or "2026-12-01".`,
  )
}
