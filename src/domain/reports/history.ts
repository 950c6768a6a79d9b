import { and, desc, eq, inArray, notInArray } from 'drizzle-orm'
import { auditLogs, workLogs } from '../../db/schema.ts'
import { type AuditRecord, toAuditRecord } from '../core/audit/audit-record.ts'
import type { WorkLogKind } from '../core/events.ts'
import type { Scope } from '../core/scope.ts'
import type { Question } from '../questions/question.ts'
import { findQuestions } from '../questions/store.ts'
import { arrival, historyKeys } from '../tasks/former-keys.ts'
import type { Task } from '../tasks/task.ts'
import { selectWorkLogs, toWorkLog, type WorkLog } from '../work-logs/work-logs.ts'

/** One entry of a task's history: a change or a work log. */
export type HistoryEntry =
  | {
      readonly kind: 'change'
      readonly at: Date
      readonly entry: AuditRecord
      /** The questions that the change closed. */
      readonly closed: readonly Question[]
    }
  | { readonly kind: 'log'; readonly at: Date; readonly log: WorkLog }

// A change and its logs are written together; the time of its audit entry is taken last.
const sameChangeMs = 10_000

/**
 * Reads a task's history, newest first: the audit entries of all its keys and its work logs. Omits logs that only record a change,
 * and changes that only left a comment.
 */
export async function readHistory(
  scope: Scope,
  task: Task,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly hasMore: boolean }> {
  const reach = page.offset + page.limit + 1
  const keys = await historyKeys(scope, task.key)
  const [changes, logs] = await Promise.all([
    scope.db
      .select()
      .from(auditLogs)
      .where(
        and(
          eq(auditLogs.ownerId, scope.ownerId),
          eq(auditLogs.targetType, 'task'),
          inArray(auditLogs.targetId, [...keys]),
          notInArray(auditLogs.action, ['task.comment', arrival]),
        ),
      )
      .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
      .limit(reach),
    selectWorkLogs(scope.db)
      .where(eq(workLogs.taskId, task.id))
      .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt), desc(workLogs.id))
      // Each change may write three logs, which are filtered out below.
      .limit(4 * reach),
  ])
  const times = changes.map((entry) => entry.createdAt.getTime())
  const isHidden = ({ kind, createdAt }: WorkLog) =>
    isSideLog(kind) &&
    times.some((at) => at >= createdAt.getTime() && at - createdAt.getTime() < sameChangeMs)
  const shownLogs = logs.map(toWorkLog).filter((log) => !isHidden(log))
  const entries = [
    ...changes.map(
      (entry): HistoryEntry => ({
        kind: 'change',
        at: entry.createdAt,
        entry: toAuditRecord(entry),
        closed: [],
      }),
    ),
    ...shownLogs.map((log): HistoryEntry => ({ kind: 'log', at: log.workedAt, log })),
  ].sort((left, right) => right.at.getTime() - left.at.getTime())
  return {
    entries: await withQuestions(scope, entries.slice(page.offset, page.offset + page.limit)),
    hasMore: entries.length > page.offset + page.limit,
  }
}

async function withQuestions(scope: Scope, entries: readonly HistoryEntry[]): Promise<HistoryEntry[]> {
  const idsOf = (one: HistoryEntry) => (one.kind === 'change' ? closedBy(one.entry) : [])
  const found = await findQuestions(scope, entries.flatMap(idsOf))
  return entries.map((one) =>
    one.kind === 'log' ? one : { ...one, closed: found.filter(({ id }) => idsOf(one).includes(id)) },
  )
}

function closedBy(entry: AuditRecord): readonly string[] {
  return 'meta' in entry && 'closedQuestions' in entry.meta ? (entry.meta.closedQuestions ?? []) : []
}

/** Tests whether a log only records a change of status, fields or note. */
function isSideLog(kind: WorkLogKind): boolean {
  return kind === 'status' || kind === 'fields' || kind === 'note'
}
