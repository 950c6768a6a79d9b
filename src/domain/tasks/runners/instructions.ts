import { and, asc, eq, gte, inArray, isNull, sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import { runs, tasks, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import type { Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import { areFactsOfLog, isOwnerComment } from '../../work-logs/facts.ts'
import { hearComment } from '../../work-logs/heard.ts'

/** What a runner must do now. */
export interface RunnerInstructions {
  /** The runs whose processes it must end. */
  readonly stop: readonly string[]
  /** The owner's words for agents at work, oldest first. */
  readonly replies: readonly {
    readonly id: string
    readonly run: string
    readonly text: string
    readonly at: Date
  }[]
}

/** A runner and the runs whose processes are alive. */
export interface RunnerState {
  readonly id: string
  readonly runs: readonly string[]
}

const isAtWork = and(isNull(runs.endedAt), eq(tasks.runState, 'running'))
const isUnheard = and(isOwnerComment, isNull(workLogFacts.heardAt), isNull(workLogFacts.fetchedAt))

/**
 * Returns what a runner must do, and marks the owner's words as heard: each comes once, through the runner, a hook or a fetch. Words
 * for a run wait until its process is alive.
 */
export async function takeInstructions(
  ctx: Ctx,
  { id, runs: alive }: RunnerState,
): Promise<RunnerInstructions> {
  if (alive.length === 0) return { stop: [], replies: [] }
  return ctx.commit(async (db): Promise<Change<RunnerInstructions>> => {
    const atWork = await db
      .select({ id: runs.id })
      .from(runs)
      .innerJoin(tasks, eq(tasks.id, runs.taskId))
      .where(and(inArray(runs.id, [...alive]), eq(runs.runnerId, id), isAtWork))
    const open = atWork.map((run) => run.id)
    const words = open.length === 0 ? [] : await readWords(db, open)
    const now = ctx.now()
    return {
      unchanged: true,
      result: {
        stop: alive.filter((run) => !open.includes(run)),
        replies: words.map(({ text, ...word }) => ({ ...word, text: text ?? '' })),
      },
      rows: words.map((word) => hearComment(word.id, now)),
    }
  })
}

// What the owner wrote before a run came with the claim.
function readWords(db: Reader, open: readonly string[]) {
  return db
    .select({ id: workLogs.id, run: runs.id, text: workLogs.detail, at: workLogs.workedAt })
    .from(runs)
    .innerJoin(workLogs, and(eq(workLogs.taskId, runs.taskId), gte(workLogs.workedAt, runs.startedAt)))
    .innerJoin(workLogFacts, areFactsOfLog)
    .where(and(inArray(runs.id, [...open]), isUnheard))
    .orderBy(asc(workLogs.workedAt), asc(workLogs.createdAt), asc(workLogs.id))
}

/** Finds which of these states of runners, as JSON, are out of date: something is to be done. One statement serves all. */
export async function findOutdatedStates(db: Db, states: readonly string[]): Promise<string[]> {
  const found = await rows<{ state: string }>(
    db,
    sql`select state from jsonb_array_elements_text(${JSON.stringify(states)}::text::jsonb) as state
      cross join jsonb_to_record(state::jsonb) as r(id uuid, runs jsonb)
      where exists (
        select from jsonb_array_elements_text(r.runs) as alive(run)
        left join (${runs} join ${tasks} on ${tasks.id} = ${runs.taskId} and ${tasks.runState} = 'running')
          on ${runs.id} = alive.run::uuid and ${runs.runnerId} = r.id and ${runs.endedAt} is null
        where ${runs.id} is null or exists (
          select from ${workLogs} join ${workLogFacts} on ${areFactsOfLog}
          where ${workLogs.taskId} = ${runs.taskId} and ${workLogs.workedAt} >= ${runs.startedAt} and ${isUnheard}))`,
  )
  return found.map(({ state }) => state)
}
