import { findTask } from '../../../domain/tasks/read.ts'
import { noTaskCard } from '../../../view/tasks/gone.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { sendTask, showScreen } from '../show.ts'

/** Opens the task of a link of the form `t.me/<bot>?start=t_<KEY>`; returns false for any other link. */
export async function openByPayload(ctx: BotContext, payload: string): Promise<boolean> {
  const key = /^t_([a-z][a-z0-9]{1,9}-\d{1,10})$/i.exec(payload)?.[1]
  if (key === undefined) return false
  await openByKey(ctx, key)
  return true
}

/** Sends a task's card by its key, or says that there's no such task. */
export async function openByKey(ctx: BotContext, key: string): Promise<void> {
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) await showScreen(ctx, noTaskCard(key.toUpperCase()))
  else
    await sendTask(
      ctx,
      task,
      task.key === key.toUpperCase() ? {} : { notice: `Moved: ${key.toUpperCase()} is now ${task.key}.` },
    )
}
