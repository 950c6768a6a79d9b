import type { TaskStatus } from '../../../domain/core/task-values.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { type Goal, queueEdit, stopEdit, takeBackEdit } from '../../../domain/tasks/edit/handoff.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { staleToast, toasts } from '../../../view/kit/answers.ts'
import {
  handOffTap,
  moveTap,
  queueTap,
  releaseTap,
  type Surface,
  sendBackTap,
  stopAndMoveTap,
} from '../../../view/tasks/callbacks.ts'
import { queueUnansweredCard, sentBackNotice, stopAndMoveCard } from '../../../view/tasks/handoffs.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { explainNotQueued, notifyRunner, postToRunner } from '../../kit/runner.ts'
import { changeTask, confirm, editByTap, showGone } from '../../kit/tasks/change-task.ts'
import { showAfterAction } from '../../kit/tasks/deck.ts'
import { toast } from '../../kit/toast.ts'

/** The buttons that move a task, hand it to an agent, or take it back. */
export function handoffs(): Feature {
  const feature = createFeature()
  onTap(feature, moveTap, (ctx, tap) => move(ctx, { ...tap, sure: false }))
  onTap(feature, stopAndMoveTap, (ctx, tap) => move(ctx, { ...tap, sure: true }))
  onTap(feature, handOffTap, handOff)
  onTap(feature, queueTap, (ctx, { on, key, set }) =>
    set
      ? handOff(ctx, { on, key, from: null, goal: 'work', sure: false })
      : editByTap(ctx, on, key, takeBackEdit()),
  )
  onTap(feature, releaseTap, (ctx, { on, key }) => editByTap(ctx, on, key, stopEdit()))
  onTap(feature, sendBackTap, sendBack)
  return feature
}

/** Moves a task. Asks for confirmation if that would take it from an agent working on it. */
async function move(
  ctx: BotContext,
  tap: { on: Surface; key: string; from: TaskStatus; to: TaskStatus; sure: boolean },
): Promise<void> {
  const { on, key, from, to, sure } = tap
  const stops = (task: Task) => task.runState === 'running' && task.status !== to && to !== 'todo'
  await editByTap(ctx, on, key, { status: to, expect: { status: from } }, (task) =>
    stops(task) && !sure ? stopAndMoveCard(task, to, on, viewerOf(ctx)) : null,
  )
}

/** Hands a task to an agent. With a runner, the task stays queued only if its line was delivered. */
async function handOff(
  ctx: BotContext,
  tap: {
    readonly on: Surface
    readonly key: string
    /** The status when the button was made; null on buttons of earlier versions. */
    readonly from: TaskStatus | null
    readonly goal: Goal
    readonly sure: boolean
  },
): Promise<void> {
  const { on, key, from, goal, sure } = tap
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) return showGone(ctx, on, key)
  // Queueing from Todo means the same on every card, however old.
  const isStale = from !== null && from !== task.status && task.status !== 'todo'
  if (task.runState !== null || isStale) {
    await toast(ctx, task.runState === null ? staleToast(task) : toasts.unchanged)
    return showAfterAction(ctx, on, task, null)
  }
  if (task.question !== null && !sure) return confirm(ctx, on, task, queueUnansweredCard(task, on))
  const edit = queueEdit(task, goal, sure)
  const refusals = await postToRunner(ctx, [{ ...task, status: edit.status ?? task.status }])
  if (refusals.length === 0) return changeTask(ctx, on, key, () => editTask(ctx.board, key, edit))
  await toast(ctx, toasts.notQueued)
  await explainNotQueued(ctx, refusals)
  await showAfterAction(ctx, on, task, null)
}

/** Sends a ready task back with its comments. */
async function sendBack(
  ctx: BotContext,
  { on, key }: { readonly on: Surface; readonly key: string },
): Promise<void> {
  const edit = { status: 'todo', runState: 'queued', expect: { status: 'ready' } } as const
  await changeTask(ctx, on, key, () => editTask(ctx.board, key, edit), {
    noticeOf: (task) => sentBackNotice(task, on),
  })
  const task = await findTask(scopeOf(ctx), key)
  if (task !== null) await notifyRunner(ctx, task)
}
