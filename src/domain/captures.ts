import { and, desc, eq, gte, lt, ne, notInArray, sql } from 'drizzle-orm'
import { auditLogs, botUpdates } from '../db/schema.ts'
import type { Reader } from '../db/types.ts'
import type { Scope } from './tasks/read.ts'
import { partAction } from './tasks/snapshot.ts'

/** Which task an update of Telegram's made or changed, as the audit trail remembers by its cause. */
export interface Trace {
  readonly auditId: string
  readonly action: string
  readonly taskId: string
  readonly taskKey: string
}

/** A message that became a task, as Telegram sent it. */
export interface Capture {
  readonly update: Readonly<Record<string, unknown>>
  readonly trace: Trace
}

/** The cause that stands in the audit entries of an update; that of an edited message says so. */
export function causeOf(updateId: number, isEdit = false): string {
  return `telegram:${updateId}${isEdit ? editMark : ''}`
}

const editMark = ':edited'

/** Whether nothing but edits of its own message has changed a task since it was made. */
export async function isUntouched({ db, ownerId }: Scope, taskKey: string): Promise<boolean> {
  const [touch] = await db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, taskKey),
        eq(auditLogs.ownerId, ownerId),
        ne(auditLogs.action, 'task.create'),
        sql`coalesce(${auditLogs.meta} ->> 'cause', '') not like ${`%${editMark}`}`,
      ),
    )
    .limit(1)
  return touch === undefined
}

/** The message that a task was made of, while nothing but further parts of it has changed the task; else null. */
export async function captureOfTask({ db, ownerId }: Scope, taskKey: string): Promise<Capture | null> {
  const entries = await db
    .select({
      auditId: auditLogs.id,
      action: auditLogs.action,
      taskId: sql<string>`${auditLogs.meta} ->> 'taskId'`,
      cause: sql<string | null>`${auditLogs.meta} ->> 'cause'`,
    })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, taskKey),
        notInArray(auditLogs.action, [partAction, 'task.comment']),
      ),
    )
    .limit(2)
  const [made, other] = entries
  const updateId = /^telegram:(\d+)$/.exec(made?.cause ?? '')?.[1]
  if (made?.action !== 'task.create' || other !== undefined || updateId === undefined) return null
  const [row] = await db
    .select()
    .from(botUpdates)
    .where(eq(botUpdates.updateId, Number(updateId)))
  return row === undefined ? null : { update: row.update, trace: { ...made, taskKey } }
}

/** What an update did to tasks, the first change first. */
export async function tracesOf(
  scope: Scope,
  update: { readonly updateId: number; readonly receivedAt: Date },
): Promise<Trace[]> {
  return traces(scope, update.receivedAt, causeOf(update.updateId))
}

/** The capture of a message by its id in the chat; null where it became no task or is older than the updates that are kept. */
export async function captureOfMessage(scope: Scope, messageId: number): Promise<Capture | null> {
  const [row] = await scope.db
    .select()
    .from(botUpdates)
    .where(sql`${botUpdates.update} -> 'message' ->> 'message_id' = ${String(messageId)}`)
    .orderBy(desc(botUpdates.receivedAt))
    .limit(1)
  return row === undefined ? null : toCapture(scope, row)
}

/** The capture right before an update: what a client that cuts a long paste, or forwards several messages, sent just before. */
export async function captureBefore(scope: Scope, updateId: number): Promise<Capture | null> {
  const [row] = await scope.db
    .select()
    .from(botUpdates)
    .where(lt(botUpdates.updateId, updateId))
    .orderBy(desc(botUpdates.updateId))
    .limit(1)
  return row === undefined ? null : toCapture(scope, row)
}

// What a message may do to a task that another part of it would go on with.
const leading = ['task.create', partAction, 'task.edit', 'task.comment', 'task.move']

async function toCapture(
  scope: Scope,
  row: { readonly updateId: number; readonly receivedAt: Date; readonly update: Record<string, unknown> },
): Promise<Capture | null> {
  const trace = (await tracesOf(scope, row)).find(({ action }) => leading.includes(action))
  return trace === undefined ? null : { update: row.update, trace }
}

async function traces({ db, ownerId }: Scope, since: Date, cause: string): Promise<Trace[]> {
  const entries = await readSince(db, ownerId, since, cause)
  return entries.map((entry) => ({
    auditId: entry.id,
    action: entry.action,
    taskId: entry.taskId ?? '',
    taskKey: entry.taskKey ?? '',
  }))
}

function readSince(db: Reader, ownerId: string, since: Date, cause: string) {
  return db
    .select({
      id: auditLogs.id,
      action: auditLogs.action,
      taskKey: auditLogs.targetId,
      taskId: sql<string | null>`${auditLogs.meta} ->> 'taskId'`,
    })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        gte(auditLogs.createdAt, since),
        eq(auditLogs.targetType, 'task'),
        sql`${auditLogs.meta} ->> 'cause' = ${cause}`,
      ),
    )
    .orderBy(auditLogs.createdAt, auditLogs.id)
}
