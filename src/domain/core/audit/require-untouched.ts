import { DomainError } from '../errors.ts'

/** Throws `conflict` if something isn't as a change left it: undo must never revert a later change. */
export function requireUntouched(
  what: string,
  current: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): void {
  const stale = Object.keys(after).filter(
    (field) => JSON.stringify(current[field]) !== JSON.stringify(after[field]),
  )
  if (stale.length === 0) return
  throw new DomainError('conflict', `${what} has changed since: ${stale.join(', ')}.`, {
    stale,
  })
}
