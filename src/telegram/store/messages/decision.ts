import { sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import { botMessages, botState, tasks } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import type { StateKey } from '../bot-state.ts'
import { insertQueued, type NewMessage } from './enqueue.ts'
import { deleteReports, idsIn, type NewCard, tasksWithOutcome, toMessage } from './living-cards.ts'

/** What events call for in the owner's chat. */
export interface Decision {
  readonly messages: readonly NewMessage[]
  readonly cards: readonly NewCard[]
  /** The ids of tasks whose living cards are edited as soon as possible. */
  readonly staleNow: readonly string[]
  /** The keys of tasks that only the owner changed. The bot usually shows those itself. */
  readonly staleSoon: readonly string[]
}

/** The notifier's position in the outbox, before and after. */
export interface CursorMove {
  readonly from: number | null
  readonly to: number
}

const cursorKey: StateKey = 'notifier_cursor'

/**
 * Moves the notifier's cursor and queues what was decided, in one statement. Returns false, with nothing written, if the cursor has moved
 * since it was read: during a takeover, two processes may decide on the same events.
 */
export async function commitDecision(
  db: Db,
  { from, to }: CursorMove,
  decision: Decision & { readonly ownerId: string; readonly chatId: number | null },
  { now, soon }: { readonly now: Date; readonly soon: Date },
): Promise<boolean> {
  const { ownerId, chatId, messages, cards, staleNow, staleSoon } = decision
  const isMoved = sql`exists (select from moved)`
  const at = (time: Date) => sql`${time.toISOString()}::timestamptz`
  const changedKeys = sql`array(select value from jsonb_array_elements_text(${JSON.stringify(staleSoon)}::text::jsonb))`
  // A file comes before the card with its buttons.
  const queued = [...messages, ...cards.map(toMessage)]
  const moved = await rows(
    db,
    sql`with moved as (
      insert into ${botState} as s (key, value, updated_at) values (${cursorKey}, ${JSON.stringify(to)}::text::jsonb, ${at(now)})
      on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
        where s.value = ${JSON.stringify(from)}::text::jsonb
      returning 1
    ),
    dropped as (${deleteReports(tasksWithOutcome(cards), isMoved)} returning id),
    changed as (
      select unnest(${idsIn(staleNow)}) as task_id, ${at(now)} as not_before
      union all select t.id, ${at(soon)} from ${tasks} as t where t.owner_id = ${ownerId}::uuid and t.task_key = any (${changedKeys})
    ),
    latest as (
      select distinct on (m.task_id) m.id, (select min(not_before) from changed where task_id = m.task_id) as edit_at
      from ${botMessages} as m
      where m.chat_id = ${chatId}::bigint and m.task_id = any (array(select task_id from changed)) and m.purpose = 'card'
        and (m.state in ('pending', 'sending', 'uncertain') or m.state = 'sent' and m.message_id is not null)
      order by m.task_id, m.id desc
    ),
    stale as (
      -- An unsent card keeps its own time.
      update ${botMessages} as m set stale = true,
        not_before = case when m.state = 'sent' then greatest(m.not_before, latest.edit_at) else m.not_before end
      from latest where m.id = latest.id and ${isMoved} and m.id not in (select id from dropped)
    ),
    queued as (${insertQueued(queued, now, isMoved)})
    select 1 from moved`,
  )
  return moved.length > 0
}
