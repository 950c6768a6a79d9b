import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { rows } from '../../src/db/rows.ts'
import type { Tx } from '../../src/db/types.ts'

const lookEveryMs = 3

/**
 * Resolves once this many sessions of a Postgres database wait for a lock, or the work of these sessions is done. Returns whether it
 * is done. It asks within the transaction that holds the lock, so it needs no other connection.
 */
export async function isDoneOrWaits(tx: Tx, work: Promise<unknown>, sessions = 1): Promise<boolean> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  work.then(done, done)
  while (!isDone && (await countWaiting(tx)) < sessions) await pause(lookEveryMs)
  return isDone
}

async function countWaiting(tx: Tx): Promise<number> {
  // Inside a transaction, Postgres caches the activity of the first query.
  await tx.execute(sql`select pg_stat_clear_snapshot()`)
  const waiting = await rows(
    tx,
    sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return waiting.length
}
