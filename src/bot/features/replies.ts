import { Composer } from 'grammy'
import { DomainError } from '../../domain/errors.ts'
import { findMessage, type PromptKind, type ReplyTopic } from '../../domain/messages.ts'
import { parseDue } from '../../domain/due.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { storable } from '../../domain/clip.ts'
import { aboutNothingCard, refusalCard } from '../../view/answers.ts'
import { deletedCard } from '../../view/task-gone.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { describeFiles, textOfMessage } from '../message-text.ts'
import { sayTask } from '../show.ts'

/** Answers that are not about a task; a feature of the bot each. */
export type PromptAnswers = Partial<Record<PromptKind, (ctx: BotContext, text: string, about: string) => Promise<void>>>

/** A reply to anything the bot has said: the answer to a question, or a comment on the task that it is about. */
export function replies(answers: PromptAnswers, onDigestReply: (ctx: BotContext, text: string, taskIds: readonly string[]) => Promise<void>): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    const target = ctx.message.reply_to_message
    // In a topic every message is a reply to the one that opened it.
    if (target === undefined || target.forum_topic_created !== undefined || target.from?.id !== ctx.me.id) return next()
    const text = storable([textOfMessage(ctx.message), describeFiles(ctx.message)].filter(Boolean).join('\n'))
    if (text === '' || /^\/\w/.test(text)) return next()
    const row = await findMessage(ctx.board.db, ctx.chat.id, target.message_id)
    const topic = (row?.topic ?? null) as unknown as ReplyTopic | null
    if (topic?.kind === 'digest') return onDigestReply(ctx, text, topic.taskIds)
    if (topic?.kind === 'prompt' && topic.taskId === undefined) return answers[topic.ask]?.(ctx, text, topic.about ?? '')
    const taskId = topic?.kind === 'prompt' ? (topic.taskId ?? null) : (row?.taskId ?? null)
    if (taskId === null) {
      await ctx.sender.say(aboutNothingCard(), { purpose: 'answer', replyTo: ctx.message.message_id })
      return
    }
    await answerTask(ctx, taskId, topic?.kind === 'prompt' ? topic.ask : null, text, target.message_id)
  })
  return composer
}

async function answerTask(ctx: BotContext, taskId: string, ask: PromptKind | null, text: string, questionId: number): Promise<void> {
  const task = await findTask(scopeOf(ctx), taskId)
  if (task === null) {
    await ctx.sender.say(deletedCard('The task'), { purpose: 'answer', replyTo: ctx.message?.message_id })
    return
  }
  try {
    const { task: changed, auditId } = await editTask(ctx.board, task.id, editFor(ask, text, task, readerOf(ctx)))
    if (ask === null || ask === 'answer') await ctx.react('👀')
    if (ask !== null) await ctx.sender.remove(questionId)
    if (ask !== null) await sayTask(ctx, changed, { undo: auditId })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await ctx.sender.say(refusalCard(error.message), { purpose: 'answer', taskId: task.id, replyTo: ctx.message?.message_id })
  }
}

/** What an answer changes of its task. Throws `invalid` where it cannot be understood. */
function editFor(ask: PromptKind | null, text: string, task: Task, reader: { readonly now: Date; readonly timeZone: string }): TaskEdit {
  switch (ask) {
    case 'send-back':
      return { status: 'todo', comment: text, expect: { status: 'ready' } }
    case 'title':
      return { title: text.replace(/\s+/g, ' ').trim() }
    case 'note':
      return { description: text }
    case 'criteria':
      return { criteria: text.split('\n').map((line) => line.replace(/^\s*(?:[-*•]\s*)?(?:\[[ xX]?\]\s*)?/, '').trim()).filter(Boolean) }
    case 'label':
      return { labels: [...task.labels.map((label) => label.name), ...text.split(/[,\n]/).map((name) => name.replace(/^#/, '').trim()).filter(Boolean)] }
    case 'branch':
      return { branch: text.trim() === '-' ? '' : text.trim() }
    case 'due':
      return { dueAt: requireDue(text, reader) }
    default:
      return { comment: text }
  }
}

function requireDue(text: string, reader: { readonly now: Date; readonly timeZone: string }): Date {
  const due = parseDue(text, reader)
  if (due === null) throw new DomainError('invalid', `I do not understand "${text.slice(0, 60)}" as a date. Try "fri 17:00" or "2026-12-01".`)
  return due.at
}
