import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { engines, projects, workLogFacts, workLogs } from '../../db/schema.ts'
import { requireProjectRight } from '../access/rights.ts'
import { toActorName } from '../core/actor.ts'
import { insert } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { type Page, toPage } from '../core/page.ts'
import { parse } from '../core/parse.ts'
import { isInSight, type Scope } from '../core/scope.ts'
import { clip, lineText, plainText } from '../core/text.ts'
import { requireProject } from '../projects/read.ts'
import { maxLogTitle, reservedTitlePrefixes } from '../work-logs/work-log-texts.ts'
import { selectWorkLogs, toWorkLog, type WorkLog } from '../work-logs/work-logs.ts'
import { requireTask } from './read.ts'

/** Lists work logs, newest first, without those of deleted projects. `task` is a key or UUID; throws `not-found` for it. */
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
  return toPage(found.map(toWorkLog), page.limit)
}

/** A work log written by hand, on a task (key or UUID), on a project, or on neither. */
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

/** Writes a work log and cuts a long title at a word. Throws `invalid`, and `not-found` for its task or project. */
export async function createWorkLog(ctx: Ctx, input: NewWorkLog): Promise<WorkLog> {
  const { title, detail, ...draft } = parse(NewWorkLog, input)
  const words = ctx.actor.kind === 'agent' ? ctx.redactor.data({ title, detail }) : { title, detail }
  return ctx.commit(async (db) => {
    const scope = { db, ownerId: ctx.ownerId }
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
      kind: 'manual',
      author: toActorName(ctx.actor),
      data: {},
      taskKey: task?.key ?? null,
      projectKey: task?.project.key ?? named?.projectKey ?? null,
      workedAt: draft.workedAt ?? now,
      createdAt: now,
    }
    const projectId = task?.project.id ?? named?.id ?? null
    const { kind, author, data: _, taskKey, projectKey: __, ...columns } = log
    return {
      result: log,
      rows: [
        insert(workLogs, { ...columns, ownerId: ctx.ownerId, projectId, taskId: task?.id ?? null }),
        insert(workLogFacts, { logId: log.id, kind, author }),
      ],
      events: [
        {
          type: 'WORKLOG_CREATED',
          entityId: log.id,
          projectId,
          payload: { title: log.title, taskKey, kind },
        },
      ],
      audit: [
        {
          // The log's ID, so a caller that has the log can undo it.
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
