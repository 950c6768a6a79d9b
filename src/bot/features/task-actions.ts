import { Composer } from 'grammy'
import { DomainError } from '../../domain/errors.ts'
import { listLabels } from '../../domain/labels.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { type Edited, editTask } from '../../domain/tasks/edit.ts'
import { moveToProject } from '../../domain/tasks/move-project.ts'
import { withMark } from '../../domain/tasks/note.ts'
import { findTask, requireTask } from '../../domain/tasks/read.ts'
import { deleteTask } from '../../domain/tasks/remove.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { undoChange } from '../../domain/undo.ts'
import { changedToast, questionCard, staleToast, toasts } from '../../view/answers.ts'
import { type Menu, markOf, type Surface } from '../../view/callbacks.ts'
import { deleteCard } from '../../view/task-card.ts'
import { deletedCard } from '../../view/task-gone.ts'
import { undoneListCard } from '../../view/undo.ts'
import { toast } from '../access.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { choiceToDate } from '../due-choice.ts'
import { sayNotQueued, tellRunner } from '../runner.ts'
import { ask, endQuestion, sayTask, showScreen, showTask } from '../show.ts'
import { onTap } from '../taps.ts'
import { askInDeck, continueDeck, showAfterAction, showDeck } from './deck.ts'

const undoMinutes = 5

/** The buttons of a task, wherever they stand: on its card, in the triage deck, under news. */
export function taskActions(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onTap(composer, 'move', (ctx, { on, key, from, to }) =>
    change(ctx, on, key, { status: to, expect: { status: from } }),
  )
  onTap(composer, 'priority', (ctx, { on, key, to }) => change(ctx, on, key, { priority: to }))
  onTap(composer, 'engine', (ctx, { on, key, to }) => change(ctx, on, key, { engine: to }))
  onTap(composer, 'due', (ctx, { on, key, to }) =>
    change(ctx, on, key, { dueAt: choiceToDate(to, readerOf(ctx)) }),
  )
  onTap(composer, 'focus', (ctx, { on, key, set }) => change(ctx, on, key, { focus: set }))
  onTap(composer, 'queue', (ctx, { on, key, set }) =>
    set ? queue(ctx, on, key) : change(ctx, on, key, { runState: null, expect: { runState: 'queued' } }),
  )
  onTap(composer, 'release', (ctx, { on, key }) =>
    change(ctx, on, key, { runState: null, expect: { runState: 'running' } }),
  )
  onTap(composer, 'label', toggleLabel)
  onTap(composer, 'criterion', checkCriterion)
  onTap(composer, 'project', (ctx, { on, key, to }) =>
    act(ctx, on, key, () => moveToProject(ctx.board, key, to)),
  )
  onTap(composer, 'menu', (ctx, { on, key, menu, page }) => openMenu(ctx, { on, key, menu, page }))
  onTap(composer, 'ask', async (ctx, { key, what }) => {
    const task = await requireTask(scopeOf(ctx), key)
    const shownIn = ctx.callbackQuery?.message?.message_id
    await ask(ctx, questionCard(what, task.key), { kind: 'prompt', ask: what, taskId: task.id, shownIn })
  })
  onTap(composer, 'open', async (ctx, { key }) => {
    await sayTask(ctx, await requireTask(scopeOf(ctx), key))
  })
  onTap(composer, 'delete', remove)
  onTap(composer, 'undo', (ctx, { on, audit }) => undo(ctx, on, audit))
  onTap(composer, 'cancel', async (ctx) => {
    const message = ctx.callbackQuery?.message
    await toast(ctx, toasts.cancelled)
    if (message !== undefined) await endQuestion(ctx, message.message_id)
  })
  return composer
}

function change(ctx: BotContext, on: Surface, key: string, edit: TaskEdit): Promise<void> {
  return act(ctx, on, key, () => editTask(ctx.board, key, edit), edit)
}

/** Asks for an agent; where a runner is to be told, only a line that was taken leaves the task queued. */
async function queue(ctx: BotContext, on: Surface, key: string): Promise<void> {
  const task = await findTask(scopeOf(ctx), key)
  const refusals = task?.runState === null ? await tellRunner(ctx, [task]) : []
  if (task === null || refusals.length === 0)
    return change(ctx, on, key, { runState: 'queued', expect: { runState: null } })
  await toast(ctx, toasts.notQueued)
  await sayNotQueued(ctx, refusals)
  await showAfterAction(ctx, on, task, null)
}

/** Does something to a task and shows what is true afterwards, whether it was done, done before, or refused. */
async function act(
  ctx: BotContext,
  on: Surface,
  key: string,
  work: () => Promise<Edited>,
  edit: TaskEdit = {},
): Promise<void> {
  try {
    const before = await requireTask(scopeOf(ctx), key)
    const { task, auditId } = isSo(before, edit) ? { task: before, auditId: null } : await work()
    await toast(ctx, auditId === null ? toasts.unchanged : changedToast(before, task))
    await showAfterAction(ctx, on, task, auditId)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const task = await findTask(scopeOf(ctx), key)
    if (task === null) return showGone(ctx, on, key)
    await toast(ctx, error.code === 'conflict' ? staleToast(task) : error.message)
    await showAfterAction(ctx, on, task, null)
  }
}

/** Whether a tap asks for what is so already, as the second of two quick ones does. */
function isSo(task: Task, edit: TaskEdit): boolean {
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
  const notBefore = new Date(ctx.board.now().getTime() - undoMinutes * 60_000)
  try {
    const undone = await undoChange(ctx.board, auditId, notBefore)
    await toast(ctx, toasts.undone)
    if (undone.task === null) await showScreen(ctx, undoneListCard(undone))
    else await showAfterAction(ctx, on, undone.task, null)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await toast(ctx, error.message, true)
  }
}
