import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

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

/** What one client may take of the server. */
export interface HttpLimits {
  /** For a request to arrive whole, headers and body; its answer may take longer. */
  readonly requestMs: number
  readonly connections: number
}

// A request of 1 MB in 30 s is 33 kB/s; each open connection takes some 10 kB of memory.
export const httpLimits: HttpLimits = { requestMs: 30_000, connections: 2_000 }

/** Listens on a port. Throws `ListenError`. */
export async function openHttpServer(options: {
  readonly port: number
  readonly host: string
  readonly limits?: HttpLimits
}): Promise<HttpServer> {
  const { requestMs, connections } = options.limits ?? httpLimits
  let handle: FetchCallback = () =>
    Response.json({ error: 'Starting, try again shortly' }, { status: 503, headers: { 'Retry-After': '1' } })
  const server = createAdaptorServer({
    fetch: (...request) => handle(...request),
    serverOptions: {
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: requestMs / 10,
    },
  }) as Server
  server.maxConnections = connections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(options, error)))
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${urlHost(options.host)}:${port}`,
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

function urlHost(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

const secure = secureHeaders()

/** Answers a path that nothing serves. */
export async function answerNotFound(c: Context): Promise<Response> {
  c.res = c.json({ error: 'Not found' }, 404, { 'Cache-Control': 'no-store' })
  await secure(c, async () => {})
  return c.res
}

/** The port cannot be listened on: it is taken, or not this user's, or the host is not of this machine. */
export class ListenError extends Error {
  constructor(
    { port, host }: { readonly port: number; readonly host: string },
    cause: NodeJS.ErrnoException,
  ) {
    super(
      cause.code === 'EADDRINUSE'
        ? `Port ${port} is in use. Stop the other program or set PORT.`
        : `Can't listen on ${host}:${port} (${cause.code}). Set PORT, or set HOST to an address of this machine.`,
      { cause },
    )
    this.name = 'ListenError'
  }
}
