import { DomainError } from '../../../domain/core/errors.ts'
import { type Edited, editTask } from '../../../domain/tasks/edit/edit.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { changedToast, staleToast, toasts } from '../../../view/kit/answers.ts'
import type { Surface } from '../../../view/tasks/callbacks.ts'
import type { TaskCardOptions } from '../../../view/tasks/card.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { showScreen, showTask } from '../show.ts'
import { toast } from '../toast.ts'
import { continueDeck, showAfterAction } from './deck.ts'

/** Changes a task on a tap and shows its current state, whether or not the change was made. */
export async function changeTask(
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

/** Returns whether the tap asks for the current state, e.g., the second of two quick taps. */
function isAlreadyApplied(task: Task, edit: TaskEdit): boolean {
  if (edit.status !== undefined) return task.status === edit.status
  return edit.runState !== undefined && task.runState === edit.runState
}

/** Edits a task on a tap. */
export function editByTap(ctx: BotContext, on: Surface, key: string, edit: TaskEdit): Promise<void> {
  return changeTask(ctx, on, key, () => editTask(ctx.board, key, edit), edit)
}

/** Shows that a task was deleted. A deck continues with its next card. */
export async function showGone(ctx: BotContext, on: Surface, key: string): Promise<void> {
  await toast(ctx, staleToast(null))
  if (on === 'deck') await continueDeck(ctx, null)
  else await showScreen(ctx, deletedCard(key))
}
