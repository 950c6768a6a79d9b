import { v7 } from 'uuid'
import { type Change, joinRecorded } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import { parse } from '../../core/parse.ts'
import type { Label } from '../../labels/label.ts'
import { TaskEdit } from '../schemas.ts'
import type { Task } from '../task.ts'
import { afterEdit, decideEdit } from './decide-edit.ts'
import { type EditState, readEditState } from './edit-state.ts'

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

/** Changes several tasks in one statement: all or, if one throws like `editTask`, none. One undo reverts all. */
export async function editTasks(ctx: Ctx, edits: readonly EditOfMany[]): Promise<EditedMany> {
  const parsed = edits.map(({ reference, edit }) => ({ reference, edit: parse(TaskEdit, edit) }))
  return ctx.commit(async (db): Promise<Change<EditedMany>> => {
    const read = await Promise.all(
      parsed.map(async ({ reference, edit }) => ({
        edit,
        state: await readEditState(ctx, db, reference, edit),
      })),
    )
    const earlier = new Map<string, Pick<EditState, 'task' | 'openQuestions'>>()
    let ends: EditState['ends'] = {}
    let labels: readonly Label[] = []
    const changes = read.flatMap(({ edit, state }) => {
      // An earlier edit may have created a label that this one assigns too.
      const current: EditState = {
        ...state,
        ...earlier.get(state.task.id),
        knownLabels: [...state.knownLabels, ...labels],
        ends: { ...state.ends, ...ends },
      }
      const decided = decideEdit(ctx, current, edit)
      const after = afterEdit(current, decided)
      earlier.set(state.task.id, { task: after.task, openQuestions: after.openQuestions })
      if ('unchanged' in decided) return []
      ends = { ...ends, ...after.ends }
      labels = [...labels, ...after.task.labels]
      return [decided]
    })
    if (changes.length === 0) return { unchanged: true, result: { tasks: [], auditId: null } }
    const batch = v7()
    const { audit, ...joined } = joinRecorded(changes)
    const inBatch = audit.map((entry) => (entry.targetType === 'task' ? { ...entry, batch } : entry))
    const [first = audit[0], ...others] = inBatch
    const tasks = changes.map(({ result }) => result.task)
    return { ...joined, audit: [first, ...others], result: { tasks, auditId: first.id ?? null } }
  })
}
