import { eq, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import { botState, users } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { BoardEvent } from '../../domain/core/events.ts'
import { eventsAfter, newestEventOf } from '../../domain/core/outbox.ts'
import { hasNewLimits } from '../../domain/runs/engine-limits.ts'
import { type OwnerSettings, toOwnerSettings } from '../../domain/settings/settings.ts'
import { storedSettingsOf } from '../../domain/settings/stored-settings.ts'
import { hasDeletionQuestions } from '../../domain/tasks/removal/deletion-limit.ts'
import type { StateKey } from './bot-state.ts'
import { hasLiveSessions } from './messages/live-cards.ts'
import { hasDueQuestions } from './messages/question-messages.ts'

/** How many events the notifier reads at once. */
export const eventPageSize = 300

/** What a round of the notifier works on. */
export interface Unread {
  /** The ID of the last event that was handled; null before the first round. */
  readonly cursor: number | null
  readonly newest: number
  /** The events after the cursor, at most a page. */
  readonly events: readonly BoardEvent[]
  readonly settings: OwnerSettings
  /** Whether the owner must be asked about deletions. */
  readonly asks: boolean
  /** Whether the owner must be notified of usage limits. */
  readonly hasLimits: boolean
  /** Whether cards may have to show what hooks or runners have reported. */
  readonly isLive: boolean
  /** Whether questions need their own message, or an edit of it. */
  readonly hasQuestions: boolean
}

const cursorKey: StateKey = 'notifier_cursor'
const cursor = sql<number | null>`(${botState.value} #>> '{}')::bigint`.mapWith(Number)

const readAll = preparedRead((db) =>
  db
    .select({
      cursor,
      newest: newestEventOf(users.id),
      events: eventsAfter(users.id, cursor, eventPageSize),
      stored: storedSettingsOf(users.id),
      asks: hasDeletionQuestions(users.id),
      hasLimits: hasNewLimits(users.id),
      hasQuestions: hasDueQuestions(users.id),
      isLive: hasLiveSessions(sql`${sql.placeholder('now')}`),
    })
    .from(users)
    .leftJoin(botState, eq(botState.key, cursorKey))
    .where(eq(users.id, sql.placeholder('ownerId'))),
)

/** Reads what a round of the notifier works on. One statement, so an event after the chat was linked has a higher ID than `newest`. */
export async function readUnread(db: Reader, ownerId: string, now: Date): Promise<Unread> {
  const [found] = await readAll(db, { ownerId, now: now.toISOString() })
  if (found === undefined) throw new Error('the board has no owner')
  const { stored, ...rest } = found
  return { ...rest, settings: toOwnerSettings(stored) }
}
