import { prepared } from '../../db/prepared.ts'
import { tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Ctx } from '../core/context.ts'
import type { Scope } from '../core/scope.ts'
import { findTaskDeploy, findTaskDetail, type TaskDeploy } from './detail.ts'
import { aboutTask, findTask, noSuchTask } from './read.ts'
import type { Task, TaskDetail } from './task.ts'

const hold = aboutTask(
  (db, isNamed) => db.select({ id: tasks.id }).from(tasks).where(isNamed).for('update'),
  prepared,
)

/** Reads a task and locks it until the transaction ends. Throws `not-found`. */
export async function lockTask(ctx: Ctx, tx: Tx, reference: string): Promise<Task> {
  return lockAndRead(findTask, { db: tx, ownerId: ctx.ownerId }, reference)
}

/** Like `lockTask`, with its project's delivery settings. */
export async function lockTaskDeploy(ctx: Ctx, tx: Tx, reference: string): Promise<TaskDeploy> {
  return lockAndRead(findTaskDeploy, { db: tx, ownerId: ctx.ownerId }, reference)
}

/** Like `lockTask`, with the detail of single-task answers. */
export async function lockTaskDetail(ctx: Ctx, tx: Tx, reference: string): Promise<TaskDetail> {
  return lockAndRead(findTaskDetail, { db: tx, ownerId: ctx.ownerId }, reference)
}

async function lockAndRead<T extends Task>(
  find: (scope: Scope, reference: string) => Promise<T | null>,
  scope: Scope,
  reference: string,
): Promise<T> {
  // Sent together; they run in this order. A separate statement reads the task: the previous holder of the lock may have changed more
  // than the row, e.g., its labels.
  const [held, task] = await Promise.all([hold(scope, reference), find(scope, reference)])
  if (task === null) throw noSuchTask(reference)
  return held.length > 0 ? task : lockAndRead(find, scope, task.id)
}
