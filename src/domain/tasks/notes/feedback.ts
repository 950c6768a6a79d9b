import { and, eq, gte, inArray, notExists, sql } from 'drizzle-orm'
import { auditLogs, botUpdates, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { AuditEntry, Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import type { NewEvent } from '../../core/events.ts'
import type { Scope } from '../../core/scope.ts'
import { areFactsOfLog, isOwnerComment } from '../../work-logs/facts.ts'
import type { TaskDetail } from '../task.ts'

/** Records, once per comment, that an agent fetched the owner's comments on a task. Writes nothing if none is new. */
export async function recordFetched(
  ctx: Ctx,
  task: Pick<TaskDetail, 'id' | 'key' | 'project' | 'feedback'>,
): Promise<void> {
  const [first] = task.feedback
  if (first === undefined || ctx.actor.kind !== 'agent') return
  const about = { taskId: task.id, since: first.at }
  if ((await selectUnfetched(ctx.db, about)).length === 0) return
  await ctx.commit(async (db): Promise<Change<void>> => {
    const fetched = await selectUnfetched(db, about)
    const audit = fetched.map(
      ({ id }): AuditEntry => ({
        action: fetchAction,
        targetType: 'worklog',
        targetId: id,
        meta: { taskKey: task.key },
      }),
    )
    const events = fetched.map(
      ({ id, title }): NewEvent => ({
        type: 'WORKLOG_UPDATED',
        entityId: id,
        projectId: task.project.id,
        payload: { title, taskKey: task.key, kind: 'comment' },
      }),
    )
    const [entry, ...others] = audit
    return entry === undefined
      ? { result: undefined, unchanged: true }
      : { result: undefined, rows: [], events, audit: [entry, ...others] }
  })
}

const fetchAction = 'worklog.fetch'

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
    .select({ id: workLogs.id, title: workLogs.title })
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
    .where(
      and(eq(workLogs.taskId, taskId), isOwnerComment, gte(workLogs.workedAt, since), notExists(isFetched)),
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
