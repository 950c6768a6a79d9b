import { DomainError } from './errors.ts'

/** Throws `conflict` where something is no longer as a change left it, so that undo never takes a later change back with it. */
export function requireUntouched(
  what: string,
  current: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): void {
  const overtaken = Object.keys(after).filter(
    (field) => JSON.stringify(current[field]) !== JSON.stringify(after[field]),
  )
  if (overtaken.length === 0) return
  throw new DomainError('conflict', `${what} has moved on since: ${overtaken.join(', ')} changed.`, {
    overtaken,
  })
}
