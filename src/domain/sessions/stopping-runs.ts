import { type SQL, sql } from 'drizzle-orm'
import { agentSessions, runs, tasks } from '../../db/schema.ts'
import { reachMs, silenceMs } from './stop.ts'

/** When the session `s` last learned that its run was stopped, or ended on its own. */
export const learnedAt = sql`greatest(s.stop_delivered_at, s.turn_ended_at, s.ended_at)`

/** The condition that the agent whose run of a task was stopped may still be at work on it, in a query of tasks. */
export function isStopping(now: Date): SQL {
  const before = (ms: number) => sql`${new Date(now.getTime() - ms).toISOString()}::timestamptz`
  return sql`exists (
    select from ${runs} as r left join ${agentSessions} as s on s.token_id = r.token_id and s.session = r.session
    where r.task_id = ${tasks.id} and r.outcome = 'stopped' and r.ended_at > ${before(reachMs)}
      and case when r.heartbeat_at is not null then r.exited_at is null
        else s.hook_at is not null and coalesce(s.prompted_at < r.ended_at, true) and coalesce(s.ended_at < r.ended_at, true)
          and not (coalesce(${learnedAt} >= r.ended_at, false) and greatest(${learnedAt}, s.hook_at) <= ${before(silenceMs)}) end)`
}
