import type { BotMessageRow } from '../domain/messages.ts'
import { findTask, readDetail, type Scope } from '../domain/tasks/read.ts'
import { findRunner } from '../domain/tasks/runner.ts'
import { toRequest } from '../view/request.ts'
import { taskCard, taskVersion } from '../view/task-card.ts'
import type { Bound, Rendered } from './deliver.ts'

/** A living card as the truth is at its turn; null where its task is gone, or it is no card. */
export async function renderCard(
  scope: Scope,
  row: BotMessageRow,
  { now, timeZone }: Bound,
): Promise<Rendered | null> {
  const task = row.purpose === 'card' && row.taskId !== null ? await findTask(scope, row.taskId) : null
  if (task === null) return null
  const detail = await readDetail(scope, task)
  const runner = task.runState === 'running' ? await findRunner(scope, task.key) : null
  const card = taskCard(detail, { now, timeZone, runner: runner?.name })
  return {
    request: toRequest(card, { silent: true }),
    version: taskVersion(detail),
    seen: detail.updatedAt,
    isOpen: task.status !== 'done' && task.status !== 'archived',
  }
}
