import { and, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { isListed, type Preparable, preparedRead, type Values } from '../../db/prepared.ts'
import {
  apiTokens,
  auditLogs,
  projects,
  questions,
  runners,
  runs,
  snoozes,
  taskLabelAssignments,
  taskLabels,
  tasks,
} from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { requireProjectRight, requireRunTask } from '../access/rights.ts'
import { versionOf } from '../core/commit/writes.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { storable } from '../core/text.ts'
import type { Label } from '../labels/label.ts'
import type { OpenQuestion } from '../questions/question.ts'
import { runnerOfQuestion } from '../questions/store.ts'
import type { Run } from '../runs/store.ts'
import type { Task } from './task.ts'

const labelsOfTask = sql<Label[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${taskLabels.id}, 'name', ${taskLabels.name}, 'color', ${taskLabels.color})
    order by ${taskLabelAssignments.position}, ${taskLabels.name}), '[]'::jsonb)
  from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
  where ${taskLabelAssignments.taskId} = ${tasks.id})`

type StoredRun = Omit<Run, 'since' | 'heartbeatAt'> & {
  readonly since: string
  readonly heartbeatAt: string | null
}

type StoredQuestion = Omit<OpenQuestion, 'askedAt' | 'expiresAt'> & {
  readonly askedAt: string
  readonly expiresAt: string | null
}

const questionOfTask = sql`(
  select jsonb_build_object('id', ${questions.id}, 'kind', ${questions.kind}, 'items', ${questions.items}, 'detail', ${questions.detail},
    'name', ${apiTokens.name}, 'engine', ${questions.engine}, 'runner', ${runnerOfQuestion}, 'askedAt', ${questions.createdAt}, 'expiresAt', ${questions.expiresAt},
    'tool', ${questions.tool}, 'draft', ${questions.draft}, 'returnsTo', ${questions.returnsTo})
  from ${questions} left join ${apiTokens} on ${apiTokens.id} = ${questions.tokenId}
  where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'open'
  order by ${questions.createdAt}, ${questions.id} limit 1)`.mapWith(
  ({ askedAt, expiresAt, ...stored }: StoredQuestion) => ({
    ...stored,
    askedAt: new Date(askedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  }),
) as SQL<OpenQuestion | null>

const lastRunOfTask = sql`(
  select jsonb_build_object('id', ${runs.id}, 'name', ${apiTokens.name}, 'tokenId', ${runs.tokenId}, 'session', ${runs.session}, 'engine', ${runs.engine},
    'since', ${runs.startedAt}, 'outcome', ${runs.outcome}, 'attempt', ${runs.attempt}, 'heartbeatAt', ${runs.heartbeatAt},
    'runner', (select jsonb_build_object('id', ${runners.id}, 'name', ${runners.name}) from ${runners} where ${runners.id} = ${runs.runnerId}))
  from ${runs} left join ${apiTokens} on ${apiTokens.id} = ${runs.tokenId}
  where ${runs.taskId} = ${tasks.id} order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`.mapWith(
  ({ since, heartbeatAt, ...stored }: StoredRun) => ({
    ...stored,
    since: new Date(since),
    heartbeatAt: heartbeatAt === null ? null : new Date(heartbeatAt),
  }),
) as SQL<Run | null>

// A task is awake once the message that brings it back is queued; the row stays until that message is sent.
const snoozeOf = sql`from ${snoozes} where ${snoozes.taskId} = ${tasks.id} and ${snoozes.messageId} is null`

/** The end of a task's snooze, as a column of a query over tasks; null if it isn't snoozed. */
const snoozeOfTask = sql`(select ${snoozes.until} ${snoozeOf})`.mapWith(tasks.dueAt) as SQL<Date | null>

/** The condition that a task isn't snoozed. */
export const isAwake = sql`not exists (select ${snoozeOf})`

/** The condition that a task has an open question. */
export const hasQuestion = sql`exists (
  select from ${questions} where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'open')`

export const taskColumns = {
  id: tasks.id,

  key: tasks.taskKey,
  prefix: tasks.taskPrefix,
  number: tasks.taskNumber,
  title: tasks.title,
  note: tasks.note,
  status: tasks.status,
  priority: tasks.taskPriority,
  branch: tasks.branch,
  engine: tasks.engine,
  runState: tasks.runState,
  runStateUpdatedAt: tasks.runStateUpdatedAt,
  dueAt: tasks.dueAt,
  focusedAt: tasks.focusedAt,
  sortOrder: tasks.sortOrder,
  archivedAt: tasks.archivedAt,
  createdAt: tasks.createdAt,
  updatedAt: tasks.updatedAt,
  labels: labelsOfTask,
  project: {
    id: projects.id,
    key: projects.projectKey,
    name: projects.name,
    repoUrl: projects.repoUrl,
    deleted: sql<boolean>`${projects.deletedAt} is not null`,
  },
  question: questionOfTask,
  lastRun: lastRunOfTask,
  snoozedUntil: snoozeOfTask,
}

/** Starts a query for tasks; conditions and order are the caller's. */
export function selectTasks(db: Reader) {
  return db.select(taskColumns).from(tasks).innerJoin(projects, eq(projects.id, tasks.projectId))
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Prepares a read of one task, given by key (in any case) or UUID. */
export function aboutTask<Result>(build: (db: Db, isNamed: SQL | undefined) => Preparable<Result>) {
  const named = (column: AnyPgColumn) =>
    and(eq(tasks.ownerId, sql.placeholder('ownerId')), eq(column, sql.placeholder('reference')))
  const byId = preparedRead((db) => build(db, named(tasks.id)))
  const byKey = preparedRead((db) => build(db, named(tasks.taskKey)))
  return ({ db, ownerId }: Scope, reference: string, values: Values = {}): Promise<Result> =>
    uuidPattern.test(reference)
      ? byId(db, { ...values, ownerId, reference })
      : byKey(db, { ...values, ownerId, reference: storable(reference).toUpperCase() })
}

const readTask = aboutTask((db, isNamed) => selectTasks(db).where(isNamed))

/** Finds a task by key or UUID. A retired key finds its task in the project that it moved to. */
export async function findTask(scope: Scope, reference: string): Promise<Task | null> {
  return findTaskBy(readTask, scope, reference)
}

export async function findTaskBy<T extends Task>(
  read: (scope: Scope, reference: string, values?: Values) => Promise<T[]>,
  scope: Scope,
  reference: string,
  values?: Values,
): Promise<T | null> {
  const [task] = await read(scope, reference, values)
  if (task !== undefined) {
    if (scope.actor !== undefined) {
      requireRunTask(scope.actor, task)
      requireProjectRight(scope.actor, task.project.key)
    }
    return task.project.deleted ? null : task
  }
  const id = uuidPattern.test(reference) ? null : await idOfRetired(scope, reference)
  return id === null ? null : findTaskBy(read, scope, id, values)
}

/** A task with the version of its row, which a change of it expects. */
export interface Versioned<T extends Task = Task> {
  readonly task: T
  readonly version: string
}

const readVersioned = aboutTask((db, isNamed) =>
  db
    .select({ ...taskColumns, version: versionOf(tasks) })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)

/** Reads a task for a change of it; null if there is none. */
export async function findVersioned(scope: Scope, reference: string): Promise<Versioned | null> {
  const found = await findTaskBy(readVersioned, scope, reference)
  if (found === null) return null
  const { version, ...task } = found
  return { task, version }
}

/** Like `findVersioned`; throws `not-found`. */
export async function requireVersioned(scope: Scope, reference: string): Promise<Versioned> {
  const found = await findVersioned(scope, reference)
  if (found === null) throw noSuchTask(reference)
  return found
}

/** Like `findTask`; throws `not-found`. */
export async function requireTask(scope: Scope, reference: string): Promise<Task> {
  const task = await findTask(scope, reference)
  if (task === null) throw noSuchTask(reference)
  return task
}

export function noSuchTask(reference: string): DomainError {
  return new DomainError('not-found', `There is no task ${reference.slice(0, 40)}.`, { reference })
}

// Moves to another project, and their undo, are filed under the retired key.
async function idOfRetired({ db, ownerId }: Scope, key: string): Promise<string | null> {
  const [entry] = await db
    .select({ taskId: sql<string | null>`${auditLogs.meta} ->> 'taskId'` })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, storable(key).toUpperCase()),
        eq(auditLogs.ownerId, ownerId),
        inArray(auditLogs.action, ['task.project', 'undo']),
        sql`${auditLogs.meta} ->> 'newKey' is not null`,
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return entry?.taskId ?? null
}

const tasksByKey = preparedRead((db) =>
  selectTasks(db).where(
    and(
      eq(tasks.ownerId, sql.placeholder('ownerId')),
      isListed(tasks.taskKey, 'keys', 'text'),
      isNull(projects.deletedAt),
    ),
  ),
)

/** Finds tasks by their current keys, in no particular order. */
export async function findTasksByKey(scope: Scope, keys: readonly string[]): Promise<Task[]> {
  if (keys.length === 0) return []
  return tasksByKey(scope.db, { ownerId: scope.ownerId, keys: JSON.stringify(keys) })
}

/** Finds tasks by UUID, in the order of the UUIDs; unknown ones are left out. */
export async function findTasks(scope: Scope, ids: readonly string[]): Promise<Task[]> {
  if (ids.length === 0) return []
  const found = await selectTasks(scope.db).where(
    and(eq(tasks.ownerId, scope.ownerId), inArray(tasks.id, [...ids])),
  )
  const byId = new Map(found.map((task) => [task.id, task]))
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}
