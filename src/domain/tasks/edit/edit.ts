import type { Ctx } from '../../core/context.ts'
import { parse } from '../../core/parse.ts'
import { TaskEdit } from '../schemas.ts'
import type { Task } from '../task.ts'
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
  {
    withDetail = false,
    unless = () => false,
  }: {
    readonly withDetail?: boolean
    /** Nothing changes if this holds for the task as it is. */
    readonly unless?: (task: Task) => boolean
  } = {},
): Promise<Edited> {
  const edit = parse(TaskEdit, input)
  return ctx.commit(async (db) => {
    const state = await readEditState(ctx, db, reference, edit, { withDetail })
    if (unless(state.task)) return { unchanged: true, result: { task: state.task, auditId: null } }
    return decideEdit(ctx, state, edit)
  })
}
