import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'

type FetchCallback = Parameters<typeof createAdaptorServer>[0]['fetch']

export interface HttpServer {
  /** Where it can be reached from this machine. */
  readonly url: string
  /** Hands requests to the app; until then they are told to come again. */
  readonly serve: (app: { readonly fetch: FetchCallback }) => void
  /** Takes no new connections, lets requests in hand finish for a moment, then cuts them. */
  readonly close: () => Promise<void>
}

// Of the ten seconds that a process has to stop. Whoever waits for something was sent home before.
const finishMs = 1_500

/** Listens on a port. Throws `ListenError`. */
export async function openHttpServer(options: {
  readonly port: number
  readonly host: string
}): Promise<HttpServer> {
  let handle: FetchCallback = () =>
    Response.json({ error: 'Starting, try again shortly' }, { status: 503, headers: { 'Retry-After': '1' } })
  const server = createAdaptorServer({ fetch: (...request) => handle(...request) }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(options, error)))
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const isAny = options.host === '0.0.0.0' || options.host === '::'
  return {
    url: `http://${isAny || options.host === '127.0.0.1' ? 'localhost' : options.host}:${port}`,
    serve: (app) => {
      handle = app.fetch
    },
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

/** The port cannot be listened on: it is taken, or not this user's, or the host is not of this machine. */
export class ListenError extends Error {
  constructor(
    { port, host }: { readonly port: number; readonly host: string },
    cause: NodeJS.ErrnoException,
  ) {
    super(
      cause.code === 'EADDRINUSE'
        ? `Port ${port} is taken. Stop what listens there, or name another one in PORT.`
        : `Nothing can listen on port ${port} of ${host} (${cause.code}). Name another PORT, or an address of this machine in HOST.`,
      { cause },
    )
    this.name = 'ListenError'
  }
}
