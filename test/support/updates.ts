import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { createRedactor } from '../../src/domain/core/redactor.ts'
import type { PlaygroundOptions } from '../../src/playground/playground.ts'
import { createScrub } from '../../src/telegram/store/stored-update.ts'

/** How updates reach the bot in this run: `TEST_UPDATES=webhook` has Telegram call its route, else it polls. */
export const updatesBy = process.env.TEST_UPDATES === 'webhook' ? 'webhook' : 'polling'

// Below those that the system gives out (from 32768 on Linux): one of these was taken once in 3,000 times, by a connection or a
// server that opened before the bot listened on it.
const ports = { from: 20_000, to: 32_000 }

/** A port that nobody listens on. */
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

/** What the bot's environment and its Telegram need for updates to come this way. */
export async function intake(by: 'polling' | 'webhook' = updatesBy): Promise<{
  readonly env: Readonly<Record<string, string>>
  readonly playground: PlaygroundOptions
}> {
  if (by === 'polling') return { env: {}, playground: {} }
  const port = await freePort()
  return {
    env: { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
    // A bot that was killed is called again as soon as it may be back.
    playground: { webhooks: 'both', webhook: { retryDelay: () => 200 } },
  }
}

/** The scrub of a bot with the id 1000. */
export const scrub = createScrub({ botId: 1000, redactor: createRedactor() })
