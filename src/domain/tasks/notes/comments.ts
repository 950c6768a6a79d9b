import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type Engine, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Change } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { WorkLogKind } from '../../core/events.ts'
import type { Scope } from '../../core/scope.ts'
import { areFactsOfLog, logAuthor, logKind } from '../../work-logs/facts.ts'
import { requireTask } from '../read.ts'
import type { Task } from '../task.ts'

/** An entry of a task's log; the author is `owner`, `agent:<token name>`, `system` or unknown. */
export interface LogEntry {
  readonly id: string
  readonly kind: WorkLogKind
  readonly title: string
  readonly detail: string | null
  readonly engine: Engine | null
  readonly author: string | null
  readonly at: Date
}

/** Returns a comment and its task. Throws `not-found`. */
export async function requireComment(
  scope: Scope,
  id: string,
): Promise<{ readonly task: Task; readonly comment: LogEntry }> {
  const [found] = await selectEntries(scope)
    .where(and(eq(workLogs.ownerId, scope.ownerId), eq(workLogs.id, id), eq(logKind, 'comment')))
    .limit(1)
  if (found?.taskId == null)
    throw new DomainError('not-found', 'There is no such comment.', { commentId: id })
  const { taskId, ...comment } = found
  return { task: await requireTask(scope, taskId), comment }
}

const maxComment = 20_000

/**
 * Appends a further part of the owner's message to the comment of its first part. Returns false if the comment was undone
 * or is full.
 */
export async function appendToComment(
  ctx: Ctx,
  task: Pick<Task, 'id' | 'key' | 'project'>,
  { commentId, text }: { readonly commentId: string; readonly text: string },
): Promise<boolean> {
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const [log] = await db
      .select({ title: workLogs.title, detail: workLogs.detail })
      .from(workLogs)
      .where(and(eq(workLogs.ownerId, ctx.ownerId), eq(workLogs.id, commentId), eq(workLogs.taskId, task.id)))
    if (log === undefined || log.detail === null) return { result: false, unchanged: true }
    const detail = `${log.detail}\n${text}`
    if ([...detail].length > maxComment) return { result: false, unchanged: true }
    return {
      result: true,
      rows: [update(workLogs, { key: { id: commentId }, expect: { detail: log.detail }, set: { detail } })],
      events: [
        {
          type: 'WORKLOG_UPDATED',
          entityId: commentId,
          projectId: task.project.id,
          payload: { title: log.title, taskKey: task.key, kind: 'comment' },
        },
      ],
      // Undoing the comment removes all of it, so this entry has no fields.
      audit: [
        {
          action: 'task.comment',
          targetType: 'task',
          targetId: task.key,
          meta: { taskId: task.id, before: {}, after: {}, partOf: commentId },
        },
      ],
    }
  })
}

function selectEntries({ db }: Scope) {
  return db
    .select({
      id: workLogs.id,
      taskId: workLogs.taskId,
      kind: logKind,
      title: workLogs.title,
      detail: workLogs.detail,
      engine: workLogs.engine,
      author: logAuthor,
      at: workLogs.workedAt,
    })
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
}

/** Lists a task's log, oldest first, including comments. Throws `not-found`. */
export async function listTaskLog(
  scope: Scope,
  reference: string,
  page: {
    readonly kinds?: readonly WorkLogKind[]
    readonly limit: number
    /** The ID of the previous page's last entry. */
    readonly after?: string | undefined
  },
): Promise<{ readonly entries: readonly LogEntry[]; readonly nextCursor: string | null }> {
  const task = await requireTask(scope, reference)
  const found = await selectEntries(scope)
    .where(
      and(
        eq(workLogs.taskId, task.id),
        page.kinds === undefined ? undefined : inArray(logKind, [...page.kinds]),
        page.after === undefined
          ? undefined
          : sql`(${workLogs.workedAt}, ${workLogs.createdAt}, ${workLogs.id}) > (
              select worked_at, created_at, id from work_logs where id = ${page.after}::uuid)`,
      ),
    )
    .orderBy(asc(workLogs.workedAt), asc(workLogs.createdAt), asc(workLogs.id))
    .limit(page.limit + 1)
  const entries = found.slice(0, page.limit).map(({ taskId: _, ...entry }) => entry)
  return { entries, nextCursor: found.length > page.limit ? (entries.at(-1)?.id ?? null) : null }
}
