import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export interface HttpServer {
  /** Where it can be reached from this machine. */
  readonly url: string
  /** Takes no new connections, lets requests in hand finish for five seconds, then cuts them. */
  readonly close: () => Promise<void>
}

const finishMs = 5_000

/** Listens on a port; rejects with a sentence where it is taken. */
export async function openHttpServer(
  app: Hono,
  options: { readonly port: number; readonly host: string },
): Promise<HttpServer> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(options.port) : error),
    )
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const isAny = options.host === '0.0.0.0' || options.host === '::'
  return {
    url: `http://${isAny || options.host === '127.0.0.1' ? 'localhost' : options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), finishMs)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

/** Another process listens on the port. */
export class PortTakenError extends Error {
  constructor(port: number) {
    super(`Port ${port} is taken. Stop what listens there, or name another one in PORT.`)
    this.name = 'PortTakenError'
  }
}
