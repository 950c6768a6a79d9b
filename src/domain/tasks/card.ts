import { and, inArray, sql } from 'drizzle-orm'
import { workLogFacts, workLogs } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'
import { areFactsOfLog, isOwnerComment, logAuthor, logKind } from '../work-logs/facts.ts'
import { readDetails } from './detail.ts'
import { filesIn, type NoteFile } from './notes/note-files.ts'
import type { Task, TaskDetail } from './task.ts'

/** A line that an agent wrote about its work. */
export interface Remark {
  readonly text: string
  readonly at: Date
}

/** A task with everything that its card shows. */
export interface TaskCardFacts extends TaskDetail {
  /** The newest manual work log since the open run began; null without an open run. */
  readonly progress: Remark | null
  /** The newest comment by an agent since the last result. */
  readonly agentComment: Remark | null
  /** The files of its note and of the comments on it. */
  readonly files: readonly NoteFile[]
}

/** Adds what cards show to several tasks, in three statements. */
export async function readCardFacts(scope: Scope, several: readonly Task[]): Promise<TaskCardFacts[]> {
  if (several.length === 0) return []
  const details = await readDetails(scope, several)
  const ids = several.map(({ id }) => id)
  const remarks = await readRemarks(scope, ids)
  const commented = await readCommentsWithFiles(scope, ids)
  return details.map((detail) => {
    const own = remarks.filter(({ taskId }) => taskId === detail.id)
    const since = detail.latestResult?.workedAt ?? new Date(0)
    const agentComment = own.find(({ isComment, at }) => isComment && at >= since) ?? null
    const { lastRun } = detail
    const progress =
      detail.runState === 'running' && lastRun !== null
        ? own.find(({ isComment, at }) => !isComment && at >= lastRun.since)
        : undefined
    const comments = commented.filter(({ taskId }) => taskId === detail.id).map(({ text }) => text)
    const files = filesIn([detail.note, ...comments].join('\n'))
    return { ...detail, progress: progress ?? null, agentComment, files }
  })
}

/** Like `readCardFacts` for one task. */
export async function readCard(scope: Scope, task: Task): Promise<TaskCardFacts> {
  const [card] = await readCardFacts(scope, [task])
  if (card === undefined) throw new Error(`no card of ${task.key}`)
  return card
}

interface StoredRemark extends Remark {
  readonly taskId: string | null
  readonly isComment: boolean
}

// The newest of each kind.
async function readRemarks({ db }: Scope, taskIds: readonly string[]): Promise<StoredRemark[]> {
  const isComment = sql<boolean>`${logKind} = 'comment'`
  return db
    .selectDistinctOn([workLogs.taskId, isComment], {
      taskId: workLogs.taskId,
      isComment,
      text: sql<string>`case when ${isComment} then coalesce(${workLogs.detail}, '') else ${workLogs.title} end`,
      at: workLogs.workedAt,
    })
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
    .where(
      and(
        inArray(workLogs.taskId, [...taskIds]),
        sql`(${logKind} = 'manual' or ${isComment} and ${logAuthor} is distinct from 'owner')`,
      ),
    )
    .orderBy(
      workLogs.taskId,
      isComment,
      sql`${workLogs.workedAt} desc, ${workLogs.createdAt} desc, ${workLogs.id} desc`,
    )
}

function readCommentsWithFiles({ db }: Scope, taskIds: readonly string[]) {
  return db
    .select({ taskId: workLogs.taskId, text: workLogs.detail })
    .from(workLogs)
    .leftJoin(workLogFacts, areFactsOfLog)
    .where(
      and(inArray(workLogs.taskId, [...taskIds]), isOwnerComment, sql`${workLogs.detail} like '%](tg-%'`),
    )
    .orderBy(workLogs.workedAt, workLogs.createdAt, workLogs.id)
}
