import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { createRedactor } from '../../src/domain/core/redactor.ts'
import type { PlaygroundOptions } from '../../src/playground/playground.ts'
import { createScrub } from '../../src/telegram/store/stored-update.ts'

/** How updates reach the bot in this run: a webhook with `TEST_UPDATES=webhook`, otherwise polling. */
export const updatesBy = process.env.TEST_UPDATES === 'webhook' ? 'webhook' : 'polling'

// Below the ephemeral range (from 32768 on Linux): a port from that range was taken once in 3,000 times before the bot listened
// on it.
const ports = { from: 20_000, to: 32_000 }

/** Returns a free port. */
export async function freePort(): Promise<number> {
  const port = randomInt(ports.from, ports.to)
  const server = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!isFree) return freePort()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Returns the environment and the playground options for a kind of intake. */
export async function intake(by: 'polling' | 'webhook' = updatesBy): Promise<{
  readonly env: Readonly<Record<string, string>>
  readonly playground: PlaygroundOptions
}> {
  if (by === 'polling') return { env: {}, playground: {} }
  const port = await freePort()
  return {
    env: { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
    // Retry quickly, for a bot that was killed and restarted.
    playground: { webhooks: 'both', webhook: { retryDelay: () => 200 } },
  }
}

/** The scrub of a bot with the ID 1000. */
export const scrub = createScrub({ botId: 1000, redactor: createRedactor() })
