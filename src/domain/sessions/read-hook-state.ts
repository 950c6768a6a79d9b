import { and, eq, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import {
  agentSessions,
  apiTokens,
  questions,
  type RunOutcome,
  runs,
  tasks,
  workLogFacts,
  workLogs,
} from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { versionOf } from '../core/commit/writes.ts'
import type { OwnerWords, WaitingQuestion } from './hook-decision.ts'

/** A session's row with its version. */
export type SessionRow = typeof agentSessions.$inferSelect & { readonly version: string }

/** An open run that is a session's, or may become it. */
export interface SessionRun {
  readonly id: string
  readonly taskId: string
  readonly taskKey: string
  readonly session: string | null
}

/** What is stored about a session. */
export interface StoredSession {
  /** Null before its first hook. */
  readonly row: SessionRow | null
  readonly waiting: readonly WaitingQuestion[]
  readonly runs: readonly SessionRun[]
  readonly words: readonly OwnerWords[]
  /** Its newest run, if it has ended. */
  readonly ended: EndedRun | null
}

/** A run that has ended. */
export interface EndedRun {
  readonly runId: string
  readonly taskId: string
  readonly taskKey: string
  readonly outcome: RunOutcome
  readonly endedAt: Date
  /** Whether its task is queued. */
  readonly isQueued: boolean
}

const token = sql.placeholder('tokenId')
const session = sql.placeholder('session')

const waiting = sql<readonly WaitingQuestion[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${questions.id}, 'kind', ${questions.kind}, 'items', ${questions.items},
    'detail', ${questions.detail}, 'tool', ${questions.tool}) order by ${questions.createdAt}, ${questions.id}), '[]'::jsonb)
  from ${questions} where ${questions.tokenId} = ${token}::uuid and ${questions.session} = ${session}::text
    and ${questions.state} = 'open' and ${questions.tool} is not null)`

const runsOf = sql<readonly SessionRun[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', ${runs.id}, 'taskId', ${tasks.id}, 'taskKey', ${tasks.taskKey},
    'session', ${runs.session})), '[]'::jsonb)
  from ${runs} join ${tasks} on ${tasks.id} = ${runs.taskId}
  where ${runs.tokenId} = ${token}::uuid and ${runs.endedAt} is null and ${tasks.runState} = 'running'
    and coalesce(${runs.session} = ${session}::text, true))`

// What the owner wrote before a run came with the claim.
const words = sql<readonly OwnerWords[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'taskKey', l.task_key, 'text', coalesce(l.detail, ''))
    order by l.worked_at, l.created_at, l.id), '[]'::jsonb)
  from (
    select ${workLogs.id}, ${workLogs.detail}, ${workLogs.workedAt}, ${workLogs.createdAt}, ${tasks.taskKey}
    from ${runs} join ${tasks} on ${tasks.id} = ${runs.taskId}
    join ${workLogs} on ${workLogs.taskId} = ${tasks.id} and ${workLogs.workedAt} >= ${runs.startedAt}
    join ${workLogFacts} on ${workLogFacts.logId} = ${workLogs.id}
    where ${runs.tokenId} = ${token}::uuid and ${runs.session} = ${session}::text and ${runs.endedAt} is null
      and ${tasks.runState} = 'running' and ${workLogFacts.kind} = 'comment' and ${workLogFacts.author} = 'owner'
      and ${workLogFacts.heardAt} is null and ${workLogFacts.fetchedAt} is null
  ) as l)`

const ended = sql<(Omit<EndedRun, 'endedAt'> & { readonly endedAt: string }) | null>`(
  select case when ${runs.endedAt} is not null then jsonb_build_object('runId', ${runs.id}, 'taskId', ${tasks.id}, 'taskKey', ${tasks.taskKey},
    'outcome', ${runs.outcome}, 'endedAt', ${runs.endedAt}, 'isQueued', ${tasks.runState} is not distinct from 'queued') end
  from ${runs} join ${tasks} on ${tasks.id} = ${runs.taskId}
  where ${runs.tokenId} = ${token}::uuid and ${runs.session} = ${session}::text
  order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`

// The token's row is always there. One statement: the agent waits for the answer of each hook.
const readAll = preparedRead((db) =>
  db
    .select({ row: agentSessions, version: versionOf(agentSessions), waiting, runs: runsOf, words, ended })
    .from(apiTokens)
    .leftJoin(
      agentSessions,
      and(eq(agentSessions.tokenId, apiTokens.id), eq(agentSessions.session, sql`${session}::text`)),
    )
    .where(eq(apiTokens.id, sql`${token}::uuid`)),
)

/** Reads what the decision about a hook needs, in one statement. */
export async function readStoredSession(
  db: Reader,
  of: { readonly tokenId: string; readonly session: string },
): Promise<StoredSession> {
  const [found] = await readAll(db, { tokenId: of.tokenId, session: of.session })
  if (found === undefined) return { row: null, waiting: [], runs: [], words: [], ended: null }
  const { row, version, ended: newest, ...rest } = found
  return {
    ...rest,
    row: row && { ...row, announced: row.announced ?? [], version },
    ended: newest && { ...newest, endedAt: new Date(newest.endedAt) },
  }
}
