import { and, eq, inArray, isNull, notExists, notInArray, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { preparedRead } from '../../db/prepared.ts'
import { projects, taskLabelAssignments, taskLabels, tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { AuditEntry } from '../core/commit/commit.ts'
import { insert, remove, type Write } from '../core/commit/writes.ts'
import { countRows } from '../core/delete-expired.ts'
import { maxCounted, openStatuses } from '../core/task-values.ts'
import { defaultColor, type Label } from './label.ts'
import { assignmentRows } from './label-lists.ts'

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

/** Finds the owner's labels with these names, in any case. */
export async function findLabels(
  scope: { readonly db: Reader; readonly ownerId: string },
  names: readonly string[],
): Promise<Label[]> {
  if (names.length === 0) return []
  return scope.db
    .select({ id: taskLabels.id, name: taskLabels.name, color: taskLabels.color })
    .from(taskLabels)
    .where(
      and(
        eq(taskLabels.ownerId, scope.ownerId),
        inArray(
          sql`lower(${taskLabels.name})`,
          names.map((name) => sql`lower(${name})`),
        ),
      ),
    )
}

/** What assigning labels to a task writes. */
export interface LabelAssignment {
  readonly labels: readonly Label[]
  readonly rows: readonly Write[]
  /** The entries of the labels that it creates. */
  readonly audit: readonly AuditEntry[]
}

/** Sets a task's labels in this order and creates labels for new names. The caller sets the task's first label. */
export function assignLabels(assignment: {
  readonly ownerId: string
  readonly task: { readonly id: string; readonly labels: readonly Label[] }
  readonly names: readonly string[]
  /** The owner's labels with these names. */
  readonly known: readonly Label[]
  readonly now: Date
}): LabelAssignment {
  const { ownerId, task, names, known, now } = assignment
  const created: Label[] = []
  const labels = names.map((name) => {
    const isNamed = (label: Label) => label.name.toLowerCase() === name.toLowerCase()
    const found = known.find(isNamed) ?? created.find(isNamed)
    if (found !== undefined) return found
    const label: Label = { id: v7(), name, color: defaultColor }
    created.push(label)
    return label
  })
  return {
    labels,
    rows: [
      ...created.map((label) => insert(taskLabels, { ...label, ownerId, createdAt: now, updatedAt: now })),
      ...assignmentRows(task.id, {
        before: task.labels.map(({ id }) => id),
        after: labels.map(({ id }) => id),
      }),
    ],
    audit: created.map(({ id, name }) => ({
      action: 'label.create',
      targetType: 'label',
      targetId: id,
      meta: { name, taskId: task.id },
    })),
  }
}

/** Returns the labels that an assignment created, as the task's audit entry lists them. */
export function createdLabels(audit: readonly AuditEntry[]): { readonly madeLabels?: readonly string[] } {
  const ids = audit.flatMap(({ targetId }) => targetId ?? [])
  return ids.length === 0 ? {} : { madeLabels: ids }
}

/** Deletes labels that a change created, unless other tasks than those of the change have them. */
export async function removeUnusedLabels(
  scope: { readonly db: Reader; readonly ownerId: string },
  { ids = [], taskIds }: { readonly ids: readonly string[] | undefined; readonly taskIds: readonly string[] },
): Promise<{ readonly rows: readonly Write[]; readonly audit: readonly AuditEntry[] }> {
  if (ids.length === 0) return { rows: [], audit: [] }
  const isUsed = scope.db
    .select({ id: taskLabelAssignments.labelId })
    .from(taskLabelAssignments)
    .where(
      and(
        eq(taskLabelAssignments.labelId, taskLabels.id),
        notInArray(taskLabelAssignments.taskId, [...taskIds]),
      ),
    )
  const unused = await scope.db
    .select({ id: taskLabels.id, name: taskLabels.name })
    .from(taskLabels)
    .where(and(eq(taskLabels.ownerId, scope.ownerId), inArray(taskLabels.id, [...ids]), notExists(isUsed)))
  return {
    rows: unused.map(({ id }) => remove(taskLabels, { key: { id } })),
    audit: unused.map(({ id, name }) => ({
      action: 'undo',
      targetType: 'label',
      targetId: id,
      meta: { action: 'label.create', name },
    })),
  }
}
