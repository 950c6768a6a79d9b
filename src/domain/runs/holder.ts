import type { Actor } from '../core/actor.ts'
import { DomainError } from '../core/errors.ts'
import type { Run } from './store.ts'

/** Tests whether a run is the actor's: same token, and same session if both have one. */
export function isHeldBy(run: Pick<Run, 'tokenId' | 'session'>, actor: Actor): boolean {
  if (actor.kind !== 'agent' || run.tokenId !== actor.tokenId) return false
  return run.session === null || !actor.session || run.session === actor.session
}

/** Builds the refusal of a change to a task that another agent or session is working on. */
export function heldError(key: string, run: Run, actor: Actor): DomainError {
  const isSameToken = actor.kind === 'agent' && run.tokenId === actor.tokenId
  const name = isSameToken ? `Another session of ${run.name}` : (run.name ?? 'Another agent')
  const since = run.since.toISOString()
  return new DomainError(
    'conflict',
    `${name} has been working on ${key} since ${since}. Take another task, or ask the owner to stop that run.`,
    { runner: run.name, since },
  )
}
