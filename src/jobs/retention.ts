import { forgetKeys } from '../domain/access/idempotency.ts'
import { forgetEvents } from '../domain/core/outbox.ts'
import { forgetSessions } from '../domain/sessions/sessions.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import { forgetDeleted, keptDeletionsMs } from '../domain/tasks/undo/undo-delete.ts'
import { forgetConversations, readState } from '../telegram/store/bot-state.ts'
import { forgetMessages } from '../telegram/store/message-turns.ts'
import { forgetStrangers } from '../telegram/store/strangers.ts'
import { forgetUpdates } from '../telegram/store/updates.ts'
import type { Job, JobsDeps } from './job.ts'

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs

/** How long what is only of passing use is kept; of events the owner decides. */
const kept = {
  updatesMs: 48 * hourMs,
  keysMs: 24 * hourMs,
  conversationsMs: 24 * hourMs,
  messagesMs: 90 * dayMs,
  strangersMs: 90 * dayMs,
  sessionsMs: 30 * dayMs,
  deletedMs: keptDeletionsMs,
} as const

/** Forgets what has had its time; an event never before the notifier has decided on it. */
export const retentionJob: Job = { name: 'retention', everyMinutes: 60, run: forget }

async function forget({ store, ownerId, now, log }: JobsDeps): Promise<void> {
  const before = (ms: number) => new Date(now().getTime() - ms)
  const { keepEventsDays } = await readOwnerSettings({ db: store, ownerId })
  const upTo = (await readState<number>(store, 'notifier_cursor')) ?? 0
  const forgotten = {
    events: await forgetEvents(store, { ownerId, before: before(keepEventsDays * dayMs), upTo }),
    updates: await forgetUpdates(store, before(kept.updatesMs)),
    keys: await forgetKeys(store, before(kept.keysMs)),
    conversations: await forgetConversations(store, before(kept.conversationsMs)),
    messages: await forgetMessages(store, before(kept.messagesMs)),
    sessions: await forgetSessions(store, before(kept.sessionsMs)),
    deleted: await forgetDeleted({ db: store, ownerId }, before(kept.deletedMs)),
    strangers: await forgetStrangers(store, before(kept.strangersMs)),
  }
  if (Object.values(forgotten).some((count) => count > 0))
    log.info(forgotten, 'what had its time was forgotten')
}
