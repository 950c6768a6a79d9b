import { Composer } from 'grammy'
import { DomainError } from '../../domain/errors.ts'
import { listLabels } from '../../domain/labels.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { editTask, type Edited } from '../../domain/tasks/edit.ts'
import { moveToProject } from '../../domain/tasks/move-project.ts'
import { criteriaOf } from '../../domain/tasks/note.ts'
import { findTask, requireTask } from '../../domain/tasks/read.ts'
import { deleteTask } from '../../domain/tasks/remove.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { undoChange } from '../../domain/undo.ts'
import { movedToast, questionCard, staleToast, toasts } from '../../view/answers.ts'
import type { Menu, Surface } from '../../view/callbacks.ts'
import { deletedCard, undoneCard } from '../../view/task-gone.ts'
import { deleteCard } from '../../view/task-card.ts'
import { toast } from '../access.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { choiceToDate } from '../due-choice.ts'
import { ask, showScreen, showTask } from '../show.ts'
import { onTap } from '../taps.ts'
import { showAfterAction, showDeck } from './deck.ts'

const undoMinutes = 5

/** The buttons of a task, wherever they stand: on its card, in the triage deck, under news. */
export function taskActions(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onTap(composer, 'move', (ctx, { on, key, from, to }) => change(ctx, on, key, { status: to, expect: { status: from } }))
  onTap(composer, 'priority', (ctx, { on, key, to }) => change(ctx, on, key, { priority: to }))
  onTap(composer, 'engine', (ctx, { on, key, to }) => change(ctx, on, key, { engine: to }))
  onTap(composer, 'due', (ctx, { on, key, to }) => change(ctx, on, key, { dueAt: choiceToDate(to, readerOf(ctx)) }))
  onTap(composer, 'focus', (ctx, { on, key, set }) => change(ctx, on, key, { focus: set }))
  onTap(composer, 'queue', (ctx, { on, key, set }) =>
    change(ctx, on, key, set ? { runState: 'queued', expect: { runState: null } } : { runState: null }),
  )
  onTap(composer, 'label', toggleLabel)
  onTap(composer, 'criterion', checkCriterion)
  onTap(composer, 'project', (ctx, { on, key, to }) => act(ctx, on, key, () => moveToProject(ctx.board, key, to)))
  onTap(composer, 'menu', (ctx, { on, key, menu, page }) => openMenu(ctx, { on, key, menu, page }))
  onTap(composer, 'ask', async (ctx, { key, what }) => {
    const task = await requireTask(scopeOf(ctx), key)
    await ask(ctx, questionCard(what, task.key), { kind: 'prompt', ask: what, taskId: task.id })
  })
  onTap(composer, 'open', async (ctx, { key }) => {
    const task = await requireTask(scopeOf(ctx), key)
    await showAsNew(ctx, task)
  })
  onTap(composer, 'delete', remove)
  onTap(composer, 'undo', (ctx, { on, audit }) => undo(ctx, on, audit))
  onTap(composer, 'cancel', async (ctx) => {
    const message = ctx.callbackQuery?.message
    if (message !== undefined) await ctx.sender.remove(message.message_id)
    await toast(ctx, toasts.cancelled)
  })
  return composer
}

function change(ctx: BotContext, on: Surface, key: string, edit: TaskEdit): Promise<void> {
  return act(ctx, on, key, () => editTask(ctx.board, key, edit))
}

/** Does something to a task and shows what is true afterwards, whether it was done, done before, or refused. */
async function act(ctx: BotContext, on: Surface, key: string, work: () => Promise<Edited>): Promise<void> {
  try {
    const { task, auditId } = await work()
    await toast(ctx, auditId === null ? toasts.unchanged : movedToast(task))
    await showAfterAction(ctx, on, task, auditId)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const task = await findTask(scopeOf(ctx), key)
    await toast(ctx, error.code === 'conflict' ? staleToast(task) : error.message)
    if (task === null) await showScreen(ctx, deletedCard(key))
    else await showAfterAction(ctx, on, task, null)
  }
}

async function toggleLabel(ctx: BotContext, tap: { on: Surface; key: string; label: string; set: boolean }): Promise<void> {
  const label = (await listLabels(scopeOf(ctx))).find(({ id }) => id === tap.label)
  await act(ctx, tap.on, tap.key, async () => {
    const task = await requireTask(scopeOf(ctx), tap.key)
    if (label === undefined) throw new DomainError('not-found', 'That label is gone.')
    const others = task.labels.filter(({ id }) => id !== label.id).map(({ name }) => name)
    return editTask(ctx.board, tap.key, { labels: tap.set ? [...others, label.name] : others })
  })
}

async function checkCriterion(ctx: BotContext, tap: { on: Surface; key: string; index: number; met: boolean }): Promise<void> {
  await act(ctx, tap.on, tap.key, async () => {
    const task = await requireTask(scopeOf(ctx), tap.key)
    const criterion = criteriaOf(task.note)[tap.index]
    if (criterion === undefined) throw new DomainError('not-found', 'That criterion is gone.')
    const [from, to] = tap.met ? ['[ ]', '[x]'] : ['[x]', '[ ]']
    const lines = (task.note ?? '').split('\n')
    const line = lines.findIndex((text) => text.toLowerCase().includes(from) && text.trimEnd().endsWith(criterion.text))
    const note = lines.map((text, index) => (index === line ? text.replace(/\[[ xX]\]/, to) : text)).join('\n')
    return editTask(ctx.board, tap.key, { note })
  })
}

async function openMenu(ctx: BotContext, tap: { on: Surface; key: string; menu: Menu; page: number }): Promise<void> {
  const task = await findTask(scopeOf(ctx), tap.key)
  if (task === null) {
    await toast(ctx, staleToast(null))
    return showScreen(ctx, deletedCard(tap.key))
  }
  const labels = tap.menu === 'labels' ? await listLabels(scopeOf(ctx)) : []
  const projects = tap.menu === 'more' ? (await listProjects(scopeOf(ctx))).map(({ projectKey, name }) => ({ key: projectKey, name })) : []
  const options = { on: tap.on, menu: tap.menu, page: tap.page, labels, projects }
  if (tap.on === 'deck') await showDeck(ctx, { task, options })
  else await showTask(ctx, task, options)
}

async function showAsNew(ctx: BotContext, task: Task): Promise<void> {
  const { renderTask } = await import('../show.ts')
  const { card, about } = await renderTask(ctx, task)
  await ctx.sender.say(card, about)
}

async function remove(ctx: BotContext, { on, key, sure }: { on: Surface; key: string; sure: boolean }): Promise<void> {
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) {
    await toast(ctx, staleToast(null))
    return showScreen(ctx, deletedCard(key))
  }
  if (!sure) return showScreen(ctx, deleteCard(task, on), { purpose: 'card', taskId: task.id })
  const { auditId } = await deleteTask(ctx.board, task.id)
  await toast(ctx, `${task.key} deleted.`)
  await showScreen(ctx, deletedCard(task.key, auditId))
}

/** Takes a change back by the button that its answer carried. */
async function undo(ctx: BotContext, on: Surface, auditId: string): Promise<void> {
  const notBefore = new Date(ctx.board.now().getTime() - undoMinutes * 60_000)
  try {
    const { task, targetId } = await undoChange(ctx.board, auditId, notBefore)
    await toast(ctx, toasts.undone)
    if (task === null) await showScreen(ctx, undoneCard(targetId))
    else await showAfterAction(ctx, on, task, null)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await toast(ctx, error.message, true)
  }
}
