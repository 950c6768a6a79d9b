import { taskStatuses } from '../../../domain/core/task-values.ts'
import { readFocus } from '../../../domain/reports/digest.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { listByLane } from '../../../domain/tasks/lists/lanes.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import { changedToast, toasts } from '../../../view/kit/answers.ts'
import { unpackUuid } from '../../../view/kit/callbacks.ts'
import { stopAndMoveCard } from '../../../view/tasks/handoffs.ts'
import { focusCard, pinCard, pinsAPage } from '../../../view/tasks/lists/focus.ts'
import { type BotContext, readerOf, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAct, onCommand, onScreen } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { orRefusal, takeBack } from '../../kit/tasks/take-back.ts'
import { toast } from '../../kit/toast.ts'

/** /focus: today's focus in one message: add, unfocus, done. */
export function focus(): Feature {
  const feature = createFeature()
  onCommand(feature, 'focus', (ctx) => showFocus(ctx))
  onScreen(feature, 'focus', (ctx, argument, page) =>
    argument === 'pin' ? showPins(ctx, page) : showFocus(ctx),
  )
  onAct(feature, 'focus', changeFocus)
  onAct(feature, 'focus-undo', async (ctx, packed) => {
    const auditId = unpackUuid(packed)
    if (auditId !== undefined) await takeBack(ctx, auditId)
    await showFocus(ctx)
  })
  return feature
}

async function showFocus(ctx: BotContext, undo: string | null = null): Promise<void> {
  const reader = readerOf(ctx)
  await showScreen(ctx, focusCard(await readFocus(scopeOf(ctx), reader), { ...reader, undo }))
}

/** What a button changes; `done` names the status that the list showed, so a task that has moved since isn't completed. */
function editFor(value: string): TaskEdit {
  const [what, status] = value.split('.')
  const from = taskStatuses.find((one) => one === status)
  if (what === 'done') return { status: 'done', ...(from === undefined ? {} : { expect: { status: from } }) }
  return { focus: what === 'pin' }
}

async function changeFocus(ctx: BotContext, key: string, value: string): Promise<void> {
  const edit = editFor(value)
  const task = await findTask(scopeOf(ctx), key)
  if (edit.status !== undefined && task?.runState === 'running') {
    const card = stopAndMoveCard(task, edit.status, 'card', readerOf(ctx))
    return showScreen(ctx, card, { purpose: 'card', taskId: task.id })
  }
  const edited = await orRefusal(ctx, async () => {
    const before = await requireTask(scopeOf(ctx), key)
    const isAlreadyApplied = edit.status !== undefined && before.status === edit.status
    const { task, auditId } = isAlreadyApplied
      ? { task: before, auditId: null }
      : await editTask(ctx.board, key, edit)
    await toast(ctx, auditId === null ? toasts.unchanged : changedToast(before, task))
    return auditId
  })
  await showFocus(ctx, edited)
}

const lanes = ['todo', 'inbox', 'hold', 'ready'] as const

async function showPins(ctx: BotContext, wanted: number): Promise<void> {
  const { tasks, count, page } = await listByLane(scopeOf(ctx), {}, { lanes, limit: pinsAPage, page: wanted })
  const pages = Math.max(1, Math.ceil(count / pinsAPage))
  await showScreen(ctx, pinCard(tasks, { ...readerOf(ctx), page, pages }))
}
