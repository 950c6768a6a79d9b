import { DomainError } from '../../../domain/core/errors.ts'
import { listLabels } from '../../../domain/labels/labels.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../domain/tasks/edit/move-project.ts'
import { withMark } from '../../../domain/tasks/notes/note.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import { deleteTask } from '../../../domain/tasks/removal/remove.ts'
import { parseDue } from '../../../domain/time/due/due.ts'
import { undoChange } from '../../../domain/undo/undo.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { markOf } from '../../../view/kit/callbacks.ts'
import type { Viewer } from '../../../view/kit/when.ts'
import { undoneListCard } from '../../../view/system/undo.ts'
import {
  criterionTap,
  type DueChoice,
  deleteTap,
  dueTap,
  engineTap,
  focusTap,
  labelTap,
  type Menu,
  menuTap,
  moveToProjectTap,
  openTap,
  priorityTap,
  type Surface,
  undoTap,
} from '../../../view/tasks/callbacks.ts'
import { deleteCard } from '../../../view/tasks/card.ts'
import { deletedCard } from '../../../view/tasks/gone.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { sendTask, showScreen, showTask } from '../../kit/show.ts'
import { changeTask, editByTap, showGone } from '../../kit/tasks/change-task.ts'
import { askInDeck, continueDeck, showAfterAction, showDeck } from '../../kit/tasks/deck.ts'
import { toast } from '../../kit/toast.ts'
import { undoLimit } from '../../kit/undo.ts'

/** The buttons that open, edit, delete or restore a task on its card, in the triage deck or in a notification. */
export function taskActions(): Feature {
  const feature = createFeature()
  onTap(feature, openTap, async (ctx, { key }) => {
    await sendTask(ctx, await requireTask(scopeOf(ctx), key))
  })
  onTap(feature, menuTap, openMenu)
  onTap(feature, priorityTap, (ctx, { on, key, to }) => editByTap(ctx, on, key, { priority: to }))
  onTap(feature, engineTap, (ctx, { on, key, to }) => editByTap(ctx, on, key, { engine: to }))
  onTap(feature, dueTap, (ctx, { on, key, to }) =>
    editByTap(ctx, on, key, { dueAt: toDueDate(to, viewerOf(ctx)) }),
  )
  onTap(feature, focusTap, (ctx, { on, key, set }) => editByTap(ctx, on, key, { focus: set }))
  onTap(feature, labelTap, toggleLabel)
  onTap(feature, criterionTap, checkCriterion)
  onTap(feature, moveToProjectTap, (ctx, { on, key, to }) =>
    changeTask(ctx, on, key, () => moveToProject(ctx.board, key, to)),
  )
  onTap(feature, deleteTap, remove)
  onTap(feature, undoTap, (ctx, { on, audit }) => undo(ctx, on, audit))
  return feature
}

/** Returns the due date for a button, in the owner's time zone. */
function toDueDate(choice: DueChoice, viewer: Viewer): Date | null {
  return choice === 'none' ? null : (parseDue(choice, viewer)?.at ?? null)
}

async function toggleLabel(
  ctx: BotContext,
  tap: { on: Surface; key: string; label: string; set: boolean },
): Promise<void> {
  await changeTask(ctx, tap.on, tap.key, async () => {
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
  await changeTask(ctx, tap.on, tap.key, async () => {
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
      ? (await ctx.projects()).map(({ projectKey, name }) => ({ key: projectKey, name }))
      : []
  const options = { on: tap.on, menu: tap.menu, page: tap.page, labels, projects }
  if (tap.on === 'deck') await showDeck(ctx, { task, options })
  else await showTask(ctx, task, options)
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

/** Undoes a change with the button on its answer. */
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
