import { DomainError } from '../../../domain/core/errors.ts'
import { type Edited, editTask } from '../../../domain/tasks/edit/edit.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { changedToast, staleToast, toasts } from '../../../view/kit/answers.ts'
import type { Card } from '../../../view/kit/card.ts'
import type { Surface } from '../../../view/tasks/callbacks.ts'
import type { TaskCardOptions } from '../../../view/tasks/card.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { showScreen, showTask } from '../show.ts'
import { toast } from '../toast.ts'
import { askInDeck, continueDeck, showAfterAction } from './deck.ts'

/** Changes a task on a tap and shows its current state, whether or not the change was made. */
export async function changeTask(
  ctx: BotContext,
  on: Surface,
  key: string,
  work: () => Promise<Edited>,
  {
    noticeOf = () => ({}),
    confirmation = () => null,
  }: {
    readonly noticeOf?: (task: Task) => Partial<TaskCardOptions>
    /** What to ask instead, if `work` changes nothing for that reason. */
    readonly confirmation?: Confirmation
  } = {},
): Promise<void> {
  try {
    const { task, before = task, auditId } = await work()
    const question = auditId === null ? confirmation(task) : null
    if (question !== null) return await confirm(ctx, on, task, question)
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

/** Returns the question to ask before a task is changed; null if there is none. */
export type Confirmation = (task: Task) => Card | null

/** Asks for confirmation in the tapped message. */
export async function confirm(ctx: BotContext, on: Surface, task: Task, card: Card): Promise<void> {
  if (on === 'deck') await askInDeck(ctx, task, card)
  else await showScreen(ctx, card, { purpose: 'card', taskId: task.id })
}

/** Returns whether the tap asks for the current state, e.g., the second of two quick taps. */
function isAlreadyApplied(task: Task, edit: TaskEdit): boolean {
  if (edit.status !== undefined) return task.status === edit.status
  return edit.runState !== undefined && task.runState === edit.runState
}

/** Edits a task on a tap, unless that must be confirmed first. */
export function editByTap(
  ctx: BotContext,
  on: Surface,
  key: string,
  edit: TaskEdit,
  confirmation: Confirmation = () => null,
): Promise<void> {
  const unless = (task: Task) => isAlreadyApplied(task, edit) || confirmation(task) !== null
  return changeTask(ctx, on, key, () => editTask(ctx.board, key, edit, { unless }), { confirmation })
}

/** Shows that a task was deleted. A deck continues with its next card. */
export async function showGone(ctx: BotContext, on: Surface, key: string): Promise<void> {
  await toast(ctx, staleToast(null))
  if (on === 'deck') await continueDeck(ctx, null)
  else await showScreen(ctx, deletedCard(key))
}
