import { readDetail } from '../../../domain/tasks/detail.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { requireTask } from '../../../domain/tasks/read.ts'
import { nudgeText, staleToast, toasts } from '../../../view/kit/answers.ts'
import { keepWaitingTap, nudgeTap } from '../../../view/tasks/posted-card.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showTask } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'

/** The buttons of a notification about a silent run or a long wait: nudge the agent, or keep waiting. */
export function staleRuns(): Feature {
  const feature = createFeature()
  onTap(feature, nudgeTap, (ctx, { key }) => nudge(ctx, key))
  onTap(feature, keepWaitingTap, async (ctx, { key }) => {
    const task = await requireTask(scopeOf(ctx), key)
    await toast(ctx, task.runState === null ? staleToast(task) : toasts.waiting)
    await showTask(ctx, task)
  })
  return feature
}

/** Asks the agent for an update in a comment, which it gets when it next fetches the task. */
async function nudge(ctx: BotContext, key: string): Promise<void> {
  const task = await requireTask(scopeOf(ctx), key)
  if (task.runState === null) {
    await toast(ctx, staleToast(task))
    return showTask(ctx, task)
  }
  const { feedback } = await readDetail(scopeOf(ctx), task)
  const comment = nudgeText(task.runState)
  if (feedback.at(-1)?.text === comment) {
    await toast(ctx, toasts.unchanged)
    return showTask(ctx, task)
  }
  const { task: nudged, auditId } = await editTask(ctx.board, task.id, { comment })
  await toast(ctx, toasts.nudged)
  await showTask(ctx, nudged, { undo: auditId })
}
