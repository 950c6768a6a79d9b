import { and, eq, inArray, isNull, notExists, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import { projects, taskLabelAssignments, taskLabels, tasks } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/types.ts'
import type { AuditEntry } from '../core/context.ts'
import { countRows } from '../core/delete-expired.ts'
import { maxCounted, openStatuses } from '../core/task-values.ts'
import type { Label } from './label.ts'

const labelsOf = preparedRead((db) =>
  db
    .select({ id: taskLabels.id, name: taskLabels.name, color: taskLabels.color })
    .from(taskLabels)
    .where(eq(taskLabels.ownerId, sql.placeholder('ownerId')))
    .orderBy(sql`lower(${taskLabels.name})`),
)

/** Lists the owner's labels by name. */
export async function listLabels(scope: { readonly db: Reader; readonly ownerId: string }): Promise<Label[]> {
  return labelsOf(scope.db, { ownerId: scope.ownerId })
}

export interface LabelCount extends Label {
  /** The number of open tasks with this label. */
  readonly open: number
}

/** Lists the owner's labels by name with their number of open tasks. Tasks of deleted projects don't count. */
export async function labelCounts(scope: {
  readonly db: Reader
  readonly ownerId: string
}): Promise<LabelCount[]> {
  const labeled = scope.db
    .select({ labelId: taskLabelAssignments.labelId })
    .from(taskLabelAssignments)
    .innerJoin(tasks, eq(tasks.id, taskLabelAssignments.taskId))
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(
      and(eq(tasks.ownerId, scope.ownerId), inArray(tasks.status, openStatuses), isNull(projects.deletedAt)),
    )
    .as('labeled')
  return scope.db
    .select({
      id: taskLabels.id,
      name: taskLabels.name,
      color: taskLabels.color,
      open: sql<number>`count(${labeled.labelId})::int`,
    })
    .from(taskLabels)
    .leftJoin(labeled, eq(labeled.labelId, taskLabels.id))
    .where(eq(taskLabels.ownerId, scope.ownerId))
    .groupBy(taskLabels.id)
    .orderBy(sql`lower(${taskLabels.name})`)
}

/** Counts the tasks with a label, up to `maxCounted`. Tasks of deleted projects don't count. */
export async function countLabelled({ db }: { readonly db: Reader }, labelId: string): Promise<number> {
  const labeled = db
    .select({ one: sql`1` })
    .from(taskLabelAssignments)
    .innerJoin(tasks, eq(tasks.id, taskLabelAssignments.taskId))
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(eq(taskLabelAssignments.labelId, labelId), isNull(projects.deletedAt)))
    .limit(maxCounted)
    .as('labeled')
  return countRows(db, labeled)
}

/** Sets a task's labels in this order and creates labels for new names. Part of a larger transaction. */
export async function assignLabels(
  tx: Tx,
  assignment: {
    readonly ownerId: string
    readonly taskId: string
    readonly names: readonly string[]
    readonly now: Date
  },
): Promise<{ readonly labels: Label[]; readonly audit: AuditEntry[] }> {
  const { labels, audit } = await ensureLabels(tx, assignment)
  await tx.delete(taskLabelAssignments).where(eq(taskLabelAssignments.taskId, assignment.taskId))
  if (labels.length > 0) {
    await tx
      .insert(taskLabelAssignments)
      .values(labels.map((label, position) => ({ taskId: assignment.taskId, labelId: label.id, position })))
  }
  await tx
    .update(tasks)
    .set({ labelId: labels[0]?.id ?? null })
    .where(eq(tasks.id, assignment.taskId))
  return { labels, audit }
}

async function ensureLabels(
  tx: Tx,
  {
    ownerId,
    taskId,
    names,
    now,
  }: {
    readonly ownerId: string
    readonly taskId: string
    readonly names: readonly string[]
    readonly now: Date
  },
): Promise<{ readonly labels: Label[]; readonly audit: AuditEntry[] }> {
  if (names.length === 0) return { labels: [], audit: [] }
  // Every transaction inserts in the same order, so two never deadlock on each other's names.
  const sorted = [...names].sort((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1))
  const created = await tx
    .insert(taskLabels)
    .values(sorted.map((name) => ({ ownerId, name, createdAt: now, updatedAt: now })))
    .onConflictDoNothing()
    .returning({ id: taskLabels.id, name: taskLabels.name })
  const wanted = names.map((name) => name.toLowerCase())
  const found = await tx
    .select({
      id: taskLabels.id,
      name: taskLabels.name,
      color: taskLabels.color,
      lower: sql<string>`lower(${taskLabels.name})`,
    })
    .from(taskLabels)
    .where(
      and(
        eq(taskLabels.ownerId, ownerId),
        inArray(
          sql`lower(${taskLabels.name})`,
          names.map((name) => sql`lower(${name})`),
        ),
      ),
    )
  return {
    labels: found
      .sort((left, right) => wanted.indexOf(left.lower) - wanted.indexOf(right.lower))
      .map(({ id, name, color }) => ({ id, name, color })),
    audit: created.map(({ id, name }) => ({
      action: 'label.create',
      targetType: 'label',
      targetId: id,
      meta: { name, taskId },
    })),
  }
}

/** Returns the labels that an assignment created, as the task's audit entry lists them. */
export function createdLabels(audit: readonly AuditEntry[]): { readonly madeLabels?: readonly string[] } {
  const ids = audit.flatMap(({ targetId }) => targetId ?? [])
  return ids.length === 0 ? {} : { madeLabels: ids }
}

/** Deletes labels that a change created if no task has them. Returns the audit entries. */
export async function deleteUnusedLabels(
  tx: Tx,
  ownerId: string,
  ids: readonly string[] = [],
): Promise<AuditEntry[]> {
  if (ids.length === 0) return []
  const isUsed = tx
    .select({ id: taskLabelAssignments.labelId })
    .from(taskLabelAssignments)
    .where(eq(taskLabelAssignments.labelId, taskLabels.id))
  const gone = await tx
    .delete(taskLabels)
    .where(and(eq(taskLabels.ownerId, ownerId), inArray(taskLabels.id, [...ids]), notExists(isUsed)))
    .returning({ id: taskLabels.id, name: taskLabels.name })
  return gone.map(({ id, name }) => ({
    action: 'undo',
    targetType: 'label',
    targetId: id,
    meta: { action: 'label.create', name },
  }))
}
