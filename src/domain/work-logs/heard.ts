import { workLogFacts } from '../../db/schema.ts'
import { update, type Write } from '../core/commit/writes.ts'

/** Marks a comment as taken by a hook. Refused if an agent has it already, so it comes either by a hook or by a fetch. */
export function hearComment(logId: string, now: Date): Write {
  const expect = { heardAt: null, fetchedAt: null }
  return update(workLogFacts, { key: { logId }, expect, set: { heardAt: now } })
}

/** Marks a comment as delivered by a hook whose answer was written. */
export function deliverComment(logId: string, now: Date): Write {
  const set = { deliveredAt: now }
  return update(workLogFacts, { key: { logId }, expect: { deliveredAt: null }, set, isOptional: true })
}

/** Marks a comment as fetched by the agent that works on its task. */
export function fetchComment(logId: string, now: Date): Write {
  const set = { fetchedAt: now }
  return update(workLogFacts, { key: { logId }, expect: { fetchedAt: null }, set, isOptional: true })
}
