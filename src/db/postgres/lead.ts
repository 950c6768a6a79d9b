import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import type { Lead } from '../types.ts'

/** The `application_name` of our pools' sessions. */
export const applicationName = 'preqbot'

const retryEveryMs = 2_000
// If an answer takes longer than this, the connection counts as lost.
const answerMs = 4_000
// The server ends the leader's session after this much silence, e.g. if its process froze or its machine is gone.
const silenceMs = 8_000
// The lock is certainly held for this long after its last confirmation.
const certainMs = 6_000
requireSafeTiming({ certainMs, silenceMs })

/** Throws if the server may give the lock to another process while the leader is still certain that it holds it. */
export function requireSafeTiming(timing: { readonly certainMs: number; readonly silenceMs: number }): void {
  if (timing.certainMs < timing.silenceMs) return
  throw new Error(
    `A leader that is certain for ${timing.certainMs} ms needs a server that waits longer than ${timing.silenceMs} ms.`,
  )
}

interface LeadOptions {
  readonly url: string
  readonly name: string
  readonly onGained: () => void
  readonly onLost: () => void
  readonly onTrouble: (what: string, error: unknown) => void
}

/**
 * Tries to acquire the named lock until it is held, and again after it is lost. A session lock lives as long as its connection, so it
 * has its own. A leader that is cut off stops after 6 s; the server releases the lock after 8 s.
 */
export function leadPostgres(options: LeadOptions): Lead {
  const stopping = new AbortController()
  const { signal } = stopping
  const certainty = createCertainty()
  const running = (async () => {
    for (let failures = 0; !signal.aborted; await pause(signal)) {
      try {
        await holdOnce(options, certainty, signal)
        failures = 0
      } catch (error) {
        failures += 1
        if (failures === 1 && !signal.aborted)
          options.onTrouble('acquiring the leader lock failed; retrying', error)
      }
    }
  })()
  return {
    holds: certainty.holds,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

interface Certainty {
  readonly holds: () => boolean
  /** Notes that the answer to a query sent at this time confirmed the lock. */
  readonly confirm: (asked: Moment) => void
  readonly end: () => void
}

// Two clocks: the wall clock may be set while the process is frozen; the monotonic clock stops while the machine sleeps.
type Moment = readonly [monotonic: number, wall: number]
const moment = (): Moment => [performance.now(), Date.now()]

function createCertainty(): Certainty {
  let confirmed: Moment = [Number.NEGATIVE_INFINITY, 0]
  return {
    holds: () => moment().every((at, clock) => at - (confirmed[clock] ?? 0) < certainMs),
    confirm: (sentAt) => {
      confirmed = sentAt
    },
    end: () => {
      confirmed = [Number.NEGATIVE_INFINITY, 0]
    },
  }
}

/** Uses one connection until the lock is lost or `stopping` aborts. */
async function holdOnce(options: LeadOptions, certainty: Certainty, stopping: AbortSignal): Promise<void> {
  const closed = new AbortController()
  const ended = AbortSignal.any([stopping, closed.signal])
  const client = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: answerMs / 1_000,
    fetch_types: false,
    onnotice: () => {},
    onclose: () => {
      certainty.end()
      closed.abort()
    },
    connection: { application_name: `${applicationName}-leader` },
  })
  let leading = false
  try {
    // Set by a statement: poolers reject connection parameters that they don't know.
    await withTimeout(client`select set_config('idle_session_timeout', ${String(silenceMs)}, false)`)
    while (!ended.aborted) {
      const sentAt = moment()
      const held: boolean = await withTimeout(leading ? isHeld(client) : tryLock(client, options.name))
      if (held) await withTimeout(endFrozenSessions(client))
      if (ended.aborted || (leading && !held)) return
      if (held) certainty.confirm(sentAt)
      if (held && !leading) {
        leading = true
        options.onGained()
      }
      await pause(ended)
    }
  } finally {
    certainty.end()
    if (leading && !stopping.aborted) options.onLost()
    await client.end({ timeout: stopping.aborted ? 1 : 0 })
  }
}

async function tryLock(client: postgres.Sql, name: string): Promise<boolean> {
  const [row] = await client<[{ held: boolean }]>`
    select pg_try_advisory_lock(hashtextextended(${name}, 0)) as held`
  return row.held
}

// False if the client reconnected: the new session holds no lock.
async function isHeld(client: postgres.Sql): Promise<boolean> {
  const [row] = await client<[{ held: boolean }]>`
    select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as held`
  return row.held
}

/**
 * Ends our sessions that have waited in a transaction for over 5 s: a frozen process would block everyone who needs its locks. No
 * healthy process waits there. The check isn't `idle in transaction`, because a process may freeze in the middle of a statement.
 */
async function endFrozenSessions(client: postgres.Sql): Promise<void> {
  await client`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and application_name = ${applicationName}
      and xact_start is not null and wait_event = 'ClientRead' and state_change < now() - interval '5 seconds'`
}

async function withTimeout<T>(query: PromiseLike<T>): Promise<T> {
  const waiting = new AbortController()
  try {
    return await Promise.race([
      query,
      delay(answerMs, undefined, { signal: waiting.signal }).then(() => {
        throw new Error(`Postgres did not answer within ${answerMs / 1_000} s`)
      }),
    ])
  } finally {
    waiting.abort()
  }
}

/** Waits two seconds, or until the signal. */
async function pause(signal: AbortSignal): Promise<void> {
  await delay(retryEveryMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
