import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { preparedCommand } from '../db/prepared.ts'
import { type Engine, engines, projects, tasks, workLogFacts, workLogs } from '../db/schema.ts'
import type { Reader, Tx } from '../db/types.ts'
import { type Actor, toActorName } from './actor.ts'
import { type Page, toPage } from './audit.ts'
import { clip } from './clip.ts'
import type { Ctx } from './context.ts'
import { DomainError } from './errors.ts'
import type { NewEvent } from './events.ts'
import { parse } from './parse.ts'
import { requireProject } from './projects/read.ts'
import { requireProjectRight } from './rights.ts'
import type { PlannedLog } from './tasks/plan-logs.ts'
import { isInSight, requireTask, type Scope } from './tasks/read.ts'
import { lineText, plainText } from './text.ts'
import { maxLogTitle, reservedTitlePrefixes } from './work-log-texts.ts'

const { placeholder } = sql
const insertLogs = preparedCommand(sql`
  with log as (
    select * from jsonb_to_recordset(${placeholder('logs')}::text::jsonb)
      as log (id uuid, title text, detail text, engine text, kind text, result jsonb)
  ),
  written as (
    insert into work_logs (id, owner_id, project_id, task_id, title, detail, engine, worked_at, created_at)
    select id, ${placeholder('ownerId')}::uuid, ${placeholder('projectId')}::uuid, ${placeholder('taskId')}::uuid, title, detail, engine,
      ${placeholder('at')}::timestamptz, ${placeholder('at')}::timestamptz
    from log
  )
  insert into work_log_facts (log_id, kind, author, result)
  select id, kind, ${placeholder('author')}, result from log`)

/** Sends the logs of a change to a task; returns their events at once. Part of a larger transaction, which awaits `written`. */
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
  // Time-ordered ids keep logs of one moment in the order in which they were written.
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

/** A work log as the doors show it, with the keys of what it is about. */
export interface WorkLog {
  readonly id: string
  readonly title: string
  readonly detail: string | null
  readonly engine: Engine | null
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
  taskKey: tasks.taskKey,
  projectKey: projects.projectKey,
  workedAt: workLogs.workedAt,
  createdAt: workLogs.createdAt,
}

/** Starts a query for work logs; conditions and order are the caller's. */
export function selectWorkLogs(db: Reader) {
  return db
    .select(columns)
    .from(workLogs)
    .leftJoin(tasks, eq(tasks.id, workLogs.taskId))
    .leftJoin(projects, eq(projects.id, workLogs.projectId))
}

/** Work logs, newest first; those of deleted projects are left out. `task` is a key or uuid; throws `not-found` for it. */
export async function listWorkLogs(
  scope: Scope,
  filter: { readonly task?: string | undefined; readonly projectKey?: string | undefined },
  page: { readonly before?: string | undefined; readonly limit: number; readonly offset?: number },
): Promise<Page<WorkLog>> {
  const task = filter.task === undefined ? undefined : await requireTask(scope, filter.task)
  const found = await selectWorkLogs(scope.db)
    .where(
      and(
        eq(workLogs.ownerId, scope.ownerId),
        isNull(projects.deletedAt),
        isInSight(scope),
        task === undefined ? undefined : eq(workLogs.taskId, task.id),
        filter.projectKey === undefined
          ? undefined
          : eq(projects.projectKey, filter.projectKey.toUpperCase()),
        page.before === undefined
          ? undefined
          : sql`(${workLogs.workedAt}, ${workLogs.createdAt}, ${workLogs.id}) < (select worked_at, created_at, id from work_logs where id = ${page.before}::uuid)`,
      ),
    )
    .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt), desc(workLogs.id))
    .limit(page.limit + 1)
    .offset(page.offset ?? 0)
  return toPage(found, page.limit)
}

/** Work logs by uuid, in no particular order. */
export async function findWorkLogs(scope: Scope, ids: readonly string[]): Promise<WorkLog[]> {
  if (ids.length === 0) return []
  return selectWorkLogs(scope.db).where(
    and(eq(workLogs.ownerId, scope.ownerId), inArray(workLogs.id, [...ids])),
  )
}

/** A work log by hand, on a task (key or uuid), on a project, or on neither. */
export const NewWorkLog = z.object({
  title: lineText(2_000).refine(
    (title) => !reservedTitlePrefixes.some((prefix) => title.startsWith(prefix)),
    "can't start like a result or comment log; the board writes those",
  ),
  detail: plainText(100_000).nullish(),
  task: z.string().optional(),
  projectKey: z.string().optional(),
  engine: z.enum(engines).nullish(),
  workedAt: z.date().optional(),
})
export type NewWorkLog = z.input<typeof NewWorkLog>

/** Writes a work log; a title that is too long is cut at a word. Throws `invalid`, `not-found` for its task or project. */
export async function createWorkLog(ctx: Ctx, input: NewWorkLog): Promise<WorkLog> {
  const { title, detail, ...draft } = parse(NewWorkLog, input)
  const words = ctx.actor.kind === 'agent' ? ctx.redactor.data({ title, detail }) : { title, detail }
  return ctx.mutate(async (tx) => {
    const scope = { db: tx, ownerId: ctx.ownerId }
    const task = draft.task === undefined ? null : await requireTask(scope, draft.task)
    const named = draft.projectKey === undefined ? null : await requireProject(scope, draft.projectKey)
    if (task !== null && named !== null && task.project.id !== named.id) {
      throw new DomainError('invalid', `${task.key} isn't in ${named.projectKey}.`)
    }
    const key = task?.project.key ?? named?.projectKey
    if (key !== undefined) requireProjectRight(ctx.actor, key)
    const now = ctx.now()
    const log: WorkLog = {
      id: v7(),
      title: clip(words.title, maxLogTitle),
      detail: words.detail?.trim() ? words.detail : null,
      engine: draft.engine ?? null,
      taskKey: task?.key ?? null,
      projectKey: task?.project.key ?? named?.projectKey ?? null,
      workedAt: draft.workedAt ?? now,
      createdAt: now,
    }
    const projectId = task?.project.id ?? named?.id ?? null
    const { taskKey, projectKey: _, ...columns } = log
    await tx
      .insert(workLogs)
      .values({ ...columns, ownerId: ctx.ownerId, projectId, taskId: task?.id ?? null })
    await tx.insert(workLogFacts).values({ logId: log.id, kind: 'manual', author: toActorName(ctx.actor) })
    return {
      result: log,
      events: [
        {
          type: 'WORKLOG_CREATED',
          entityId: log.id,
          projectId,
          payload: { title: log.title, taskKey, kind: 'manual' },
        },
      ],
      audit: [
        {
          // Its own id, so that who has the log can take it back.
          id: log.id,
          action: 'worklog.create',
          targetType: 'worklog',
          targetId: log.id,
          meta: { title: log.title, taskKey },
        },
      ],
    }
  })
}
