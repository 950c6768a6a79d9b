import type { Actor } from '../../domain/core/actor.ts'
import { minuteMs } from '../../domain/core/durations.ts'
import { noteSession } from '../../domain/sessions/sessions.ts'
import type { ApiDeps } from './deps.ts'

const recordEveryMs = minuteMs
// Beyond this, the cache is cleared and the database is asked again.
const maxRemembered = 10_000

/** Builds a function that records an agent's session, at most once a minute per session and process. */
export function createSessionRecorder({
  db,
  now,
}: Pick<ApiDeps, 'db' | 'now'>): (actor: Actor) => Promise<void> {
  const recorded = new Map<string, number>()
  return async (actor) => {
    if (actor.kind !== 'agent' || !actor.session) return
    const at = now()
    const key = `${actor.tokenId} ${actor.session}`
    if (at.getTime() - (recorded.get(key) ?? 0) < recordEveryMs) return
    if (recorded.size >= maxRemembered) recorded.clear()
    recorded.set(key, at.getTime())
    await noteSession(db, actor, at)
  }
}
