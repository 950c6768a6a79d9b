import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { BotApiError } from './protocol/refusal.ts'
import { type BotApiOptions, botApiRoutes } from './server/bot-api.ts'
import { type ClientOptions, clientRoutes } from './server/page-api.ts'
import { startWebhookDelivery, type WebhookDeliveryOptions } from './server/webhook-delivery.ts'
import type { World } from './world/model.ts'
import { createWorld, type WorldOptions } from './world/world.ts'

export interface PlaygroundOptions extends WorldOptions, BotApiOptions, Omit<ClientOptions, 'pageKey'> {
  readonly port?: number
  readonly host?: string
  readonly webhook?: WebhookDeliveryOptions
}

export interface Playground {
  /** The Bot API's root, for grammY's `apiRoot`. */
  readonly url: string
  readonly token: string
  readonly world: World
  readonly close: () => Promise<void>
}

/** Builds the Bot API and the chat page of a world, to mount at `/`. */
export function playgroundApp(world: World, options: BotApiOptions & ClientOptions): Hono {
  const app = new Hono()
  app.route('/', botApiRoutes(world, options))
  app.route('/', clientRoutes(world, options))
  return app
}

/** Opens a playground with its own world on a free port. */
export async function openPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const world = createWorld(options)
  const app = playgroundApp(world, { ...options, pageKey: 'open' })
  app.notFound((c) => c.json({ ok: false, error_code: 404, description: 'Not Found' }, 404))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  // Closing an idle connection can race with its client's next request and reset it; only planned faults should do that.
  server.keepAliveTimeout = 600_000
  const host = options.host ?? '127.0.0.1'
  await listen(server, options.port ?? 0, host)
  const { port } = server.address() as AddressInfo
  const stopDelivery = startWebhookDelivery(world, options.webhook)
  const stopRefusing = world.faults.onRefusing((refusing) => {
    if (refusing) hangUp(server)
    else server.listen(port, host)
  })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    token: world.bot.token,
    world,
    close: async () => {
      stopRefusing()
      stopDelivery()
      world.polling.pending?.end(new BotApiError(500, 'Internal Server Error: closing'))
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Stops listening, so the system refuses connections. */
function hangUp(server: Server): void {
  server.close()
  server.closeAllConnections()
}
