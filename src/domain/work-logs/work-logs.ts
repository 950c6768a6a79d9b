import { and, eq, inArray, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { preparedCommand } from '../../db/prepared.ts'
import { type Engine, projects, tasks, workLogFacts, workLogs } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/types.ts'
import { type Actor, toActorName } from '../core/actor.ts'
import type { NewEvent, WorkLogKind } from '../core/events.ts'
import type { Scope } from '../core/scope.ts'
import { areFactsOfLog, dataOf, logAuthor, logKind, type WorkLogData } from './facts.ts'

const { placeholder } = sql
const insertLogs = preparedCommand(sql`
  with log as (
    select * from jsonb_to_recordset(${placeholder('logs')}::text::jsonb)
      as log (id uuid, title text, detail text, engine text, kind text, data jsonb)
  ),
  written as (
    insert into work_logs (id, owner_id, project_id, task_id, title, detail, engine, worked_at, created_at)
    select id, ${placeholder('ownerId')}::uuid, ${placeholder('projectId')}::uuid, ${placeholder('taskId')}::uuid, title, detail, engine,
      ${placeholder('at')}::timestamptz, ${placeholder('at')}::timestamptz
    from log
  )
  insert into work_log_facts (log_id, kind, author, result)
  select id, kind, ${placeholder('author')}, data from log`)

/** A work log that a change of a task writes. */
export interface PlannedLog {
  readonly kind: WorkLogKind
  readonly title: string
  readonly detail: string | null
  readonly engine: Engine | null
  /** What it says, as data. */
  readonly data?: WorkLogData
}

/** Sends the inserts of a task's logs and returns their events without waiting. The larger transaction awaits `written`. */
export function writeTaskLogs(
  tx: Tx,
  facts: {
    readonly ownerId: string
    readonly author: Actor
    readonly task: { readonly id: string; readonly key: string; readonly projectId: string }
    readonly logs: readonly PlannedLog[]
    readonly now: Date
  },
): {
  readonly events: readonly Extract<NewEvent, { type: 'WORKLOG_CREATED' }>[]
  readonly written: Promise<unknown>
} {
  if (facts.logs.length === 0) return { events: [], written: Promise.resolve() }
  // Time-ordered IDs keep logs with the same timestamp in writing order.
  const entries = facts.logs.map((log) => ({ id: v7(), ...log }))
  const written = insertLogs(tx, {
    ownerId: facts.ownerId,
    projectId: facts.task.projectId,
    taskId: facts.task.id,
    at: facts.now.toISOString(),
    author: toActorName(facts.author),
    logs: JSON.stringify(entries),
  })
  const events = entries.map(({ id, title, kind }) => ({
    type: 'WORKLOG_CREATED' as const,
    entityId: id,
    projectId: facts.task.projectId,
    payload: { title, taskKey: facts.task.key, kind },
  }))
  return { events, written }
}

/** A work log with the keys of its task and project. */
export interface WorkLog {
  readonly id: string
  readonly title: string
  readonly detail: string | null
  readonly engine: Engine | null
  readonly kind: WorkLogKind
  /** `owner`, `agent:<token name>`, `system`, or null if unknown. */
  readonly author: string | null
  readonly data: WorkLogData
  readonly taskKey: string | null
  readonly projectKey: string | null
  readonly workedAt: Date
  readonly createdAt: Date
}

const columns = {
  id: workLogs.id,
  title: workLogs.title,
  detail: workLogs.detail,
  engine: workLogs.engine,
  kind: logKind,
  author: logAuthor,
  data: workLogFacts.result,
  taskKey: tasks.taskKey,
  projectKey: projects.projectKey,
  workedAt: workLogs.workedAt,
  createdAt: workLogs.createdAt,
}

/** Starts a query for work logs, whose rows `toWorkLog` reads; conditions and order are the caller's. */
export function selectWorkLogs(db: Reader) {
  return db
    .select(columns)
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
    .leftJoin(tasks, eq(tasks.id, workLogs.taskId))
    .leftJoin(projects, eq(projects.id, workLogs.projectId))
}

/** Reads a row of `selectWorkLogs`. */
export function toWorkLog(row: Omit<WorkLog, 'data'> & { readonly data: unknown }): WorkLog {
  return { ...row, data: dataOf(row) }
}

/** Finds work logs by UUID, in no particular order. */
export async function findWorkLogs(scope: Scope, ids: readonly string[]): Promise<WorkLog[]> {
  if (ids.length === 0) return []
  const found = await selectWorkLogs(scope.db).where(
    and(eq(workLogs.ownerId, scope.ownerId), inArray(workLogs.id, [...ids])),
  )
  return found.map(toWorkLog)
}
