import { and, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { isListed, type Preparable, prepared, preparedRead } from '../../db/prepared.ts'
import {
  apiTokens,
  auditLogs,
  projectSettings,
  projects,
  questions,
  runs,
  snoozes,
  taskLabelAssignments,
  taskLabels,
  tasks,
  type WorkLogKind,
  workLogFacts,
  workLogs,
} from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { requireProjectRight } from '../access/rights.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { storable } from '../core/text.ts'
import type { Label } from '../labels/label.ts'
import { toDeploySettings, toProjectSettings } from '../projects/project-settings.ts'
import type { OpenQuestion } from '../questions/question.ts'
import type { Run } from '../runs/store.ts'
import {
  areFactsOfLog,
  dataOf,
  isOwnerComment,
  isReport,
  logAuthor,
  logKind,
  toReport,
} from '../work-logs/facts.ts'
import type { Artifact } from './schemas.ts'
import type { Feedback, Task, TaskDetail } from './task.ts'

const labelsOfTask = sql<Label[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${taskLabels.id}, 'name', ${taskLabels.name}, 'color', ${taskLabels.color})
    order by ${taskLabelAssignments.position}, ${taskLabels.name}), '[]'::jsonb)
  from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
  where ${taskLabelAssignments.taskId} = ${tasks.id})`

type Stored<T, K extends keyof T> = Omit<T, K> & { readonly [Name in K]: string }

const questionOfTask = sql`(
  select jsonb_build_object('id', ${questions.id}, 'kind', ${questions.kind}, 'items', ${questions.items}, 'detail', ${questions.detail},
    'name', ${apiTokens.name}, 'engine', ${questions.engine}, 'askedAt', ${questions.createdAt})
  from ${questions} left join ${apiTokens} on ${apiTokens.id} = ${questions.tokenId}
  where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'open'
  order by ${questions.createdAt}, ${questions.id} limit 1)`.mapWith(
  (stored: Stored<OpenQuestion, 'askedAt'>) => ({
    ...stored,
    askedAt: new Date(stored.askedAt),
  }),
) as SQL<OpenQuestion | null>

const lastRunOfTask = sql`(
  select jsonb_build_object('id', ${runs.id}, 'name', ${apiTokens.name}, 'tokenId', ${runs.tokenId}, 'session', ${runs.session}, 'engine', ${runs.engine},
    'since', ${runs.startedAt}, 'outcome', ${runs.outcome})
  from ${runs} left join ${apiTokens} on ${apiTokens.id} = ${runs.tokenId}
  where ${runs.taskId} = ${tasks.id} order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`.mapWith(
  (stored: Stored<Run, 'since'>) => ({ ...stored, since: new Date(stored.since) }),
) as SQL<Run | null>

// Once a message is queued that brings the task back, the task is awake; the row stays until that message is sent.
const snoozeOf = sql`from ${snoozes} where ${snoozes.taskId} = ${tasks.id} and ${snoozes.messageId} is null`

/** Until when a task is snoozed, as a column of a query over tasks; null where it is not. */
const snoozeOfTask = sql`(select ${snoozes.until} ${snoozeOf})`.mapWith(tasks.dueAt) as SQL<Date | null>

/** The condition that a task is not snoozed. */
export const isAwake = sql`not exists (select ${snoozeOf})`

/** The condition that a task has an open question. */
export const hasQuestion = sql`exists (
  select from ${questions} where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'open')`

const columns = {
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

/** Starts a query for tasks as every door shows them; conditions and order are the caller's. */
export function selectTasks(db: Reader) {
  return db.select(columns).from(tasks).innerJoin(projects, eq(projects.id, tasks.projectId))
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Makes a prepared statement about the one task that a key, in any case, or a uuid names; a read, if not told otherwise. */
export function aboutTask<Result>(
  build: (db: Db, isNamed: SQL | undefined) => Preparable<Result>,
  prepare: typeof prepared = preparedRead,
) {
  const named = (column: AnyPgColumn) =>
    and(eq(tasks.ownerId, sql.placeholder('ownerId')), eq(column, sql.placeholder('reference')))
  const byId = prepare((db) => build(db, named(tasks.id)))
  const byKey = prepare((db) => build(db, named(tasks.taskKey)))
  return ({ db, ownerId }: Scope, reference: string): Promise<Result> =>
    uuidPattern.test(reference)
      ? byId(db, { ownerId, reference })
      : byKey(db, { ownerId, reference: storable(reference).toUpperCase() })
}

const readTask = aboutTask((db, isNamed) => selectTasks(db).where(isNamed))

/** A task by key or uuid; a key that was retired when its task moved to another project finds it there. */
export async function findTask(scope: Scope, reference: string): Promise<Task | null> {
  return findBy(readTask, scope, reference)
}

async function findBy<T extends Task>(
  read: (scope: Scope, reference: string) => Promise<T[]>,
  scope: Scope,
  reference: string,
): Promise<T | null> {
  const [task] = await read(scope, reference)
  if (task !== undefined) {
    if (scope.actor !== undefined) requireProjectRight(scope.actor, task.project.key)
    return task.project.deleted ? null : task
  }
  const id = uuidPattern.test(reference) ? null : await idOfRetired(scope, reference)
  return id === null ? null : findBy(read, scope, id)
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

// The trail of a move to another project, and of its undo, stands under the key that it retired.
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

const ofTask = sql`from ${workLogs} left join ${workLogFacts} on ${areFactsOfLog} where ${workLogs.taskId} = ${tasks.id}`
const newest = sql`order by ${workLogs.workedAt} desc, ${workLogs.createdAt} desc, ${workLogs.id} desc limit 1`
const artifactsOfTask = sql<readonly Artifact[] | null>`(
  select ${workLogFacts.result} -> 'artifacts' ${ofTask} and ${workLogFacts.result} -> 'artifacts' is not null ${newest})`

const detailColumns = {
  settings: sql<Readonly<Record<string, string>> | null>`(
    select jsonb_object_agg(${projectSettings.key}, ${projectSettings.value}) from ${projectSettings}
    where ${projectSettings.projectId} = ${tasks.projectId})`,
  latest: sql<StoredReport | null>`(
    select jsonb_build_object('kind', ${logKind}, 'author', ${logAuthor}, 'data', ${workLogFacts.result}, 'title', ${workLogs.title},
      'detail', ${workLogs.detail}, 'at', ${workLogs.workedAt})
    ${ofTask} and ${isReport} ${newest})`,
  artifacts: artifactsOfTask,
  // A note that nobody has changed is its creator's.
  noteUpdated: sql<StoredAuthor | null>`coalesce(
    (select jsonb_build_object('by', ${logAuthor}, 'at', ${workLogs.workedAt}) ${ofTask} and ${logKind} = 'note' ${newest}),
    (select jsonb_build_object('by', ${auditLogs.meta} ->> 'by', 'at', ${tasks.createdAt}) from ${auditLogs}
      where ${tasks.note} is not null and ${auditLogs.targetType} = 'task' and ${auditLogs.targetId} = ${tasks.taskKey}
        and ${auditLogs.action} = 'task.create' limit 1))`,
  // A plan is no answer to what the owner said: whoever carries it out is told too. Under whatever key: a task that moved to another project keeps what was said of it.
  comments: sql<readonly StoredComment[]>`(
    select coalesce(jsonb_agg(jsonb_build_object('detail', ${workLogs.detail}, 'at', ${workLogs.workedAt})
      order by ${workLogs.workedAt}, ${workLogs.createdAt}, ${workLogs.id}), '[]'::jsonb)
    ${ofTask} and ${isOwnerComment} and ${workLogs.workedAt} >= coalesce(
      (select date_trunc('milliseconds', max(${workLogs.workedAt})) ${ofTask} and ${logKind} in ('result', 'blocked')), '-infinity'))`,
}

// The same for every task, and more than half of what one of many costs.
const boardLabels = sql<readonly Label[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${taskLabels.id}, 'name', ${taskLabels.name}, 'color', ${taskLabels.color})
    order by lower(${taskLabels.name})), '[]'::jsonb)
  from ${taskLabels} where ${taskLabels.ownerId} = ${tasks.ownerId})`

interface StoredComment {
  readonly detail: string | null
  readonly at: string
}

interface StoredReport extends StoredComment {
  readonly kind: WorkLogKind
  readonly author: string | null
  readonly data: unknown
  readonly title: string
}

interface StoredAuthor {
  readonly by: string | null
  readonly at: string
}

interface StoredDetail {
  readonly settings: Readonly<Record<string, string>> | null
  readonly latest: StoredReport | null
  readonly comments: readonly StoredComment[]
  readonly artifacts: readonly Artifact[] | null
  readonly noteUpdated: StoredAuthor | null
}

/** A task's detail, with every label of the board for whoever is about to give it one. */
export type DetailWithLabels = TaskDetail & { readonly boardLabels: readonly Label[] }

const readTaskDetail = aboutTask((db, isNamed) =>
  db
    .select({ ...columns, ...detailColumns, boardLabels })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)
const detailOf = preparedRead((db) =>
  // Joined, for of a single table drizzle leaves the names of tables out, and the subqueries would mean their own columns.
  db
    .select({ ...detailColumns, boardLabels })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(eq(tasks.id, sql.placeholder('taskId'))),
)

/** A task and how its project wants work delivered. */
export type TaskDeploy = Task & Pick<TaskDetail, 'deploy'>

const readTaskDeploy = aboutTask((db, isNamed) =>
  db
    .select({ ...columns, settings: detailColumns.settings })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)

/** Like `findTask`, with how its project wants work delivered. */
export async function findTaskDeploy(scope: Scope, reference: string): Promise<TaskDeploy | null> {
  const found = await findBy(readTaskDeploy, scope, reference)
  if (found === null) return null
  const { settings, ...task } = found
  return { ...task, deploy: toDeploySettings(toProjectSettings(settings ?? {})) }
}

/** Like `findTask`, with what single-task answers carry; one statement. */
export async function findTaskDetail(scope: Scope, reference: string): Promise<DetailWithLabels | null> {
  const found = await findBy(readTaskDetail, scope, reference)
  if (found === null) return null
  const { settings, latest, comments, artifacts, noteUpdated, boardLabels, ...task } = found
  return Object.assign(toDetail(task, { settings, latest, comments, artifacts, noteUpdated }), {
    boardLabels,
  })
}

/** Like `findTaskDetail`; throws `not-found`. */
export async function requireTaskDetail(scope: Scope, reference: string): Promise<DetailWithLabels> {
  const task = await findTaskDetail(scope, reference)
  if (task === null) throw noSuchTask(reference)
  return task
}

/** Adds to a task what single-task answers carry. */
export async function readDetail(scope: Scope, task: Task): Promise<DetailWithLabels> {
  const [stored] = await detailOf(scope.db, { taskId: task.id })
  return Object.assign(toDetail(task, stored ?? nothingStored), { boardLabels: stored?.boardLabels ?? [] })
}

const detailsOf = prepared((db) =>
  db
    .select({ id: tasks.id, ...detailColumns })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isListed(tasks.id, 'ids', 'uuid')),
)

/** Adds to each of several tasks what single-task answers carry; one statement. */
export async function readDetails(scope: Scope, several: readonly Task[]): Promise<TaskDetail[]> {
  if (several.length === 0) return []
  const stored = await detailsOf(scope.db, { ids: JSON.stringify(several.map(({ id }) => id)) })
  const byId = new Map(stored.map(({ id, ...detail }) => [id, detail]))
  return several.map((task) => toDetail(task, byId.get(task.id) ?? nothingStored))
}

// A task's row may be gone since the task was read.
const nothingStored: StoredDetail = {
  settings: null,
  latest: null,
  comments: [],
  artifacts: null,
  noteUpdated: null,
}

function toDetail(task: Task, stored: StoredDetail): TaskDetail {
  const { latest, comments, noteUpdated } = stored
  const settings = toProjectSettings(stored.settings ?? {})
  return Object.assign(
    { ...task },
    {
      latestResult: latest && {
        kind: latest.kind,
        author: latest.author,
        title: latest.title,
        detail: latest.detail,
        workedAt: new Date(latest.at),
        ...toReport(dataOf(latest)),
      },
      feedback: comments.map(({ detail, at }): Feedback => ({ text: detail ?? '', at: new Date(at) })),
      deploy: toDeploySettings(settings),
      agentInstructions: settings.agent_instructions || null,
      artifacts: stored.artifacts ?? [],
      noteUpdated: noteUpdated?.by ? { by: noteUpdated.by, at: new Date(noteUpdated.at) } : null,
    },
  )
}

/** What work on several tasks made, by the tasks' uuids; absent where there is nothing. */
export async function readArtifacts(
  { db }: Scope,
  several: readonly Task[],
): Promise<ReadonlyMap<string, readonly Artifact[]>> {
  if (several.length === 0) return new Map()
  const found = await db
    .select({ id: tasks.id, artifacts: artifactsOfTask })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(
      inArray(
        tasks.id,
        several.map(({ id }) => id),
      ),
    )
  return new Map(found.map(({ id, artifacts }) => [id, artifacts ?? []]))
}

/** The plan that an agent last wrote for a task, as it was given; null without one. */
export async function readPlan({ db }: Scope, taskId: string): Promise<string | null> {
  const [found] = await db
    .select({ plan: sql<string | null>`${workLogFacts.result} ->> 'plan'` })
    .from(workLogs)
    .innerJoin(workLogFacts, eq(workLogFacts.logId, workLogs.id))
    .where(and(eq(workLogs.taskId, taskId), sql`${workLogFacts.result} ->> 'plan' is not null`))
    .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt), desc(workLogs.id))
    .limit(1)
  return found?.plan ?? null
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

/** Tasks by their keys of today, in no particular order. */
export async function findTasksByKey(scope: Scope, keys: readonly string[]): Promise<Task[]> {
  if (keys.length === 0) return []
  return tasksByKey(scope.db, { ownerId: scope.ownerId, keys: JSON.stringify(keys) })
}

/** Tasks by uuid, in no particular order. */
export async function findTasks(scope: Scope, ids: readonly string[]): Promise<Task[]> {
  if (ids.length === 0) return []
  return selectTasks(scope.db).where(and(eq(tasks.ownerId, scope.ownerId), inArray(tasks.id, [...ids])))
}
