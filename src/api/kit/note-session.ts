import type { Actor } from '../../domain/core/actor.ts'
import { noteSession } from '../../domain/sessions/sessions.ts'
import type { ApiDeps } from './deps.ts'

const noteEveryMs = 60_000
// Past this it forgets them and asks the database again.
const maxRemembered = 10_000

/** Builds what records the sessions that requests name; this process asks the database once a minute about each. */
export function createSessionNote({ db, now }: Pick<ApiDeps, 'db' | 'now'>): (actor: Actor) => Promise<void> {
  const noted = new Map<string, number>()
  return async (actor) => {
    if (actor.kind !== 'agent' || !actor.session) return
    const at = now()
    const key = `${actor.tokenId} ${actor.session}`
    if (at.getTime() - (noted.get(key) ?? 0) < noteEveryMs) return
    if (noted.size >= maxRemembered) noted.clear()
    noted.set(key, at.getTime())
    await noteSession(db, actor, at)
  }
}
