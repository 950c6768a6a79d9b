import { findTask } from '../../domain/tasks/read.ts'
import { deletedCard } from '../../view/task-gone.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { sayTask, showScreen } from '../show.ts'

/** Opens what a link `t.me/<bot>?start=t_<KEY>` names. */
export async function openByPayload(ctx: BotContext, payload: string): Promise<void> {
  const key = payload.replace(/^t_/, '')
  const task = await findTask(scopeOf(ctx), key)
  if (task === null) await showScreen(ctx, deletedCard(key.toUpperCase()))
  else await sayTask(ctx, task)
}
