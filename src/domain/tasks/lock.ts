import { tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Ctx } from '../context.ts'
import { findTask, isTask, noSuchTask, requireTask } from './read.ts'
import type { Task } from './task.ts'

/** Reads a task and holds it until the transaction ends; throws `not-found`. */
export async function lockTask(ctx: Ctx, tx: Tx, reference: string): Promise<Task> {
  const scope = { db: tx, ownerId: ctx.ownerId }
  const [held] = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(isTask(ctx.ownerId, reference))
    .for('update')
  // Read by a statement of its own: whoever had the lock before may have changed more than the row, such as its labels.
  if (held !== undefined) return requireTask(scope, held.id)
  const found = await findTask(scope, reference)
  if (found === null) throw noSuchTask(reference)
  return lockTask(ctx, tx, found.id)
}
