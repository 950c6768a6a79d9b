import { findTask } from '../../domain/tasks/read.ts'
import { noTaskCard } from '../../view/task-gone.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { sayTask, showScreen } from '../show.ts'

/** Opens what a link `t.me/<bot>?start=t_<KEY>` names; false where it names nothing of ours. */
export async function openByPayload(ctx: BotContext, payload: string): Promise<boolean> {
  const key = /^t_([a-z][a-z0-9]{1,9}-\d{1,10})$/i.exec(payload)?.[1]
  if (key === undefined) return false
  await openByKey(ctx, key)
  return true
}

/** Sends the card of a task by its key; says so where there is none. */
export async function openByKey(ctx: BotContext, key: string): Promise<void> {
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) await showScreen(ctx, noTaskCard(key.toUpperCase()))
  else
    await sayTask(
      ctx,
      task,
      task.key === key.toUpperCase() ? {} : { notice: `${key.toUpperCase()} is ${task.key} now.` },
    )
}
