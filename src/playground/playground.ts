import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { Refusal } from './protocol/refusal.ts'
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
  /** The root of the Bot API: grammY's `apiRoot`. */
  readonly url: string
  readonly token: string
  readonly world: World
  readonly close: () => Promise<void>
}

/** The Bot API and the chat page of one world, to be mounted at `/` of a server. */
export function playgroundApp(world: World, options: BotApiOptions & ClientOptions): Hono {
  const app = new Hono()
  app.route('/', botApiRoutes(world, options))
  app.route('/', clientRoutes(world, options))
  return app
}

/** A Telegram of its own on a free port of this machine. */
export async function openPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const world = createWorld(options)
  const app = playgroundApp(world, { ...options, pageKey: 'open' })
  app.notFound((c) => c.json({ ok: false, error_code: 404, description: 'Not Found' }, 404))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  // A connection closed just as its client uses it again is reset, which here only a planned fault shall do.
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
      world.polling.pending?.end(new Refusal(500, 'Internal Server Error: closing'))
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

/** While nobody listens on the port, the system refuses connections to it. */
function hangUp(server: Server): void {
  server.close()
  server.closeAllConnections()
}
