import { createServer } from 'node:net'
import type { PlaygroundOptions } from '../../src/playground/playground.ts'

/** How updates reach the bot in this run: `TEST_UPDATES=webhook` has Telegram call its route, else it polls. */
export const updatesBy = process.env.TEST_UPDATES === 'webhook' ? 'webhook' : 'polling'

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
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
    playground: { allowLoopbackWebhook: true, webhook: { retryDelay: () => 200 } },
  }
}
