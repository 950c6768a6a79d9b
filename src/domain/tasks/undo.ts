import { eq, inArray } from 'drizzle-orm'
import { v7 } from 'uuid'
import { type AuditRow, tasks, workLogs } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { assignLabels } from '../labels.ts'
import { lockTask } from './edit.ts'
import { isKeyTaken, keyFor, lockLanes } from './order.ts'
import { requireTask } from './read.ts'
import { type TaskSnapshot, toSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'

/** Takes a change of a task back. Throws `conflict` where something has moved on since. Part of `undo`. */
export async function undoTaskChange(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<Change<Task | null>> {
  const meta = entry.meta as {
    readonly taskId: string
    readonly before?: Partial<TaskSnapshot> & { readonly createdAt?: string }
    readonly after?: Partial<TaskSnapshot>
    readonly logIds?: readonly string[]
  }
  if (entry.action === 'task.create') return removeCreated(ctx, tx, entry, meta.taskId)
  if (entry.action === 'task.delete') return restoreDeleted(ctx, tx, entry)
  const task = await lockTask(ctx, tx, meta.taskId)
  const current = toSnapshot(task)
  const after = meta.after ?? {}
  const before = meta.before ?? {}
  // A run that an agent has taken since is not visible in a change of other fields, yet the card is no longer only ours.
  const overtaken = (Object.keys(after) as (keyof TaskSnapshot)[]).filter(
    (field) => field !== 'sortOrder' && JSON.stringify(current[field]) !== JSON.stringify(after[field]),
  )
  if (overtaken.length > 0) {
    throw new DomainError('conflict', `${task.key} has moved on since: ${overtaken.join(', ')} changed.`, {
      overtaken,
    })
  }
  await restoreColumns(ctx, tx, task, before)
  const restored = await requireTask({ db: tx, ownerId: ctx.ownerId }, task.id)
  return {
    result: restored,
    events: [
      ...(before.status === undefined
        ? []
        : [
            {
              type: 'TASK_STATUS_CHANGED' as const,
              entityId: task.key,
              projectId: task.project.id,
              payload: { from: task.status, to: before.status, title: restored.title },
            },
          ]),
      {
        type: 'TASK_UPDATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { changedFields: Object.keys(before), title: restored.title },
      },
    ],
    audit: [undoEntry(entry)],
  }
}

async function restoreColumns(ctx: Ctx, tx: Tx, task: Task, before: Partial<TaskSnapshot>): Promise<void> {
  const {
    labels,
    priority,
    projectKey: _,
    runStateUpdatedAt,
    dueAt,
    focusedAt,
    archivedAt,
    sortOrder,
    ...plain
  } = before
  const toDate = (at: string | null) => (at === null ? null : new Date(at))
  const lane = { ownerId: ctx.ownerId, status: before.status ?? task.status }
  await lockLanes(tx, ctx.ownerId)
  const place =
    sortOrder === undefined || !(await isKeyTaken(tx, lane, sortOrder, task.id))
      ? sortOrder
      : await keyFor(tx, lane, { at: 'end' }, task.id)
  await tx
    .update(tasks)
    .set({
      ...plain,
      ...(priority === undefined ? {} : { taskPriority: priority }),
      ...(runStateUpdatedAt === undefined ? {} : { runStateUpdatedAt: toDate(runStateUpdatedAt) }),
      ...(dueAt === undefined ? {} : { dueAt: toDate(dueAt) }),
      ...(focusedAt === undefined ? {} : { focusedAt: toDate(focusedAt) }),
      ...(archivedAt === undefined ? {} : { archivedAt: toDate(archivedAt) }),
      ...(place === undefined ? {} : { sortOrder: place }),
      updatedAt: ctx.now(),
    })
    .where(eq(tasks.id, task.id))
  if (labels !== undefined) {
    await assignLabels(tx, { ownerId: ctx.ownerId, taskId: task.id, names: labels, now: ctx.now() })
  }
}

async function removeCreated(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRow,
  taskId: string,
): Promise<Change<Task | null>> {
  const task = await lockTask(ctx, tx, taskId)
  if (task.updatedAt.getTime() !== task.createdAt.getTime()) {
    throw new DomainError(
      'conflict',
      `${task.key} has changed since it was made. Delete it on its card if you mean it.`,
    )
  }
  await tx.delete(tasks).where(eq(tasks.id, task.id))
  return {
    result: null,
    events: [
      {
        type: 'TASK_DELETED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { title: task.title },
      },
    ],
    audit: [undoEntry(entry)],
  }
}

async function restoreDeleted(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<Change<Task | null>> {
  const { taskId, before, logIds, projectId } = entry.meta as {
    readonly taskId: string
    readonly before: TaskSnapshot & { readonly createdAt: string }
    readonly logIds: readonly string[]
    readonly projectId: string
  }
  const [prefix = '', number = ''] = (entry.targetId ?? '').split('-')
  const inserted = await tx
    .insert(tasks)
    .values({
      id: taskId,
      ownerId: ctx.ownerId,
      projectId,
      taskKey: entry.targetId ?? '',
      taskPrefix: prefix,
      taskNumber: Number(number),
      title: before.title,
      status: before.status,
      createdAt: new Date(before.createdAt),
    })
    .onConflictDoNothing()
    .returning({ id: tasks.id })
  if (inserted.length === 0) throw new DomainError('conflict', `${entry.targetId} is there already.`)
  await restoreColumns(ctx, tx, await requireTask({ db: tx, ownerId: ctx.ownerId }, taskId), before)
  if (logIds.length > 0) {
    await tx
      .update(workLogs)
      .set({ taskId })
      .where(inArray(workLogs.id, [...logIds]))
  }
  const task = await requireTask({ db: tx, ownerId: ctx.ownerId }, taskId)
  return {
    result: task,
    events: [
      {
        type: 'TASK_CREATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { title: task.title, status: task.status },
      },
    ],
    audit: [undoEntry(entry)],
  }
}

function undoEntry(entry: AuditRow) {
  return {
    id: v7(),
    action: 'undo',
    targetType: 'task' as const,
    targetId: entry.targetId,
    meta: { undoes: entry.id, action: entry.action },
  }
}
