import { DomainError } from '../../../domain/core/errors.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { sendBackEdit } from '../../../domain/tasks/edit/handoff.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { parseDue } from '../../../domain/time/due/due.ts'
import { findMessage } from '../../../telegram/store/messages/messages.ts'
import { questionCard, toasts } from '../../../view/kit/answers.ts'
import { signs } from '../../../view/kit/signs.ts'
import type { Viewer } from '../../../view/kit/when.ts'
import { askTap, type TaskPrompt } from '../../../view/tasks/callbacks.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import { sentBackNotice } from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../../kit/acknowledge.ts'
import { type BotContext, type Prompt, scopeOf, viewerOf } from '../../kit/context.ts'
import {
  createFeature,
  type Feature,
  onAnswer,
  onTap,
  type PromptAnswer,
  type Written,
} from '../../kit/feature.ts'
import { ask } from '../../kit/prompts.ts'
import { notifyRunner } from '../../kit/runner.ts'
import { renderTask, sendTask, showTask } from '../../kit/show.ts'
import { showDeck } from '../../kit/tasks/deck.ts'
import { toast } from '../../kit/toast.ts'

/** The task buttons that prompt for text, and the answers to those prompts. */
export function taskQuestions(): Feature {
  const feature = createFeature()
  onTap(feature, askTap, askAboutTask)
  onTaskAnswer(feature, 'send-back', sendBack)
  onEdit(feature, 'title', ({ plain }) => ({ title: plain.replace(/\s+/g, ' ').trim() }))
  onEdit(feature, 'note', ({ text }) => ({ description: text }))
  onEdit(feature, 'criteria', ({ text }) => ({ criteria: criteriaIn(text) }))
  onEdit(feature, 'label', ({ plain }, task) => ({
    labels: [...task.labels.map((label) => label.name), ...labelsIn(plain)],
  }))
  onEdit(feature, 'branch', ({ plain }) => ({ branch: plain.trim() === '-' ? '' : plain.trim() }))
  onEdit(feature, 'due', ({ plain }, _task, viewer) => ({ dueAt: requireDue(plain, viewer) }))
  return feature
}

/** Prompts for text about a task. If an agent's question is open, the text answers it. */
async function askAboutTask(
  ctx: BotContext,
  { key, what }: { readonly key: string; readonly what: TaskPrompt },
): Promise<void> {
  const task = await requireTask(scopeOf(ctx), key)
  const shownIn = ctx.callbackQuery?.message?.message_id
  const about = what === 'answer' ? task.question?.id : undefined
  if (what === 'answer' && about === undefined) {
    await toast(ctx, toasts.outdated)
    return showTask(ctx, task)
  }
  const topic = { kind: 'prompt', ask: what, taskId: task.id, shownIn } as const
  await ask(ctx, questionCard(what, task.key), about === undefined ? topic : { ...topic, about })
}

function onTaskAnswer(
  feature: Feature,
  question: TaskPrompt,
  handle: (ctx: BotContext, task: Task, answer: PromptAnswer) => Promise<void>,
): void {
  onAnswer(feature, question, async (ctx, answer) => {
    const task = await findTask(scopeOf(ctx), answer.prompt.taskId ?? '')
    if (task !== null) return handle(ctx, task, answer)
    await ctx.sender.send(deletedCard('The task'), { purpose: 'answer', replyTo: ctx.message?.message_id })
  })
}

function onEdit(
  feature: Feature,
  question: TaskPrompt,
  toEdit: (written: Written, task: Task, viewer: Viewer) => TaskEdit,
): void {
  onTaskAnswer(feature, question, (ctx, task, answer) =>
    edit(ctx, task, answer, toEdit(answer.written, task, viewerOf(ctx))),
  )
}

async function edit(ctx: BotContext, task: Task, answer: PromptAnswer, change: TaskEdit): Promise<void> {
  const { task: changed, auditId } = await editTask(ctx.board, task.id, change)
  await ctx.sender.remove(answer.messageId)
  await acknowledge(ctx, signs.answered)
  await showAnswered(ctx, answer.prompt, changed, auditId)
}

async function sendBack(ctx: BotContext, task: Task, { written, messageId }: PromptAnswer): Promise<void> {
  const { task: changed, auditId } = await editTask(ctx.board, task.id, sendBackEdit(written.text))
  await ctx.sender.remove(messageId)
  await acknowledge(ctx, signs.kept)
  await sendTask(ctx, changed, { undo: auditId, ...sentBackNotice(changed, 'card') })
  await notifyRunner(ctx, changed)
}

/** Shows the result on the card or deck whose button asked, or on a new card if that message now shows another task. */
async function showAnswered(
  ctx: BotContext,
  { shownIn }: Prompt,
  task: Task,
  undo: string | null,
): Promise<void> {
  const { chatId } = ctx.settings
  const row =
    shownIn === undefined || chatId === null ? null : await findMessage(ctx.board.db, chatId, shownIn)
  if (shownIn === undefined || row === null || row.taskId !== task.id) {
    await sendTask(ctx, task, { undo })
    return
  }
  const topic = row.topic
  if (topic?.kind === 'deck') return showDeck(ctx, { task, options: { undo }, topic, messageId: shownIn })
  const { card, about } = await renderTask(ctx, task, { undo })
  await ctx.sender.edit(shownIn, card, about)
}

/** Returns one criterion per line, without list markers and checkboxes. */
function criteriaIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.replace(/^(?:[-*•]\s+)?(?:\[[ xX]?\]\s*)?/, ''))
}

function labelsIn(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((name) => name.trim().replace(/^#/, ''))
    .filter(Boolean)
}

function requireDue(text: string, viewer: Viewer): Date {
  const due = parseDue(text.trim().replace(/^\^/, ''), viewer)
  if (due !== null) return due.at
  throw new DomainError(
    'invalid',
    `I couldn't read "${text.slice(0, 60)}" as a date. Try "fri 17:00" or "2026-12-01".`,
  )
}
