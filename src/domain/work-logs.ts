import { v7 } from 'uuid'
import { workLogs } from '../db/schema.ts'
import type { Tx } from '../db/types.ts'
import type { NewEvent } from './events.ts'
import type { PlannedLog } from './tasks/plan-edit.ts'

/** Writes the logs of a change to a task and returns their events. Part of a larger transaction. */
export async function writeTaskLogs(
  tx: Tx,
  facts: {
    readonly ownerId: string
    readonly task: { readonly id: string; readonly key: string; readonly projectId: string }
    readonly logs: readonly PlannedLog[]
    readonly now: Date
  },
): Promise<NewEvent[]> {
  if (facts.logs.length === 0) return []
  // Time-ordered ids keep logs of one moment in the order in which they were written.
  const entries = facts.logs.map((log) => ({ id: v7(), ...log }))
  await tx.insert(workLogs).values(
    entries.map(({ id, title, detail, engine }) => ({
      id,
      ownerId: facts.ownerId,
      projectId: facts.task.projectId,
      taskId: facts.task.id,
      title,
      detail,
      engine,
      workedAt: facts.now,
      createdAt: facts.now,
    })),
  )
  return entries.map(({ id, title, kind }) => ({
    type: 'WORKLOG_CREATED',
    entityId: id,
    projectId: facts.task.projectId,
    payload: { title, taskKey: facts.task.key, kind },
  }))
}
