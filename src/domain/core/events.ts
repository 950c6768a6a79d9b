import type { RunState, TaskStatus, WorkLogKind } from '../../db/schema.ts'

export { type WorkLogKind, workLogKinds } from '../../db/schema.ts'

interface Payloads {
  TASK_CREATED: { title: string; status: TaskStatus }
  TASK_STATUS_CHANGED: { from: TaskStatus; to: TaskStatus; title: string; lifecycle?: string }
  TASK_UPDATED: {
    changedFields: readonly string[]
    title: string
    lifecycle?: string
    runState?: { from: RunState | null; to: RunState | null }
  }
  TASK_DELETED: { title: string }
  WORKLOG_CREATED: { title: string; taskKey: string | null; kind: WorkLogKind }
  WORKLOG_UPDATED: { title: string; taskKey: string | null; kind: WorkLogKind }
  WORKLOG_DELETED: { title: string; taskKey: string | null; kind: WorkLogKind }
  PROJECT_CREATED: { name: string; fields: readonly string[] }
  PROJECT_UPDATED: { name: string; fields: readonly string[] }
  PROJECT_DELETED: { name: string; fields: readonly string[] }
  PROJECT_RESTORED: { name: string; fields: readonly string[] }
}

export type EventType = keyof Payloads

/** An event to append; `entityId` is a task's or project's key, or a work log's UUID. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T
    readonly entityId: string
    readonly projectId: string | null
    readonly payload: Readonly<Payloads[T]>
  }
}[EventType]

/** A stored event: its payload also names the actor, and an agent's token. */
export type BoardEvent = NewEvent & {
  readonly id: number
  readonly createdAt: Date
  readonly payload: { readonly actor: string; readonly tokenId?: string }
}

/** Returns the kind of entity of an event type. */
export function entityOf(type: EventType): 'task' | 'worklog' | 'project' {
  if (type.startsWith('TASK')) return 'task'
  return type.startsWith('WORKLOG') ? 'worklog' : 'project'
}
