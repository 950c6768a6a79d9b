import type { Ctx } from '../../core/context.ts'
import { parse } from '../../core/parse.ts'
import { TaskEdit } from '../schemas.ts'
import { decideEdit, type Edited } from './decide-edit.ts'
import { readEditState } from './edit-state.ts'

export type { Edited } from './decide-edit.ts'

/**
 * Changes one task: fields, note, status, run, result and comment in one statement. Throws `not-found`, `invalid`, and
 * `conflict` if the task isn't in the required state or another agent is working on it.
 */
export async function editTask(
  ctx: Ctx,
  reference: string,
  input: TaskEdit,
  options?: { readonly withDetail?: boolean },
): Promise<Edited> {
  const edit = parse(TaskEdit, input)
  return ctx.commit(async (db) =>
    decideEdit(ctx, await readEditState(ctx, db, reference, edit, options), edit),
  )
}
