import { eq, sql } from 'drizzle-orm'
import { isListed, preparedRead } from '../../db/prepared.ts'
import { apiTokens, projects, questions, type RunUsage, runs, tasks, workLogs } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'
import type { ClosedQuestion } from '../questions/question.ts'
import { runnerOfQuestion } from '../questions/store.ts'
import { type RunnerFacts, runnersOf, type StoredRunner, toRunners } from '../runs/runner-list.ts'
import { type LiveRun, liveRunOf, toLiveRun } from '../sessions/live-run.ts'
import { isOwnerComment, logAuthor, logKind } from '../work-logs/facts.ts'
import { detailColumns, logsOfTask, nothingStored, toDetail } from './detail.ts'
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
  /** The newest closed question of the open run; null without an open run. */
  readonly closedQuestion: ClosedQuestion | null
  /** The files of its note and of the comments on it. */
  readonly files: readonly NoteFile[]
  /** What the hooks of its newest run's session reported; null without hooks. */
  readonly live: LiveRun | null
  /** The end of its newest run, and what its agent reported; null without a run. */
  readonly ran: RanFacts | null
  /** The owner's runners, if it is queued. */
  readonly runners: readonly RunnerFacts[]
}

/** How a run ended, and what its agent reported. */
export interface RanFacts {
  /** Null while it is open. */
  readonly endedAt: Date | null
  readonly usage: RunUsage | null
  /** How many files it changed. */
  readonly files: number | null
  /** The branch that its branch starts from; null unless a runner started it. */
  readonly base: string | null
}

const remarkKinds = sql`(${logKind} = 'manual' or ${logKind} = 'comment' and ${logAuthor} is distinct from 'owner')`

const cardsOf = preparedRead((db) =>
  db
    .select({
      id: tasks.id,
      ...detailColumns,
      // The newest of each kind.
      remarks: sql<readonly StoredRemark[]>`(
        select coalesce(jsonb_agg(remark), '[]'::jsonb) from (
          select distinct on (${logKind} = 'comment') ${logKind} = 'comment' as "isComment", ${workLogs.workedAt} as at,
            case when ${logKind} = 'comment' then coalesce(${workLogs.detail}, '') else ${workLogs.title} end as text
          ${logsOfTask} and ${remarkKinds}
          order by ${logKind} = 'comment', ${workLogs.workedAt} desc, ${workLogs.createdAt} desc, ${workLogs.id} desc
        ) as remark)`,
      withFiles: sql<readonly string[]>`(
        select coalesce(jsonb_agg(${workLogs.detail} order by ${workLogs.workedAt}, ${workLogs.createdAt}, ${workLogs.id}), '[]'::jsonb)
        ${logsOfTask} and ${isOwnerComment} and ${workLogs.detail} like '%](tg-%')`,
      closed: sql<StoredClosed | null>`(
        select jsonb_build_object('kind', ${questions.kind}, 'name', ${apiTokens.name}, 'engine', ${questions.engine}, 'runner', ${runnerOfQuestion}, 'tool', ${questions.tool},
          'returnsTo', ${questions.returnsTo}, 'state', ${questions.state}, 'answer', ${questions.answer}, 'answeredBy', ${questions.answeredBy},
          'askedAt', ${questions.createdAt}, 'closedAt', ${questions.updatedAt}, 'fetchedAt', ${questions.fetchedAt})
        from ${questions} left join ${apiTokens} on ${apiTokens.id} = ${questions.tokenId}
        where ${tasks.runState} = 'running' and ${questions.taskId} = ${tasks.id} and ${questions.state} <> 'open'
        order by ${questions.updatedAt} desc, ${questions.id} desc limit 1)`,
      live: liveRunOf,
      ran: sql<StoredRan | null>`(
        select jsonb_build_object('endedAt', ${runs.endedAt}, 'usage', ${runs.usage}, 'files', ${runs.files}, 'base', ${runs.base}) from ${runs}
        where ${runs.taskId} = ${tasks.id} order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`,
      runners: sql<
        readonly StoredRunner[] | null
      >`case when ${tasks.runState} = 'queued' then ${runnersOf(tasks.ownerId)} end`,
    })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isListed(tasks.id, 'ids', 'uuid')),
)

interface StoredRemark {
  readonly isComment: boolean
  readonly text: string
  readonly at: string
}

type StoredClosed = Omit<ClosedQuestion, 'askedAt' | 'closedAt' | 'fetchedAt'> & {
  readonly askedAt: string
  readonly closedAt: string
  readonly fetchedAt: string | null
}

type StoredRan = Omit<RanFacts, 'endedAt'> & { readonly endedAt: string | null }

/** Adds what cards show to several tasks, in one statement. */
export async function readCardFacts(scope: Scope, several: readonly Task[]): Promise<TaskCardFacts[]> {
  if (several.length === 0) return []
  const stored = await cardsOf(scope.db, { ids: JSON.stringify(several.map(({ id }) => id)) })
  const byId = new Map(stored.map(({ id, ...card }) => [id, card]))
  const nothing = {
    ...nothingStored,
    remarks: [],
    withFiles: [],
    closed: null,
    live: null,
    ran: null,
    runners: null,
  }
  return several.map((task) => {
    const { remarks, withFiles, closed, live, ran, runners, ...detailed } = byId.get(task.id) ?? nothing
    const detail = toDetail(task, detailed)
    const own = remarks.map((remark) => ({ ...remark, at: new Date(remark.at) }))
    const since = detail.latestResult?.workedAt ?? new Date(0)
    const agentComment = own.find(({ isComment, at }) => isComment && at >= since) ?? null
    const { lastRun } = detail
    const progress =
      detail.runState === 'running' && lastRun !== null
        ? own.find(({ isComment, at }) => !isComment && at >= lastRun.since)
        : undefined
    const closedQuestion = toClosed(closed)
    const isOfRun = closedQuestion !== null && lastRun !== null && closedQuestion.askedAt >= lastRun.since
    const files = filesIn([detail.note, ...withFiles].join('\n'))
    return {
      ...detail,
      progress: progress ?? null,
      agentComment,
      closedQuestion: isOfRun ? closedQuestion : null,
      files,
      live: toLiveRun(live),
      ran: ran && { ...ran, endedAt: ran.endedAt === null ? null : new Date(ran.endedAt) },
      runners: toRunners(runners ?? []),
    }
  })
}

function toClosed(stored: StoredClosed | null): ClosedQuestion | null {
  if (stored === null) return null
  const { askedAt, closedAt, fetchedAt } = stored
  return {
    ...stored,
    askedAt: new Date(askedAt),
    closedAt: new Date(closedAt),
    fetchedAt: fetchedAt === null ? null : new Date(fetchedAt),
  }
}

/** Like `readCardFacts` for one task. */
export async function readCard(scope: Scope, task: Task): Promise<TaskCardFacts> {
  const [card] = await readCardFacts(scope, [task])
  if (card === undefined) throw new Error(`no card of ${task.key}`)
  return card
}

/** Returns what the card of a new task shows. */
export function newCard(task: TaskDetail): TaskCardFacts {
  return {
    ...task,
    progress: null,
    agentComment: null,
    closedQuestion: null,
    files: filesIn(task.note),
    live: null,
    ran: null,
    runners: [],
  }
}
