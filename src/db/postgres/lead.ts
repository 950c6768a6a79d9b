import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import type { Lead } from '../types.ts'

/** What the server calls the sessions of a pool of ours. */
export const applicationName = 'preqbot'

const askEveryMs = 2_000
// If an answer takes longer than this, the connection to the server counts as lost.
const answerMs = 4_000
// What the server waits for a word of the leader's. It ends the session of one that stands still, or whose machine is gone.
const silenceMs = 8_000
// For less than this after it was last confirmed, the lock is held for certain.
const certainMs = 6_000
requireSafeTiming({ certainMs, silenceMs })

/** Throws where the server may give the lock to another process while the leader is still certain that it holds it. */
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
 * Tries for the named lock until it is held, and again after it was lost. A session lock lives as long as its connection, so
 * it has a dedicated one outside the pools. A leader that is cut off knows after 6 s; the server lets go of it after 8 s.
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
          options.onTrouble('asking for the leader lock failed; asking again until it succeeds', error)
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
  /** The lock was confirmed by an answer to what was asked at this time. */
  readonly confirm: (asked: Moment) => void
  readonly end: () => void
}

// By two clocks: one may be set while the process stands still, the other stands still while the machine sleeps.
type Moment = readonly [steady: number, wall: number]
const moment = (): Moment => [performance.now(), Date.now()]

function createCertainty(): Certainty {
  let confirmed: Moment = [Number.NEGATIVE_INFINITY, 0]
  return {
    holds: () => moment().every((at, clock) => at - (confirmed[clock] ?? 0) < certainMs),
    confirm: (asked) => {
      confirmed = asked
    },
    end: () => {
      confirmed = [Number.NEGATIVE_INFINITY, 0]
    },
  }
}

/** One connection: from asking for the lock to losing it, or to the end. */
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
    // Set by a statement: poolers refuse what they do not know at the connection.
    await answer(client`select set_config('idle_session_timeout', ${String(silenceMs)}, false)`)
    while (!ended.aborted) {
      const asked = moment()
      const held: boolean = await answer(leading ? isHeld(client) : tryLock(client, options.name))
      if (held) await answer(freeLocks(client))
      if (ended.aborted || (leading && !held)) return
      if (held) certainty.confirm(asked)
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

// A new session behind the same client would answer that it holds nothing.
async function isHeld(client: postgres.Sql): Promise<boolean> {
  const [row] = await client<[{ held: boolean }]>`
    select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as held`
  return row.held
}

/**
 * A process of ours that stands still in a transaction would hold up everybody who waits for what it locked: its session is
 * ended. None of ours that is well waits there for anything. Stopped in the middle of a statement it is not `idle in transaction`:
 * the server waits for the other half of it.
 */
async function freeLocks(client: postgres.Sql): Promise<void> {
  await client`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and application_name = ${applicationName}
      and xact_start is not null and wait_event = 'ClientRead' and state_change < now() - interval '5 seconds'`
}

async function answer<T>(asked: PromiseLike<T>): Promise<T> {
  const waiting = new AbortController()
  try {
    return await Promise.race([
      asked,
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
  await delay(askEveryMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
