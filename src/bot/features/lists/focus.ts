import type { TaskStatus } from '../../../domain/core/task-values.ts'
import { readFocus } from '../../../domain/reports/digest.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { listByLane } from '../../../domain/tasks/lists/lanes.ts'
import { findTask, requireTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import { changedToast, toasts } from '../../../view/kit/answers.ts'
import { stopAndMoveCard } from '../../../view/tasks/handoffs.ts'
import {
  focusCard,
  focusListTap,
  focusScreen,
  focusUndoTap,
  pinCard,
  pinsAPage,
} from '../../../view/tasks/lists/focus.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'

/** /focus: today's focus in one message, with buttons to add, remove and complete tasks. */
export function focus(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'focus', description: 'Today’s focus' }, (ctx) => showFocus(ctx))
  onTap(feature, focusScreen, (ctx, { list, page = 0 }) =>
    list === 'pin' ? showPins(ctx, page) : showFocus(ctx),
  )
  onTap(feature, focusListTap, changeFocus)
  onUndo(feature, focusUndoTap, (ctx) => showFocus(ctx))
  return feature
}

async function showFocus(ctx: BotContext, undo: string | null = null): Promise<void> {
  const viewer = viewerOf(ctx)
  await showScreen(ctx, focusCard(await readFocus(scopeOf(ctx), viewer), { ...viewer, undo }))
}

interface FocusTap {
  readonly key: string
  readonly to: 'done' | 'pin' | 'unpin'
  /** The status in the list. A task that has moved since then isn't completed. */
  readonly from: TaskStatus | null
}

async function changeFocus(ctx: BotContext, { key, to, from }: FocusTap): Promise<void> {
  const expect = from === null ? {} : { expect: { status: from } }
  const edit: TaskEdit = to === 'done' ? { status: 'done', ...expect } : { focus: to === 'pin' }
  const task = await findTask(scopeOf(ctx), key)
  if (edit.status !== undefined && task?.runState === 'running') {
    const card = stopAndMoveCard(task, edit.status, 'card', viewerOf(ctx))
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
  await showScreen(ctx, pinCard(tasks, { ...viewerOf(ctx), page, pages }))
}
