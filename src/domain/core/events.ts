import { z } from 'zod'
import { runStates, taskStatuses, workLogKinds } from '../../db/schema.ts'

export { type WorkLogKind, workLogKinds } from '../../db/schema.ts'

// Every payload names who acted. Other programs may leave out the title, and the actor, which then counts as the board itself.
const author = { actor: z.string().catch('system'), tokenId: z.string().optional().catch(undefined) }
const status = z.enum(taskStatuses)
const runState = z.enum(runStates).nullable()
const title = z.string().catch('')
const lifecycle = z.string().optional().catch(undefined)
const workLog = z.object({ ...author, title, taskKey: z.string().nullable(), kind: z.enum(workLogKinds) })
const project = z.object({ ...author, name: z.string(), fields: z.array(z.string()).readonly() })

const payloads = {
  TASK_CREATED: z.object({ ...author, title, status }),
  TASK_STATUS_CHANGED: z.object({ ...author, from: status, to: status, title, lifecycle }),
  TASK_UPDATED: z.object({
    ...author,
    changedFields: z.array(z.string()).readonly(),
    title,
    lifecycle,
    runState: z.object({ from: runState, to: runState }).optional(),
  }),
  TASK_DELETED: z.object({ ...author, title }),
  WORKLOG_CREATED: workLog,
  WORKLOG_UPDATED: workLog,
  WORKLOG_DELETED: workLog,
  PROJECT_CREATED: project,
  PROJECT_UPDATED: project,
  PROJECT_DELETED: project,
  PROJECT_RESTORED: project,
}

export type EventType = keyof typeof payloads

/** An event to append; `entityId` is a task's or project's key, or a work log's UUID. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T
    readonly entityId: string
    readonly projectId: string | null
    readonly payload: Readonly<Omit<z.infer<(typeof payloads)[T]>, keyof typeof author>>
  }
}[EventType]

/** An event as the outbox holds it. */
export interface StoredEvent {
  readonly id: number
  readonly eventType: string
  readonly entityType: string
  readonly entityId: string
  readonly projectId: string | null
  readonly payload: unknown
  readonly createdAt: Date
}

/** A stored event: its payload also names the actor, and an agent's token. */
export type BoardEvent =
  | (NewEvent &
      Pick<StoredEvent, 'id' | 'createdAt'> & {
        readonly payload: { readonly actor: string; readonly tokenId?: string | undefined }
      })
  | (Pick<StoredEvent, 'id' | 'entityType' | 'entityId' | 'createdAt'> & { readonly type: 'other' })

/** Parses a stored event. Another program's event that doesn't fit the catalog becomes `other`. */
export function parseEvent(stored: StoredEvent): BoardEvent {
  const { id, eventType, entityType, entityId, projectId, createdAt } = stored
  const schema = Object.hasOwn(payloads, eventType) ? payloads[eventType as EventType] : null
  const parsed = schema?.safeParse(stored.payload)
  if (!parsed?.success) return { id, type: 'other', entityType, entityId, createdAt }
  return { id, type: eventType, entityId, projectId, payload: parsed.data, createdAt } as BoardEvent
}

/** Returns the kind of entity of an event type. */
export function entityOf(type: EventType): 'task' | 'worklog' | 'project' {
  if (type.startsWith('TASK')) return 'task'
  return type.startsWith('WORKLOG') ? 'worklog' : 'project'
}
