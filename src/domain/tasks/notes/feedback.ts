import { and, eq, gte, inArray, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm'
import { auditLogs, botUpdates, tasks, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { AuditEntry, Change } from '../../core/commit/commit.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import type { NewEvent } from '../../core/events.ts'
import type { Scope } from '../../core/scope.ts'
import { isHeldBy } from '../../runs/holder.ts'
import { areFactsOfLog, isOwnerComment } from '../../work-logs/facts.ts'
import { deliverComment, fetchComment } from '../../work-logs/heard.ts'
import { runOf, type TaskDetail } from '../task.ts'

/**
 * Records, once per comment, that an agent fetched the owner's comments on a task. Writes nothing if none is new, or if another agent
 * is working on the task. Returns whether a hook took a comment since the task was read.
 */
export async function recordFetched(
  ctx: Ctx,
  task: Pick<TaskDetail, 'id' | 'key' | 'project' | 'feedback' | 'runState' | 'lastRun'>,
): Promise<boolean> {
  const [first] = task.feedback
  const run = runOf(task)
  if (first === undefined || ctx.actor.kind !== 'agent' || (run !== null && !isHeldBy(run, ctx.actor)))
    return false
  const about = { taskId: task.id, since: first.at }
  if ((await selectUnfetched(ctx.db, about)).length === 0) return false
  const heard = task.feedback.filter(({ heardAt }) => heardAt !== null).length
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const fetched = await selectUnfetched(db, about)
    const result = fetched.filter(({ heardAt }) => heardAt !== null).length > heard
    const rows = fetched.map(({ id }) => fetchComment(id, ctx.now()))
    const logs = fetched.map((log) => ({ ...log, taskKey: task.key, projectId: task.project.id }))
    return withRecords(logs, { rows, result })
  })
}

/** Records that a hook's answer with the owner's comments was written. */
export async function recordDelivered(ctx: Ctx, comments: readonly { readonly id: string }[]): Promise<void> {
  const ids = comments.map(({ id }) => id)
  await ctx.commit(async (db): Promise<Change<void>> => {
    const delivered = await db
      .select({ id: workLogs.id, title: workLogs.title, taskKey: tasks.taskKey, projectId: tasks.projectId })
      .from(workLogs)
      .innerJoin(tasks, eq(tasks.id, workLogs.taskId))
      .innerJoin(workLogFacts, areFactsOfLog)
      .where(and(inArray(workLogs.id, ids), isNull(workLogFacts.deliveredAt)))
    const rows = delivered.map(({ id }) => deliverComment(id, ctx.now()))
    return withRecords(delivered, { rows, result: undefined })
  })
}

interface ReceivedComment {
  readonly id: string
  readonly title: string
  readonly taskKey: string
  readonly projectId: string
}

/** Adds the events and audit entries of comments that an agent has received. */
function withRecords<T>(
  comments: readonly ReceivedComment[],
  { rows, result }: { readonly rows: readonly Write[]; readonly result: T },
): Change<T> {
  const [entry, ...others] = comments.map(
    ({ id, taskKey }): AuditEntry => ({
      action: fetchAction,
      targetType: 'worklog',
      targetId: id,
      meta: { taskKey },
    }),
  )
  const events = comments.map(
    ({ id, title, taskKey, projectId }): NewEvent => ({
      type: 'WORKLOG_UPDATED',
      entityId: id,
      projectId,
      payload: { title, taskKey, kind: 'comment' },
    }),
  )
  return entry === undefined
    ? { result, unchanged: true }
    : { result, rows, events, audit: [entry, ...others] }
}

const fetchAction = 'worklog.fetch'

// A hook took it, and its answer may not have arrived.
const isUncertain = and(
  isNotNull(workLogFacts.heardAt),
  isNull(workLogFacts.deliveredAt),
  isNull(workLogFacts.fetchedAt),
)

function selectUnfetched(db: Reader, { taskId, since }: { readonly taskId: string; readonly since: Date }) {
  const isFetched = db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.targetType, 'worklog'),
        eq(auditLogs.targetId, sql`${workLogs.id}::text`),
        eq(auditLogs.action, fetchAction),
      ),
    )
  return db
    .select({ id: workLogs.id, title: workLogs.title, heardAt: workLogFacts.heardAt })
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
    .where(
      and(
        eq(workLogs.taskId, taskId),
        isOwnerComment,
        gte(workLogs.workedAt, since),
        or(notExists(isFetched), isUncertain),
      ),
    )
}

/** Finds the messages of comments whose updates are still kept. */
export async function messagesOfComments(
  { db, ownerId }: Scope,
  comments: readonly { readonly logId: string; readonly taskKey: string }[],
): Promise<{ readonly chatId: number; readonly messageId: number }[]> {
  if (comments.length === 0) return []
  const cause = sql`substring(${auditLogs.meta} ->> 'cause' from '^telegram:([0-9]+)')::bigint`
  return db
    .select({
      chatId: sql<number>`(${botUpdates.update} -> 'message' -> 'chat' ->> 'id')::bigint`.mapWith(Number),
      messageId: sql<number>`(${botUpdates.update} -> 'message' ->> 'message_id')::bigint`.mapWith(Number),
    })
    .from(auditLogs)
    .innerJoin(botUpdates, eq(botUpdates.updateId, cause))
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        eq(auditLogs.targetType, 'task'),
        inArray(
          auditLogs.targetId,
          comments.map(({ taskKey }) => taskKey),
        ),
        inArray(
          sql`${auditLogs.meta} ->> 'commentId'`,
          comments.map(({ logId }) => logId),
        ),
        sql`${botUpdates.update} -> 'message' is not null`,
      ),
    )
}
