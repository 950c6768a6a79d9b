import { DomainError } from '../../../domain/core/errors.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { snoozeUntil } from '../../../domain/tasks/lists/snooze-choice.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { turnOf } from '../../../domain/turn.ts'
import { staleToast, toasts } from '../../../view/kit/answers.ts'
import type { Surface } from '../../../view/tasks/callbacks.ts'
import { type LaterChoice, laterLine, laterTap, laterText } from '../../../view/tasks/later.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showGone } from '../../kit/tasks/change-task.ts'
import { showAfterAction } from '../../kit/tasks/deck.ts'
import { toast } from '../../kit/toast.ts'

/** The choices of Later: the task comes back at that time, or stays on hold. */
export function later(): Feature {
  const feature = createFeature()
  onTap(feature, laterTap, async (ctx, { on, key, to }) => {
    const task = await findTask(scopeOf(ctx), key)
    if (task === null) return showGone(ctx, on, key)
    const turn = turnOf(task)
    if (turn !== 'new' && turn !== 'parked') {
      await toast(ctx, staleToast(task))
      return showAfterAction(ctx, on, task, null)
    }
    await postpone(ctx, on, task, laterEdit(ctx, to))
  })
  return feature
}

function laterEdit(ctx: BotContext, to: LaterChoice): TaskEdit {
  if (to === 'hold') return { status: 'hold', snoozedUntil: null }
  const morning = ctx.settings.digestTime
  return { snoozedUntil: snoozeUntil(to, { ...viewerOf(ctx), morning }) }
}

async function postpone(ctx: BotContext, on: Surface, seen: Task, edit: TaskEdit): Promise<void> {
  try {
    const expect = { status: seen.status, runState: seen.runState }
    const { task, auditId } = await editTask(ctx.board, seen.id, { ...edit, expect })
    await toast(ctx, auditId === null ? toasts.unchanged : `${laterText(task, viewerOf(ctx))}.`)
    await showAfterAction(ctx, on, task, auditId, laterLine(task, viewerOf(ctx)))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const task = await findTask(scopeOf(ctx), seen.id)
    if (task === null) return showGone(ctx, on, seen.key)
    await toast(ctx, error.code === 'conflict' ? staleToast(task) : error.message)
    await showAfterAction(ctx, on, task, null)
  }
}
