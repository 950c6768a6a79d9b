import { deleteExpiredKeys } from '../domain/access/idempotency.ts'
import { dayMs, hourMs } from '../domain/core/durations.ts'
import { deleteExpiredEvents } from '../domain/core/outbox.ts'
import { deleteExpiredRunners } from '../domain/runs/runners.ts'
import { deleteExpiredSessions } from '../domain/sessions/sessions.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import { deleteExpiredSnapshots, keptDeletionsMs } from '../domain/tasks/undo/undo-delete.ts'
import { deleteExpiredConversations, readState } from '../telegram/store/bot-state.ts'
import { deleteExpiredMessages } from '../telegram/store/messages/messages.ts'
import { deleteExpiredStrangers } from '../telegram/store/strangers.ts'
import { deleteExpiredUpdates } from '../telegram/store/updates.ts'
import type { Job, JobsDeps } from './job.ts'

// The owner sets how long events are kept.
const kept = {
  updatesMs: 48 * hourMs,
  keysMs: 24 * hourMs,
  conversationsMs: 24 * hourMs,
  messagesMs: 90 * dayMs,
  strangersMs: 90 * dayMs,
  sessionsMs: 30 * dayMs,
  runnersMs: 30 * dayMs,
  deletedMs: keptDeletionsMs,
} as const

/** Deletes expired rows; never an event that the notifier hasn't handled. */
export const retentionJob: Job = { name: 'retention', everyMinutes: 60, run: deleteExpired }

async function deleteExpired({ store, ownerId, now, log }: JobsDeps): Promise<void> {
  const before = (ms: number) => new Date(now().getTime() - ms)
  const { keepEventsDays } = await readOwnerSettings({ db: store, ownerId })
  const upTo = (await readState<number>(store, 'notifier_cursor')) ?? 0
  const deleted = {
    events: await deleteExpiredEvents(store, { ownerId, before: before(keepEventsDays * dayMs), upTo }),
    updates: await deleteExpiredUpdates(store, before(kept.updatesMs)),
    keys: await deleteExpiredKeys(store, before(kept.keysMs)),
    conversations: await deleteExpiredConversations(store, before(kept.conversationsMs)),
    messages: await deleteExpiredMessages(store, before(kept.messagesMs)),
    sessions: await deleteExpiredSessions(store, before(kept.sessionsMs)),
    runners: await deleteExpiredRunners(store, before(kept.runnersMs)),
    deleted: await deleteExpiredSnapshots({ db: store, ownerId }, before(kept.deletedMs)),
    strangers: await deleteExpiredStrangers(store, before(kept.strangersMs)),
  }
  if (Object.values(deleted).some((count) => count > 0)) log.info(deleted, 'deleted expired rows')
}
