import { eq, inArray, type Placeholder, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { isListed, preparedRead } from '../../db/prepared.ts'
import {
  auditLogs,
  projectSettings,
  projects,
  questions,
  runs,
  taskLabels,
  tasks,
  type WorkLogKind,
  workLogFacts,
  workLogs,
} from '../../db/schema.ts'
import { versionOf } from '../core/commit/writes.ts'
import type { Scope } from '../core/scope.ts'
import type { TaskStatus } from '../core/task-values.ts'
import type { Label } from '../labels/label.ts'
import { toDeploySettings, toProjectSettings } from '../projects/project-settings.ts'
import type { UnfetchedAnswer } from '../questions/question.ts'
import { dataOf, logAuthor, logKind, toReport } from '../work-logs/facts.ts'
import type { DetailWithLabels } from './detail-after.ts'
import { type StoredComment, toFeedback } from './notes/stored-feedback.ts'
import { aboutTask, findTaskBy, noSuchTask, taskColumns, type Versioned } from './read.ts'
import type { Artifact } from './schemas.ts'
import type { Task, TaskDetail } from './task.ts'

// Lateral with an offset: while the table's statistics are old, Postgres would join by reading all facts.
export const logsOfTask = sql`from ${workLogs}
  left join lateral (select * from ${workLogFacts} as f where f.log_id = ${workLogs.id} offset 0) as ${workLogFacts} on true
  where ${workLogs.taskId} = ${tasks.id}`
const newest = sql`order by ${workLogs.workedAt} desc, ${workLogs.createdAt} desc, ${workLogs.id} desc limit 1`
const artifactsOfTask = sql<readonly Artifact[] | null>`(
  select ${workLogFacts.result} -> 'artifacts' ${logsOfTask} and ${workLogFacts.result} -> 'artifacts' is not null ${newest})`

/** Selects a project's stored settings by key, as a column of another query. */
export function settingsOf(projectId: AnyPgColumn) {
  return sql<Readonly<Record<string, string>> | null>`(
    select jsonb_object_agg(${projectSettings.key}, ${projectSettings.value}) from ${projectSettings}
    where ${projectSettings.projectId} = ${projectId})`
}

// A note without changes belongs to its creator.
const createdNote = sql`(
  select jsonb_build_object('by', ${auditLogs.meta} ->> 'by', 'at', ${tasks.createdAt}) from ${auditLogs}
  where ${tasks.note} is not null and ${auditLogs.targetType} = 'task' and ${auditLogs.targetId} = ${tasks.taskKey}
    and ${auditLogs.action} = 'task.create' limit 1)`

const byNewest = sql.raw('order by at desc, created_at desc, id desc limit 1')

export const detailColumns = {
  settings: settingsOf(tasks.projectId),
  // Each log's kind and author are determined once: the text of the statement is half as long, and postgres.js hashes it for each call.
  // Plans don't end the feedback: the agent that carries one out needs the comments too. Selected by task ID, so comments survive a move.
  logs: sql<StoredLogs>`(
    with log as materialized (
      select ${logKind} as kind, ${logAuthor} as author, ${workLogFacts.result} as data, ${workLogs.title} as title,
        ${workLogs.detail} as detail, ${workLogs.workedAt} as at, ${workLogs.createdAt} as created_at, ${workLogs.id} as id,
        ${workLogFacts.heardAt} as heard_at, coalesce(${workLogFacts.deliveredAt}, ${workLogFacts.fetchedAt}) as received_at
      ${logsOfTask})
    select jsonb_build_object(
      'latest', (
        select jsonb_build_object('kind', kind, 'author', author, 'data', data, 'title', title, 'detail', detail, 'at', at)
        from log where kind in ('result', 'plan', 'blocked') ${byNewest}),
      'artifacts', (select data -> 'artifacts' from log where data -> 'artifacts' is not null ${byNewest}),
      'noteUpdated', coalesce(
        (select jsonb_build_object('by', author, 'at', at) from log where kind = 'note' ${byNewest}),
        ${createdNote}),
      'comments', (
        select coalesce(jsonb_agg(jsonb_build_object('detail', detail, 'at', at, 'heardAt', heard_at, 'receivedAt', received_at)
          order by at, created_at, id), '[]'::jsonb)
        from log where kind = 'comment' and author = 'owner' and at >= coalesce(
          (select date_trunc('milliseconds', max(at)) from log where kind in ('result', 'blocked')), '-infinity'))))`,
}

// The same for every task, and more than half of the cost per task.
export const labelsOfBoard = (ownerId: AnyPgColumn) => sql<readonly Label[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${taskLabels.id}, 'name', ${taskLabels.name}, 'color', ${taskLabels.color})
    order by lower(${taskLabels.name})), '[]'::jsonb)
  from ${taskLabels} where ${taskLabels.ownerId} = ${ownerId})`
const boardLabels = labelsOfBoard(tasks.ownerId)

interface StoredReport extends Pick<StoredComment, 'detail' | 'at'> {
  readonly kind: WorkLogKind
  readonly author: string | null
  readonly data: unknown
  readonly title: string
}

interface StoredAuthor {
  readonly by: string | null
  readonly at: string
}

interface StoredLogs {
  readonly latest: StoredReport | null
  readonly comments: readonly StoredComment[]
  readonly artifacts: readonly Artifact[] | null
  readonly noteUpdated: StoredAuthor | null
}

interface StoredDetail {
  readonly settings: Readonly<Record<string, string>> | null
  readonly logs: StoredLogs
}

const readTaskDetail = aboutTask((db, isNamed) =>
  db
    .select({ ...taskColumns, ...detailColumns, boardLabels })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)
const detailOf = preparedRead((db) =>
  // The join makes drizzle qualify column names, which the subqueries need.
  db
    .select({ ...detailColumns, boardLabels })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(eq(tasks.id, sql.placeholder('taskId'))),
)

// An aggregate, because for a parameterized `limit` Postgres expects a tenth of the lane and replans each call.
export const endOfLane = (ownerId: AnyPgColumn, status: Placeholder) => sql<string | null>`(
  select max(lane.sort_order) from tasks as lane where lane.owner_id = ${ownerId} and lane.status = ${status}::text)`
// Answers that the agent of the newest run has not received.
const unfetchedAnswers = sql<readonly UnfetchedAnswer[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${questions.id}, 'items', ${questions.items}, 'answer', ${questions.answer})
    order by ${questions.answeredAt}), '[]'::jsonb)
  from ${questions} where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'answered' and ${questions.returnsTo} is null
    and ${questions.fetchedAt} is null and ${questions.answeredAt} >= (
      select max(${runs.startedAt}) from ${runs} where ${runs.taskId} = ${tasks.id}))`
const editColumns = {
  version: versionOf(tasks),
  unfetched: unfetchedAnswers,
  firstEnd: endOfLane(tasks.ownerId, sql.placeholder('first')),
  secondEnd: endOfLane(tasks.ownerId, sql.placeholder('second')),
}

const readForEdit = aboutTask((db, isNamed) =>
  db
    .select({ ...taskColumns, settings: detailColumns.settings, ...editColumns })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)
const readDetailForEdit = aboutTask((db, isNamed) =>
  db
    .select({ ...taskColumns, ...detailColumns, boardLabels, ...editColumns })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNamed),
)

/** A task as a change of it needs it: with its project's delivery settings and the last sort keys of lanes that it may move to. */
export interface TaskForEdit<T extends Task> extends Versioned<T> {
  readonly deploy: TaskDetail['deploy']
  readonly ends: LaneEnds
  readonly unfetched: readonly UnfetchedAnswer[]
}

/** The last sort keys of lanes; absent: not read. */
export type LaneEnds = Readonly<Partial<Record<TaskStatus, string | null>>>

/** Reads a task for an edit of it, with the ends of up to two lanes. */
export async function findTaskForEdit(
  scope: Scope,
  reference: string,
  goals: readonly TaskStatus[],
): Promise<TaskForEdit<Task> | null> {
  const found = await findTaskBy(readForEdit, scope, reference, lanesOf(goals))
  if (found === null) return null
  const { settings, firstEnd, secondEnd, version, unfetched, ...task } = found
  const deploy = toDeploySettings(toProjectSettings(settings ?? {}))
  return { task, version, deploy, unfetched, ends: toLaneEnds(goals, [firstEnd, secondEnd]) }
}

/** Like `findTaskForEdit`, with the task's detail. */
export async function findDetailForEdit(
  scope: Scope,
  reference: string,
  goals: readonly TaskStatus[] = [],
): Promise<TaskForEdit<DetailWithLabels> | null> {
  const found = await findTaskBy(readDetailForEdit, scope, reference, lanesOf(goals))
  if (found === null) return null
  const { firstEnd, secondEnd, version, unfetched, ...stored } = found
  const task = toDetailWithLabels(stored)
  const ends = toLaneEnds(goals, [firstEnd, secondEnd])
  return { task, version, deploy: task.deploy, unfetched, ends }
}

function lanesOf([first, second]: readonly TaskStatus[]) {
  return { first: first ?? null, second: second ?? null }
}

function toLaneEnds(goals: readonly TaskStatus[], keys: readonly (string | null)[]): LaneEnds {
  return Object.fromEntries(goals.map((goal, index) => [goal, keys[index] ?? null]))
}

/** Like `findTask`, with the detail of single-task answers, in one statement. */
export async function findTaskDetail(scope: Scope, reference: string): Promise<DetailWithLabels | null> {
  const found = await findTaskBy(readTaskDetail, scope, reference)
  return found && toDetailWithLabels(found)
}

function toDetailWithLabels<T extends Task & StoredDetail & { readonly boardLabels: readonly Label[] }>(
  found: T,
): DetailWithLabels {
  const { settings, logs, boardLabels, ...task } = found
  return Object.assign(toDetail(task, { settings, logs }), { boardLabels })
}

/** Like `findTaskDetail`; throws `not-found`. */
export async function requireTaskDetail(scope: Scope, reference: string): Promise<DetailWithLabels> {
  const task = await findTaskDetail(scope, reference)
  if (task === null) throw noSuchTask(reference)
  return task
}

/** Adds the detail of single-task answers to a task. */
export async function readDetail(scope: Scope, task: Task): Promise<DetailWithLabels> {
  const [stored] = await detailOf(scope.db, { taskId: task.id })
  return Object.assign(toDetail(task, stored ?? nothingStored), { boardLabels: stored?.boardLabels ?? [] })
}

const detailsOf = preparedRead((db) =>
  db
    .select({ id: tasks.id, ...detailColumns })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isListed(tasks.id, 'ids', 'uuid')),
)

/** Adds the detail of single-task answers to several tasks, in one statement. */
export async function readDetails(scope: Scope, several: readonly Task[]): Promise<TaskDetail[]> {
  if (several.length === 0) return []
  const stored = await detailsOf(scope.db, { ids: JSON.stringify(several.map(({ id }) => id)) })
  const byId = new Map(stored.map(({ id, ...detail }) => [id, detail]))
  return several.map((task) => toDetail(task, byId.get(task.id) ?? nothingStored))
}

// The task's row may be deleted since the task was read.
export const nothingStored: StoredDetail = {
  settings: null,
  logs: { latest: null, comments: [], artifacts: null, noteUpdated: null },
}

/** Builds a task's detail from its columns. */
export function toDetail(task: Task, stored: StoredDetail): TaskDetail {
  const { latest, comments, artifacts, noteUpdated } = stored.logs
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
      feedback: comments.map(toFeedback),
      deploy: toDeploySettings(settings),
      agentInstructions: settings.agent_instructions || null,
      artifacts: artifacts ?? [],
      noteUpdated: noteUpdated?.by ? { by: noteUpdated.by, at: new Date(noteUpdated.at) } : null,
    },
  )
}

/** Reads the artifacts of several tasks, by task UUID. */
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
