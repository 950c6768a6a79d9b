import { type AnyColumn, and, desc, eq, gte, inArray, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import { auditLogs, botUpdates } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Scope } from '../../domain/core/scope.ts'
import { arrival, historyKeys } from '../../domain/tasks/former-keys.ts'
import { partAction } from '../../domain/tasks/snapshot.ts'

/** A change that an update made to a task, found in the audit log by its cause. */
export interface Effect {
  readonly auditId: string
  readonly action: string
  readonly taskId: string
  readonly taskKey: string
  /** The comment that it wrote or extended. */
  readonly commentId: string | null
}

/** An update that became a task, as Telegram sent it. */
export interface Capture {
  readonly update: Readonly<Record<string, unknown>>
  readonly effect: Effect
}

/** Returns the cause in an update's audit entries; an edited message has a mark. */
export function causeOf(updateId: number, isEdit = false): string {
  return `telegram:${updateId}${isEdit ? editMark : ''}`
}

const editMark = ':edited'

/** The messages that a task was made from, and whether anything else has changed it. */
export interface CaptureParts {
  /** Their current text, in the order they were sent. */
  readonly messages: readonly TelegramMessage[]
  /** Whether only these messages have changed the task; comments don't count. */
  readonly isUntouched: boolean
  /** The audit id of the change that Undo takes back. */
  readonly undo: string | null
}

/** A message as Telegram sent it. */
export type TelegramMessage = Readonly<Record<string, unknown>>

/** Finds the messages that a task was made from; null if there are none or they have expired. */
export async function capturePartsOf(scope: Scope, taskKey: string): Promise<CaptureParts | null> {
  const { db, ownerId } = scope
  const entries = await db
    .select({
      id: auditLogs.id,
      action: auditLogs.action,
      cause: sql<string | null>`${auditLogs.meta} ->> 'cause'`,
    })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        eq(auditLogs.targetType, 'task'),
        inArray(auditLogs.targetId, [...(await historyKeys(scope, taskKey))]),
        ne(auditLogs.action, 'task.comment'),
      ),
    )
    .orderBy(auditLogs.createdAt, auditLogs.id)
    .limit(maxEntries)
  const changes = entries.map(({ id, action, cause }) => ({ id, action, ...readCause(cause) }))
  const own = changes.filter(
    ({ action, isEdit }) => action === 'task.create' || (action === partAction && !isEdit),
  )
  const ids = [...new Set(own.flatMap(({ updateId }) => updateId ?? []))]
  if (changes[0]?.action !== 'task.create' || changes[0].updateId === null) return null
  const messages = await messagesOf(db, ids)
  const last = changes.findLast(({ action }) => action !== partAction)
  const isOwn = ({ updateId, isEdit }: (typeof changes)[number]) =>
    updateId !== null && (isEdit || ids.includes(updateId))
  return {
    messages,
    isUntouched: messages.length === ids.length && changes.length < maxEntries && changes.every(isOwn),
    undo: last === undefined || last.action === arrival ? null : last.id,
  }
}

// More than a capture has parts; a task with a longer history has been changed otherwise.
const maxEntries = 200

function readCause(cause: string | null): { readonly updateId: number | null; readonly isEdit: boolean } {
  const [, id, edit] = /^telegram:(\d+)(:edited)?$/.exec(cause ?? '') ?? []
  return { updateId: id === undefined ? null : Number(id), isEdit: edit !== undefined }
}

/** Returns the messages of updates as they were last edited. */
async function messagesOf(db: Reader, updateIds: readonly number[]): Promise<TelegramMessage[]> {
  const first = Math.min(...updateIds)
  const found = await db
    .select({ updateId: botUpdates.updateId, update: botUpdates.update })
    .from(botUpdates)
    .where(
      and(
        gte(botUpdates.updateId, first),
        or(inArray(botUpdates.updateId, [...updateIds]), sql`${botUpdates.update} ? 'edited_message'`),
      ),
    )
    .orderBy(botUpdates.updateId)
  const edits = found.flatMap(({ update }) => toList<TelegramMessage>(messageIn(update, 'edited_message')))
  return found.flatMap(({ updateId, update }): TelegramMessage[] => {
    const message: TelegramMessage | null = updateIds.includes(updateId)
      ? (messageIn(update, 'message') ?? messageIn(update, 'edited_message'))
      : null
    if (message === null) return []
    return [edits.findLast((edit) => isSameMessage(edit, message)) ?? message]
  })
}

function toList<T>(value: T | null): T[] {
  return value === null ? [] : [value]
}

function messageIn(
  update: Record<string, unknown>,
  field: 'message' | 'edited_message',
): TelegramMessage | null {
  return (update[field] as TelegramMessage | undefined) ?? null
}

function isSameMessage(left: TelegramMessage, right: TelegramMessage): boolean {
  return left.message_id === right.message_id && chatOf(left) === chatOf(right)
}

function chatOf({ chat }: TelegramMessage): unknown {
  return (chat as { readonly id?: unknown } | undefined)?.id
}

/** Lists what an update did to tasks, oldest first. */
export async function effectsOf(
  scope: Scope,
  update: { readonly updateId: number; readonly receivedAt: Date },
): Promise<Effect[]> {
  return effectsSince(scope, update.receivedAt, causeOf(update.updateId))
}

/** Finds the capture of a message; null if it didn't become a task or its update has expired. */
export async function captureOfMessage(
  scope: Scope,
  { chatId, messageId }: { readonly chatId: number; readonly messageId: number },
): Promise<Capture | null> {
  const [row] = await scope.db
    .select({ update: botUpdates.update, effect: effectOf(botUpdates, sql`${scope.ownerId}::uuid`) })
    .from(botUpdates)
    .where(
      sql`${botUpdates.update} -> 'message' ->> 'message_id' = ${String(messageId)}
        and ${botUpdates.update} -> 'message' -> 'chat' ->> 'id' = ${String(chatId)}`,
    )
    .orderBy(desc(botUpdates.receivedAt))
    .limit(1)
  return toCapture(row)
}

const readBefore = preparedRead((db) => {
  const recent = db
    .select({ updateId: botUpdates.updateId, receivedAt: botUpdates.receivedAt, update: botUpdates.update })
    .from(botUpdates)
    .where(lt(botUpdates.updateId, sql.placeholder('updateId')))
    .orderBy(desc(botUpdates.updateId))
    .limit(maxBetween)
    .as('recent')
  return db
    .select({ update: recent.update, effect: effectOf(recent, sql`${sql.placeholder('ownerId')}::uuid`) })
    .from(recent)
    .where(
      and(
        sql`${recent.update} -> 'message' -> 'from' ->> 'id' = ${sql.placeholder('userId')}`,
        sql`${recent.update} -> 'message' -> 'chat' ->> 'id' = ${sql.placeholder('chatId')}`,
      ),
    )
    .orderBy(desc(recent.updateId))
    .limit(1)
})

/** Finds the capture of the message that its sender wrote right before another one in the same chat. */
export async function captureBefore(
  { db, ownerId }: Scope,
  message: { readonly updateId: number; readonly chatId: number; readonly userId: number },
): Promise<Capture | null> {
  const { updateId, chatId, userId } = message
  const [row] = await readBefore(db, {
    ownerId,
    updateId,
    chatId: String(chatId),
    userId: String(userId),
  })
  return toCapture(row)
}

// In a group, other people's messages may come between the parts of one message.
const maxBetween = 30

/** Returns the history of a message, for an edit of it. */
export async function stateOfMessage(
  db: Reader,
  {
    chatId,
    messageId,
    userId,
  }: { readonly chatId: number; readonly messageId: number; readonly userId: number },
): Promise<{
  readonly isNewest: boolean
  readonly hadEffect: boolean
  /** The message before its newest edit; null if that has expired. */
  readonly before: TelegramMessage | null
}> {
  const newest = await db
    .select({ update: botUpdates.update, effectAt: botUpdates.effectAt })
    .from(botUpdates)
    .where(
      sql`coalesce(${botUpdates.update} -> 'message', ${botUpdates.update} -> 'edited_message') @>
        ${JSON.stringify({ chat: { id: chatId }, from: { id: userId } })}::text::jsonb`,
    )
    .orderBy(desc(botUpdates.updateId))
    .limit(maxBetween)
  const read = newest.map(({ update, effectAt }) => ({
    message: messageIn(update, 'message') ?? messageIn(update, 'edited_message'),
    effectAt,
  }))
  const own = read.filter(({ message }) => message?.message_id === messageId)
  return {
    isNewest: read.every(({ message }) => Number(message?.message_id) <= messageId),
    hadEffect: own.some(({ effectAt }) => effectAt !== null),
    before: own[1]?.message ?? null,
  }
}

// Actions of a message that a second part of it can extend.
const leading = ['task.create', partAction, 'task.edit', 'task.comment', 'task.answer', 'task.move']

/** Selects what an update did first to a task that a second part of it can extend, as a column of another query. */
function effectOf(update: { readonly updateId: AnyColumn; readonly receivedAt: AnyColumn }, ownerId: SQL) {
  return sql<Effect | null>`(
    select jsonb_build_object('auditId', a.id, 'action', a.action, 'taskId', coalesce(a.meta ->> 'taskId', ''),
      'taskKey', coalesce(a.target_id, ''), 'commentId', coalesce(a.meta ->> 'commentId', a.meta ->> 'partOf'))
    from ${auditLogs} as a
    where a.owner_id = ${ownerId} and a.created_at >= ${update.receivedAt} and a.target_type = 'task'
      and a.meta ->> 'cause' = 'telegram:' || ${update.updateId} and a.action in (${sql.raw(leading.map((action) => `'${action}'`).join())})
    order by a.created_at, a.id limit 1)`
}

function toCapture(
  row: { readonly update: Record<string, unknown>; readonly effect: Effect | null } | undefined,
): Capture | null {
  return row === undefined || row.effect === null ? null : { update: row.update, effect: row.effect }
}

async function effectsSince({ db, ownerId }: Scope, since: Date, cause: string): Promise<Effect[]> {
  const entries = await readSince(db, ownerId, since, cause)
  return entries.map((entry) => ({
    auditId: entry.id,
    action: entry.action,
    taskId: entry.taskId ?? '',
    taskKey: entry.taskKey ?? '',
    commentId: entry.commentId,
  }))
}

function readSince(db: Reader, ownerId: string, since: Date, cause: string) {
  return db
    .select({
      id: auditLogs.id,
      action: auditLogs.action,
      taskKey: auditLogs.targetId,
      taskId: sql<string | null>`${auditLogs.meta} ->> 'taskId'`,
      commentId: sql<
        string | null
      >`coalesce(${auditLogs.meta} ->> 'commentId', ${auditLogs.meta} ->> 'partOf')`,
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
