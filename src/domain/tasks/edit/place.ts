import type { Change, Ctx } from '../../core/context.ts'
import type { NewEvent } from '../../core/events.ts'
import { parse } from '../../core/parse.ts'
import { lockTask } from '../lock.ts'
import { TaskEdit } from '../schemas.ts'
import { taskAudit } from '../snapshot.ts'
import type { Task } from '../task.ts'
import { writeTask } from '../write.ts'
import { applyEdit, type Edited } from './edit.ts'
import { keyFor, lockLanes, type Place } from './order.ts'

/** Moves a card within its lane or to a place in another one. A move to its own position changes nothing. */
export async function placeTask(
  ctx: Ctx,
  reference: string,
  target: { readonly status?: Task['status']; readonly place: Place },
): Promise<Edited> {
  return ctx.mutate(async (tx): Promise<Change<Edited>> => {
    await lockLanes(tx, ctx.ownerId)
    const task = await lockTask(ctx, tx, reference)
    const status = target.status ?? task.status
    const moved =
      status === task.status
        ? null
        : await applyEdit(ctx, tx, task.id, parse(TaskEdit, { status } satisfies TaskEdit))
    const sortOrder = await keyFor(
      tx,
      { ownerId: ctx.ownerId, status },
      target.place,
      moved?.result.task ?? task,
    )
    if (moved === null && sortOrder === task.sortOrder)
      return { unchanged: true, result: { task, auditId: null } }
    const now = ctx.now()
    const changed = { ...(moved?.result.task ?? task), sortOrder, updatedAt: now }
    await writeTask(tx, changed)
    const audit = taskAudit('task.move', task, changed)
    const events: readonly NewEvent[] =
      moved !== null && 'events' in moved
        ? moved.events
        : [
            {
              type: 'TASK_UPDATED',
              entityId: task.key,
              projectId: task.project.id,
              payload: { changedFields: ['sort_order'], title: task.title },
            },
          ]
    const names = [...(moved?.result.changed ?? []), 'sort_order']
    return { result: { task: changed, auditId: audit.id, changed: names }, events, audit: [audit] }
  })
}
