import { type SQL, sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import { agentSessions, botMessages, runs } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import { hourMs } from '../../../domain/core/durations.ts'
import { reachMs, silenceMs } from '../../../domain/sessions/stop.ts'
import { learnedAt } from '../../../domain/sessions/stopping-runs.ts'

// A stopped agent's last hook may be that long ago: a tool runs until it ends.
const watchedMs = hourMs

/** Selects whether hooks or runners have reported something lately, so cards may have to show it, as a column of another query. */
export function hasLiveSessions(now: SQL): SQL<boolean> {
  const since = sql`${now}::timestamptz - ${interval(watchedMs)}`
  return sql<boolean>`(exists (
    select from ${agentSessions} as s where s.last_seen_at > ${since} and s.hook_at is not null)
    or exists (select from ${runs} as r where r.reported_at > ${since})
    or exists (select from ${runs} as r where ${isEnding} and r.ended_at > ${since}))`
}

/** The condition that the owner stopped a run, and its runner hasn't reported the end of its process. */
const isEnding = sql`r.exited_at is null and r.runner_id is not null and r.outcome = 'stopped'`

/**
 * Finds the tasks whose card in the chat was edited before what it should show now: used tools, how far a stop has come, or what a
 * run took. Newest first.
 */
export async function findLiveChanges(
  db: Db,
  { chatId, now, limit }: { readonly chatId: number; readonly now: Date; readonly limit: number },
): Promise<string[]> {
  const at = (ms = 0) => sql`${new Date(now.getTime() - ms).toISOString()}::timestamptz`
  const found = await rows<{ id: string }>(
    db,
    sql`with changed as (
      select r.task_id, case when r.ended_at is null then s.used_at
        when ${learnedAt} >= r.ended_at then greatest(${learnedAt}, s.hook_at) + ${interval(silenceMs)}
        else greatest(r.ended_at, s.hook_at) + ${interval(reachMs)} end as at
      from ${agentSessions} as s join ${runs} as r on r.token_id = s.token_id and r.session = s.session
      where s.last_seen_at > ${at(watchedMs)} and s.hook_at is not null
        and (r.ended_at is null or r.outcome = 'stopped' and r.ended_at > ${at(watchedMs)} and r.heartbeat_at is null)
      union all
      select r.task_id, r.reported_at from ${runs} as r where r.reported_at > ${at(watchedMs)} and r.ended_at is not null
      union all
      select r.task_id, r.ended_at + ${interval(reachMs)} from ${runs} as r where ${isEnding} and r.ended_at > ${at(watchedMs)}
    )
    select changed.task_id as id from changed
    join lateral (
      select m.state, m.stale, coalesce(m.edited_at, m.sent_at) as shown_at from ${botMessages} as m
      where m.chat_id = ${chatId}::bigint and m.task_id = changed.task_id and m.purpose = 'card'
        and (m.state in ('pending', 'sending', 'uncertain') or m.state = 'sent' and m.message_id is not null)
      order by m.id desc limit 1
    ) as card on card.state = 'sent' and not card.stale and card.shown_at < changed.at
    where changed.at <= ${at()}
    order by changed.at desc limit ${limit}::int`,
  )
  return found.map(({ id }) => id)
}

function interval(ms: number): SQL {
  return sql.raw(`interval '${ms} ms'`)
}
