import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'

const askEveryMs = 2_000
// An answer that takes longer than this is none: the way to the server is cut.
const answerMs = 4_000

interface LeadOptions {
  readonly url: string
  readonly name: string
  readonly onGained: () => void
  readonly onLost: () => void
  readonly onTrouble: (what: string, error: unknown) => void
}

/**
 * Tries for the named lock until it is held, and again after it was lost. A session lock lives as long as its connection, so
 * it has one of its own that never pools. A leader that is cut off knows after 6 s; the server lets go of it after 10 s.
 */
export function leadPostgres(options: LeadOptions): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = (async () => {
    for (let failures = 0; !signal.aborted; await pause(signal)) {
      try {
        await holdOnce(options, signal)
        failures = 0
      } catch (error) {
        failures += 1
        if (failures === 1 && !signal.aborted)
          options.onTrouble('asking for the leader lock failed; asking again until it succeeds', error)
      }
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}

/** One connection: from asking for the lock to losing it, or to the end. */
async function holdOnce(options: LeadOptions, stopping: AbortSignal): Promise<void> {
  const closed = new AbortController()
  const ended = AbortSignal.any([stopping, closed.signal])
  const client = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: answerMs / 1_000,
    fetch_types: false,
    onnotice: () => {},
    onclose: () => closed.abort(),
    connection: { application_name: 'preqbot-leader' },
  })
  let leading = false
  try {
    // A machine that vanished sends no goodbye. Set by a statement: poolers refuse what they do not know at the connection.
    await answer(client`select set_config('tcp_keepalives_idle', '4', false),
      set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '3', false),
      set_config('tcp_user_timeout', '10000', false)`)
    while (!ended.aborted) {
      const held: boolean = await answer(leading ? isHeld(client) : tryLock(client, options.name))
      if (ended.aborted || (leading && !held)) return
      if (held && !leading) {
        leading = true
        options.onGained()
      }
      await pause(ended)
    }
  } finally {
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
