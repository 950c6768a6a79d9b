import { v7 } from 'uuid'
import type { AuditEntry, Change, Ctx } from '../../core/context.ts'
import type { NewEvent } from '../../core/events.ts'
import { parse } from '../../core/parse.ts'
import { TaskEdit } from '../schemas.ts'
import type { Task } from '../task.ts'
import { applyEdit } from './edit.ts'
import { lockLanes } from './order.ts'

/** One of several edits that are made together. */
export interface EditOfMany {
  /** A key or uuid. */
  readonly reference: string
  readonly edit: TaskEdit
}

/** The outcome of several edits: the changed tasks. `auditId` undoes all of them; null if none changed. */
export interface EditedMany {
  readonly tasks: readonly Task[]
  readonly auditId: string | null
}

/**
 * Changes several tasks in one transaction: all or, if one throws like `editTask`, none. One undo reverts all.
 */
export async function editTasks(ctx: Ctx, edits: readonly EditOfMany[]): Promise<EditedMany> {
  const parsed = edits.map(({ reference, edit }) => ({ reference, edit: parse(TaskEdit, edit) }))
  return ctx.mutate(async (tx): Promise<Change<EditedMany>> => {
    await lockLanes(tx, ctx.ownerId)
    const batch = v7()
    const tasks: Task[] = []
    const events: NewEvent[] = []
    const audit: AuditEntry[] = []
    for (const { reference, edit } of parsed) {
      const change = await applyEdit(ctx, tx, reference, edit)
      if ('unchanged' in change) continue
      tasks.push(change.result.task)
      events.push(...change.events)
      audit.push(...change.audit.map((entry) => (entry.targetType === 'task' ? { ...entry, batch } : entry)))
    }
    const [first, ...others] = audit
    if (first === undefined) return { unchanged: true, result: { tasks: [], auditId: null } }
    return { result: { tasks, auditId: first.id ?? null }, events, audit: [first, ...others] }
  })
}
