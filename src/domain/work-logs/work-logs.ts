import { and, eq, inArray } from 'drizzle-orm'
import { v7 } from 'uuid'
import { type Engine, projects, tasks, workLogFacts, workLogs } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { type Actor, toActorName } from '../core/actor.ts'
import { insert, type Write } from '../core/commit/writes.ts'
import type { NewEvent, WorkLogKind } from '../core/events.ts'
import type { Scope } from '../core/scope.ts'
import { areFactsOfLog, dataOf, logAuthor, logKind, type WorkLogData } from './facts.ts'

/** A work log that a change of a task writes. */
export interface PlannedLog {
  readonly kind: WorkLogKind
  readonly title: string
  readonly detail: string | null
  readonly engine: Engine | null
  /** What it says, as data. */
  readonly data?: WorkLogData
}

/** Returns the rows of a task's logs and their events. */
export function taskLogs(facts: {
  readonly ownerId: string
  readonly author: Actor
  readonly task: { readonly id: string; readonly key: string; readonly project: { readonly id: string } }
  readonly logs: readonly PlannedLog[]
  readonly now: Date
}): {
  readonly rows: readonly Write[]
  readonly events: readonly Extract<NewEvent, { type: 'WORKLOG_CREATED' }>[]
} {
  const { ownerId, task, now } = facts
  const author = toActorName(facts.author)
  // Time-ordered IDs keep logs with the same timestamp in writing order.
  const logs = facts.logs.map((log) => ({ id: v7(), ...log }))
  return {
    rows: logs.flatMap(({ kind, data, ...log }) => [
      insert(workLogs, {
        ...log,
        ownerId,
        projectId: task.project.id,
        taskId: task.id,
        workedAt: now,
        createdAt: now,
      }),
      insert(workLogFacts, { logId: log.id, kind, author, result: data ?? null }),
    ]),
    events: logs.map(({ id, title, kind }) => ({
      type: 'WORKLOG_CREATED' as const,
      entityId: id,
      projectId: task.project.id,
      payload: { title, taskKey: task.key, kind },
    })),
  }
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
