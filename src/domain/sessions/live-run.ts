import { sql } from 'drizzle-orm'
import { agentSessions, runs, tasks } from '../../db/schema.ts'
import { runnerPhaseOf, type StopPhase, type StoppedRun, stopPhaseOf } from './stop.ts'

/** What the hooks of a run's session have reported, and its runner. */
export interface LiveRun extends Omit<StoppedRun, 'endedAt'> {
  /** Null while the run is open. */
  readonly endedAt: Date | null
  readonly isStopped: boolean
  /** A runner has started the agent. */
  readonly isLeased: boolean
  /** When the runner reported that the agent's process has ended. */
  readonly exitedAt: Date | null
  readonly toolCalls: number
  readonly ranTests: boolean
  /** How many files its tools have changed. */
  readonly fileCount: number
}

type Counts = 'isStopped' | 'isLeased' | 'toolCalls' | 'ranTests' | 'fileCount'
type Times = Exclude<keyof LiveRun, Counts>
type StoredLive = Pick<LiveRun, Counts> & { readonly [Name in Times]: string | null }

/** Selects what the session and the runner of a task's newest run have reported, in a query of tasks. */
export const liveRunOf = sql<StoredLive | null>`(
  select jsonb_build_object('endedAt', r.ended_at, 'isStopped', r.outcome is not distinct from 'stopped',
    'isLeased', r.heartbeat_at is not null, 'exitedAt', r.exited_at, 'hookAt', s.hook_at,
    'promptedAt', s.prompted_at, 'turnEndedAt', s.turn_ended_at, 'sessionEndedAt', s.ended_at, 'stopDeliveredAt', s.stop_delivered_at,
    'toolCalls', coalesce(s.tool_calls, 0), 'ranTests', coalesce(s.ran_tests, false),
    'fileCount', jsonb_array_length(coalesce(s.files, '[]'::jsonb)))
  from (select * from ${runs} as one where one.task_id = ${tasks.id} order by one.started_at desc, one.id desc limit 1) as r
  left join ${agentSessions} as s on s.token_id = r.token_id and s.session = r.session and s.hook_at is not null
  where s.id is not null or r.heartbeat_at is not null)`

/** Reads what `liveRunOf` selects. */
export function toLiveRun(stored: StoredLive | null): LiveRun | null {
  if (stored === null) return null
  const at = (name: Times) => {
    const time = stored[name]
    return time === null ? null : new Date(time)
  }
  const { isStopped, isLeased, toolCalls, ranTests, fileCount } = stored
  return {
    isStopped,
    isLeased,
    exitedAt: at('exitedAt'),
    toolCalls,
    ranTests,
    fileCount,
    endedAt: at('endedAt'),
    hookAt: at('hookAt'),
    promptedAt: at('promptedAt'),
    turnEndedAt: at('turnEndedAt'),
    sessionEndedAt: at('sessionEndedAt'),
    stopDeliveredAt: at('stopDeliveredAt'),
  }
}

/** Returns how far the owner's Stop of a run has come; null if it wasn't stopped. */
export function phaseOfLive(live: LiveRun | null, now: Date): StopPhase | null {
  if (live === null || !live.isStopped || live.endedAt === null) return null
  const run = { ...live, endedAt: live.endedAt }
  return live.isLeased ? runnerPhaseOf(run, now) : stopPhaseOf(run, now)
}
