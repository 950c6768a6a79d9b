import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../db/types.ts'
import type { Notifier } from '../notifier/notifier.ts'
import { pollingHealth, type TelegramState } from './telegram-side.ts'

const maxPingMs = 3_000

/** Builds the check behind `/api/health`. A process that doesn't lead only needs its database. */
export function createHealth(parts: {
  readonly database: Database
  readonly state: TelegramState
  readonly now: () => Date
  readonly isLeading: () => boolean
  readonly isPolling: () => boolean
  readonly notifier: Notifier['state']
}) {
  const { database, state, now, isLeading, isPolling, notifier } = parts
  return async () => {
    const databaseUp = await isUp(database)
    const leads = isLeading()
    const polling = pollingHealth(state, now())
    const telegramUp =
      !leads ||
      (state.me !== null &&
        !state.unauthorized &&
        (polling.ok || !isPolling()) &&
        notifier().stopped === null)
    return {
      ok: databaseUp && telegramUp,
      checks: {
        database: databaseUp,
        telegram: telegramUp,
        leader: leads,
        ...(isPolling() && leads ? { polling } : {}),
        ...notifier(),
      },
    }
  }
}

// A database that doesn't answer within three seconds counts as down.
async function isUp(database: Database): Promise<boolean> {
  const answers = database.ping().then(
    () => true,
    () => false,
  )
  return Promise.race([answers, delay(maxPingMs, false, { ref: false })])
}
