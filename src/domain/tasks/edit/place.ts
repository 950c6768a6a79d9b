import { tasks } from '../../../db/schema.ts'
import type { Change } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import type { NewEvent } from '../../core/events.ts'
import { parse } from '../../core/parse.ts'
import { TaskEdit } from '../schemas.ts'
import { taskAudit } from '../snapshot.ts'
import type { Task } from '../task.ts'
import { decideEdit, type Edited } from './decide-edit.ts'
import { readEditState } from './edit-state.ts'
import { keyAt, type Place } from './order.ts'

/** Moves a card within its lane or to a place in another one. A move to its own position changes nothing. */
export async function placeTask(
  ctx: Ctx,
  reference: string,
  target: { readonly status?: Task['status']; readonly place: Place },
): Promise<Edited> {
  const edit = parse(TaskEdit, target.status === undefined ? {} : { status: target.status })
  return ctx.commit(async (db): Promise<Change<Edited>> => {
    const state = await readEditState(ctx, db, reference, edit)
    const { task } = state
    const moved = decideEdit(ctx, state, edit)
    const after = moved.result.task
    const lane = { ownerId: ctx.ownerId, status: after.status }
    const { sortOrder, rows } = await keyAt(db, lane, target.place, after)
    const isMoved = !('unchanged' in moved)
    if (!isMoved && sortOrder === task.sortOrder) return moved
    const updatedAt = ctx.now()
    const changed = { ...after, sortOrder, updatedAt }
    const audit = taskAudit('task.move', task, changed)
    const event: NewEvent = {
      type: 'TASK_UPDATED',
      entityId: task.key,
      projectId: task.project.id,
      payload: { changedFields: ['sort_order'], title: task.title },
    }
    const names = [...(moved.result.changed ?? []), 'sort_order']
    return {
      result: { task: changed, auditId: audit.id, changed: names },
      rows: [
        ...(isMoved ? moved.rows : []),
        ...rows,
        update(tasks, { key: { id: task.id }, version: state.version, set: { sortOrder, updatedAt } }),
      ],
      events: isMoved ? moved.events : [event],
      audit: [audit],
    }
  })
}
