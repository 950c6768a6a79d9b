import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'

const maxWaitMs = 20_000
const retryMs = 1_000
const oldestVersion = 15

// No server, no DNS entry yet, or a server that is starting (57P03) or full (53300).
const temporary = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  '57P03',
  '53300',
])

/** Postgres can't be used; the message says where and why, without the password. */
export class UnreachableError extends Error {
  constructor(address: string, reason: string, options?: ErrorOptions) {
    super(`Postgres at ${address} ${reason}`, options)
    this.name = 'UnreachableError'
  }
}

/** Waits for the server to answer, at most 20 seconds. Throws `UnreachableError` then, and at once if waiting won't help. */
export async function reachPostgres(
  url: string,
  onTrouble: (what: string) => void,
  waitMs = maxWaitMs,
): Promise<void> {
  const address = addressOf(url)
  for (let waited = 0; ; waited += retryMs) {
    try {
      return await ask(url, address)
    } catch (error) {
      if (error instanceof UnreachableError) throw error
      const reason = error instanceof Error ? error.message || String(error.name) : String(error)
      if (!temporary.has(String((error as { code?: unknown }).code)))
        throw new UnreachableError(address, `refused the connection: ${reason}.`, { cause: error })
      if (waited >= waitMs)
        throw new UnreachableError(address, `isn't responding (${reason}). Start it or set DATABASE_URL.`, {
          cause: error,
        })
      if (waited === 0)
        onTrouble(`Postgres at ${address} isn't responding yet (${reason}); retrying for ${waitMs / 1_000} s`)
    }
    await delay(retryMs)
  }
}

/** Returns host, port and name of a database for display, without user and password. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) throw new UnreachableError('DATABASE_URL', "can't be found: that isn't a URL.")
  const { hostname, port, pathname, searchParams } = new URL(url)
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}${pathname}`
}

async function ask(url: string, address: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} })
  try {
    const [row] = await client<[{ version: number }]>`
      select current_setting('server_version_num')::int / 10000 as version`
    if (row.version < oldestVersion)
      throw new UnreachableError(
        address,
        `is version ${row.version}; preqbot needs ${oldestVersion} or newer.`,
      )
  } finally {
    await client.end({ timeout: 1 })
  }
}
