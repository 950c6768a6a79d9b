import { DomainError } from '../../../domain/core/errors.ts'
import type { TaskStatus } from '../../../domain/core/task-values.ts'
import { listLabels } from '../../../domain/labels/labels.ts'
import { listProjects } from '../../../domain/projects/read.ts'
import { answerQuestion } from '../../../domain/tasks/answer.ts'
import { type Edited, editTask } from '../../../domain/tasks/edit/edit.ts'
import { type Goal, queueEdit, stopEdit, takeBackEdit } from '../../../domain/tasks/edit/handoff.ts'
import { moveToProject } from '../../../domain/tasks/edit/move-project.ts'
import { withMark } from '../../../domain/tasks/notes/note.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import { deleteTask } from '../../../domain/tasks/removal/remove.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { undoChange } from '../../../domain/undo/undo.ts'
import { changedToast, staleToast, toasts } from '../../../view/kit/answers.ts'
import { markOf } from '../../../view/kit/callbacks.ts'
import type { Card } from '../../../view/kit/card.ts'
import { undoneListCard } from '../../../view/system/undo.ts'
import {
  answerTap,
  criterionTap,
  deleteTap,
  dueTap,
  engineTap,
  focusTap,
  handOffTap,
  labelTap,
  type Menu,
  menuTap,
  moveTap,
  moveToProjectTap,
  openTap,
  priorityTap,
  queueTap,
  releaseTap,
  type Surface,
  sendBackTap,
  stopAndMoveTap,
  undoTap,
} from '../../../view/tasks/callbacks.ts'
import { deleteCard, type TaskCardOptions } from '../../../view/tasks/card.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import {
  answeredNotice,
  lateAnswerNotice,
  queueUnansweredCard,
  sentBackNotice,
  stopAndMoveCard,
} from '../../../view/tasks/handoffs.ts'
import { type BotContext, readerOf, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { explainNotQueued, notifyRunner, postToRunner } from '../../kit/runner.ts'
import { sendTask, showScreen, showTask } from '../../kit/show.ts'
import { askInDeck, continueDeck, showAfterAction, showDeck } from '../../kit/tasks/deck.ts'
import { choiceToDate } from '../../kit/tasks/due-choice.ts'
import { toast } from '../../kit/toast.ts'
import { undoLimit } from '../../kit/undo.ts'

/** The buttons of a task, wherever they stand: on its card, in the triage deck, in a notification. */
export function taskActions(): Feature {
  const feature = createFeature()
  onTap(feature, moveTap, (ctx, { on, key, from, to }) => move(ctx, { on, key, from, to, sure: false }))
  onTap(feature, stopAndMoveTap, (ctx, { on, key, from, to }) => move(ctx, { on, key, from, to, sure: true }))
  onTap(feature, handOffTap, handOff)
  onTap(feature, answerTap, answer)
  onTap(feature, sendBackTap, sendBack)
  onTap(feature, priorityTap, (ctx, { on, key, to }) => change(ctx, on, key, { priority: to }))
  onTap(feature, engineTap, (ctx, { on, key, to }) => change(ctx, on, key, { engine: to }))
  onTap(feature, dueTap, (ctx, { on, key, to }) =>
    change(ctx, on, key, { dueAt: choiceToDate(to, readerOf(ctx)) }),
  )
  onTap(feature, focusTap, (ctx, { on, key, set }) => change(ctx, on, key, { focus: set }))
  onTap(feature, queueTap, (ctx, { on, key, set }) =>
    set
      ? handOff(ctx, { on, key, from: null, goal: 'work', sure: false })
      : change(ctx, on, key, takeBackEdit()),
  )
  onTap(feature, releaseTap, (ctx, { on, key }) => change(ctx, on, key, stopEdit()))
  onTap(feature, labelTap, toggleLabel)
  onTap(feature, criterionTap, checkCriterion)
  onTap(feature, moveToProjectTap, (ctx, { on, key, to }) =>
    act(ctx, on, key, () => moveToProject(ctx.board, key, to)),
  )
  onTap(feature, menuTap, (ctx, { on, key, menu, page }) => openMenu(ctx, { on, key, menu, page }))
  onTap(feature, openTap, async (ctx, { key }) => {
    await sendTask(ctx, await requireTask(scopeOf(ctx), key))
  })
  onTap(feature, deleteTap, remove)
  onTap(feature, undoTap, (ctx, { on, audit }) => undo(ctx, on, audit))
  return feature
}

/** Moves a task. What would take it from an agent that works on it is asked once. */
async function move(
  ctx: BotContext,
  tap: { on: Surface; key: string; from: TaskStatus; to: TaskStatus; sure: boolean },
): Promise<void> {
  const { on, key, from, to, sure } = tap
  const task = await findTask(scopeOf(ctx), key)
  const stops = task?.runState === 'running' && task.status !== to && to !== 'todo'
  if (task === null || !stops || sure) return change(ctx, on, key, { status: to, expect: { status: from } })
  await confirm(ctx, on, task, stopAndMoveCard(task, to, on, readerOf(ctx)))
}

async function confirm(ctx: BotContext, on: Surface, task: Task, card: Card): Promise<void> {
  if (on === 'deck') await askInDeck(ctx, task, card)
  else await showScreen(ctx, card, { purpose: 'card', taskId: task.id })
}

function change(ctx: BotContext, on: Surface, key: string, edit: TaskEdit): Promise<void> {
  return act(ctx, on, key, () => editTask(ctx.board, key, edit), edit)
}

/** Hands a task to an agent. If a runner is to be told, only a line that was taken leaves the task queued. */
async function handOff(
  ctx: BotContext,
  tap: {
    readonly on: Surface
    readonly key: string
    /** The status that the button was made for; null on buttons of an earlier version. */
    readonly from: TaskStatus | null
    readonly goal: Goal
    readonly sure: boolean
  },
): Promise<void> {
  const { on, key, from, goal, sure } = tap
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) return showGone(ctx, on, key)
  // From todo, Queue means the same on every card, however old.
  const isStale = from !== null && from !== task.status && task.status !== 'todo'
  if (task.runState !== null || isStale) {
    await toast(ctx, task.runState === null ? staleToast(task) : toasts.unchanged)
    return showAfterAction(ctx, on, task, null)
  }
  if (task.question !== null && !sure) return confirm(ctx, on, task, queueUnansweredCard(task, on))
  const edit = queueEdit(task, goal, sure)
  const refusals = await postToRunner(ctx, [{ ...task, status: edit.status ?? task.status }])
  if (refusals.length === 0) return act(ctx, on, key, () => editTask(ctx.board, key, edit))
  await toast(ctx, toasts.notQueued)
  await explainNotQueued(ctx, refusals)
  await showAfterAction(ctx, on, task, null)
}

/** Answers a question with one of its options, and says where the task went. */
async function answer(
  ctx: BotContext,
  { on, question, option }: { readonly on: Surface; readonly question: string; readonly option: string },
): Promise<void> {
  const answered = await answerQuestion(ctx.board, question, { options: [option] })
  const { task, auditId, isLate } = answered
  if (isLate) {
    await toast(ctx, answered.question.state === 'answered' ? toasts.alreadyAnswered : toasts.withdrawn)
    return showTask(ctx, task, { notice: lateAnswerNotice(answered, readerOf(ctx), false) })
  }
  await toast(ctx, toasts.answered)
  await showTask(ctx, task, { undo: auditId, ...answeredNotice(answered, on) })
  await notifyRunner(ctx, task)
}

/** Sends a ready task back with the comments that it has. */
async function sendBack(
  ctx: BotContext,
  { on, key }: { readonly on: Surface; readonly key: string },
): Promise<void> {
  const edit = { status: 'todo', runState: 'queued', expect: { status: 'ready' } } as const
  await act(
    ctx,
    on,
    key,
    () => editTask(ctx.board, key, edit),
    {},
    (task) => sentBackNotice(task, on),
  )
  const task = await findTask(scopeOf(ctx), key)
  if (task !== null) await notifyRunner(ctx, task)
}

/** Does something to a task and shows what is true afterwards, whether it was done, done before, or refused. */
async function act(
  ctx: BotContext,
  on: Surface,
  key: string,
  work: () => Promise<Edited>,
  edit: TaskEdit = {},
  noticeOf: (task: Task) => Partial<TaskCardOptions> = () => ({}),
): Promise<void> {
  try {
    const before = await requireTask(scopeOf(ctx), key)
    const { task, auditId } = isAlreadyApplied(before, edit) ? { task: before, auditId: null } : await work()
    await toast(ctx, auditId === null ? toasts.unchanged : changedToast(before, task))
    if (on === 'deck' || auditId === null) await showAfterAction(ctx, on, task, auditId)
    else await showTask(ctx, task, { undo: auditId, ...noticeOf(task) })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const task = await findTask(scopeOf(ctx), key)
    if (task === null) return showGone(ctx, on, key)
    await toast(ctx, error.code === 'conflict' ? staleToast(task) : error.message)
    await showAfterAction(ctx, on, task, null)
  }
}

/** Whether a tap asks for what is already the case, as the second of two quick ones does. */
function isAlreadyApplied(task: Task, edit: TaskEdit): boolean {
  if (edit.status !== undefined) return task.status === edit.status
  return edit.runState !== undefined && task.runState === edit.runState
}

async function toggleLabel(
  ctx: BotContext,
  tap: { on: Surface; key: string; label: string; set: boolean },
): Promise<void> {
  await act(ctx, tap.on, tap.key, async () => {
    const label = (await listLabels(scopeOf(ctx))).find(({ id }) => id === tap.label)
    if (label === undefined) throw new DomainError('not-found', 'That label is gone.')
    const task = await requireTask(scopeOf(ctx), tap.key)
    const others = task.labels.filter(({ id }) => id !== label.id).map(({ name }) => name)
    return editTask(ctx.board, tap.key, { labels: tap.set ? [...others, label.name] : others })
  })
}

async function checkCriterion(
  ctx: BotContext,
  tap: { on: Surface; key: string; index: number; mark: string; met: boolean },
): Promise<void> {
  await act(ctx, tap.on, tap.key, async () => {
    const task = await requireTask(scopeOf(ctx), tap.key)
    const note = withMark(task.note, {
      index: tap.index,
      met: tap.met,
      is: (text) => markOf(text) === tap.mark,
    })
    if (note === null) throw new DomainError('not-found', 'The criteria have changed. Here they are.')
    return editTask(ctx.board, tap.key, { note })
  })
}

async function openMenu(
  ctx: BotContext,
  tap: { on: Surface; key: string; menu: Menu; page: number },
): Promise<void> {
  const task = await findTask(scopeOf(ctx), tap.key)
  if (task === null) return showGone(ctx, tap.on, tap.key)
  const labels = tap.menu === 'labels' ? await listLabels(scopeOf(ctx)) : []
  const projects =
    tap.menu === 'more'
      ? (await listProjects(scopeOf(ctx))).map(({ projectKey, name }) => ({ key: projectKey, name }))
      : []
  const options = { on: tap.on, menu: tap.menu, page: tap.page, labels, projects }
  if (tap.on === 'deck') await showDeck(ctx, { task, options })
  else await showTask(ctx, task, options)
}

async function showGone(ctx: BotContext, on: Surface, key: string): Promise<void> {
  await toast(ctx, staleToast(null))
  if (on === 'deck') await continueDeck(ctx, null)
  else await showScreen(ctx, deletedCard(key))
}

async function remove(
  ctx: BotContext,
  { on, key, sure }: { on: Surface; key: string; sure: boolean },
): Promise<void> {
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) return showGone(ctx, on, key)
  if (!sure && on === 'deck') return askInDeck(ctx, task, deleteCard(task, on))
  if (!sure) return showScreen(ctx, deleteCard(task, on), { purpose: 'card', taskId: task.id })
  const { auditId } = await deleteTask(ctx.board, task.id)
  await toast(ctx, `${task.key} deleted.`)
  if (on === 'deck') await continueDeck(ctx, auditId)
  else await showScreen(ctx, deletedCard(task.key, auditId))
}

/** Takes a change back by the button that its answer carried. */
async function undo(ctx: BotContext, on: Surface, auditId: string): Promise<void> {
  try {
    const undone = await undoChange(ctx.board, auditId, undoLimit(ctx))
    await toast(ctx, toasts.undone)
    if (undone.task === null) await showScreen(ctx, undoneListCard(undone))
    else await showAfterAction(ctx, on, undone.task, null)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await toast(ctx, error.message, true)
    const { taskId } = error.facts
    const task = typeof taskId === 'string' ? await findTask(scopeOf(ctx), taskId) : null
    if (task !== null) await showAfterAction(ctx, on, task, null)
  }
}
