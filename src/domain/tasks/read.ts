import { and, desc, eq, inArray, isNull, like, or, type SQL, sql } from 'drizzle-orm'
import {
  auditLogs,
  projectSettings,
  projects,
  taskLabelAssignments,
  taskLabels,
  tasks,
  workLogs,
} from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { storable } from '../clip.ts'
import { DomainError } from '../errors.ts'
import { type ProjectSettings, toDeploySettings, toProjectSettings } from '../project-settings.ts'
import { commentTitle, parseResult, resultTitlePrefixes } from '../work-log-texts.ts'
import type { Feedback, Label, LatestResult, Task, TaskDetail } from './task.ts'

/** Where to look: a database or a transaction, and whose board. */
export interface Scope {
  readonly db: Reader
  readonly ownerId: string
}

const labelsOfTask = sql<Label[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${taskLabels.id}, 'name', ${taskLabels.name}, 'color', ${taskLabels.color})
    order by ${taskLabelAssignments.position}, ${taskLabels.name}), '[]'::jsonb)
  from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
  where ${taskLabelAssignments.taskId} = ${tasks.id})`

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
}

/** Starts a query for tasks as every door shows them; conditions and order are the caller's. */
export function selectTasks(db: Reader) {
  return db.select(columns).from(tasks).innerJoin(projects, eq(projects.id, tasks.projectId))
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The condition that names one task by its key, in any case, or by its uuid. */
export function isTask(ownerId: string, reference: string): SQL | undefined {
  const named = uuidPattern.test(reference)
    ? eq(tasks.id, reference)
    : eq(tasks.taskKey, storable(reference).toUpperCase())
  return and(eq(tasks.ownerId, ownerId), named)
}

/** A task by key or uuid; a key that was retired when its task moved to another project finds it there. */
export async function findTask(scope: Scope, reference: string): Promise<Task | null> {
  const [task] = await selectTasks(scope.db).where(isTask(scope.ownerId, reference)).limit(1)
  if (task !== undefined) return task.project.deleted ? null : task
  const id = uuidPattern.test(reference) ? null : await idOfRetired(scope, reference)
  return id === null ? null : findTask(scope, id)
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

/** Adds to a task what single-task answers carry. */
export async function readDetail(scope: Scope, task: Task): Promise<TaskDetail> {
  const [settings, latest] = await Promise.all([
    readSettings(scope.db, task.project.id),
    readLatestResult(scope.db, task.id),
  ])
  return {
    ...task,
    latestResult: latest,
    feedback: await readFeedback(scope.db, task, latest),
    deploy: toDeploySettings(settings),
    agentInstructions: settings.agent_instructions || null,
  }
}

/** The settings of several projects by their uuid, defaults filled in. */
export async function readSettingsOf(
  db: Reader,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, ProjectSettings>> {
  const ids = [...new Set(projectIds)]
  if (ids.length === 0) return new Map()
  const stored = await db
    .select({ projectId: projectSettings.projectId, key: projectSettings.key, value: projectSettings.value })
    .from(projectSettings)
    .where(inArray(projectSettings.projectId, ids))
  const of = (id: string) => stored.filter((row) => row.projectId === id).map((row) => [row.key, row.value])
  return new Map(ids.map((id) => [id, toProjectSettings(Object.fromEntries(of(id)))]))
}

/** A project's settings, defaults filled in. */
export async function readSettings(db: Reader, projectId: string) {
  const stored = await db
    .select({ key: projectSettings.key, value: projectSettings.value })
    .from(projectSettings)
    .where(eq(projectSettings.projectId, projectId))
  return toProjectSettings(Object.fromEntries(stored.map((row) => [row.key, row.value])))
}

/** What the newest result log of a task says. */
export async function readLatestResult(db: Reader, taskId: string): Promise<LatestResult | null> {
  const [log] = await db
    .select({ title: workLogs.title, detail: workLogs.detail, workedAt: workLogs.workedAt })
    .from(workLogs)
    .where(
      and(
        eq(workLogs.taskId, taskId),
        or(...resultTitlePrefixes.map((prefix) => like(workLogs.title, `${prefix}%`))),
      ),
    )
    .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt), desc(workLogs.id))
    .limit(1)
  return log === undefined ? null : { ...log, ...parseResult(log.detail ?? '') }
}

async function readFeedback(db: Reader, task: Task, latest: LatestResult | null): Promise<Feedback[]> {
  const comments = await db
    .select({ text: workLogs.detail, at: workLogs.workedAt })
    .from(workLogs)
    .where(
      and(
        eq(workLogs.taskId, task.id),
        // Under whatever key: a task that moved to another project keeps what was said of it.
        like(workLogs.title, `${commentTitle('')}%`),
        latest === null
          ? undefined
          : sql`${workLogs.workedAt} >= ${latest.workedAt.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(workLogs.workedAt, workLogs.createdAt, workLogs.id)
  return comments.map((comment) => ({ text: comment.text ?? '', at: comment.at }))
}

/** Tasks by their keys of today, in no particular order. */
export async function findTasksByKey(scope: Scope, keys: readonly string[]): Promise<Task[]> {
  if (keys.length === 0) return []
  return selectTasks(scope.db).where(
    and(eq(tasks.ownerId, scope.ownerId), inArray(tasks.taskKey, [...keys]), isNull(projects.deletedAt)),
  )
}

/** Tasks by uuid, in no particular order. */
export async function findTasks(scope: Scope, ids: readonly string[]): Promise<Task[]> {
  if (ids.length === 0) return []
  return selectTasks(scope.db).where(and(eq(tasks.ownerId, scope.ownerId), inArray(tasks.id, [...ids])))
}
