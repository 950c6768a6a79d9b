import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

type FetchCallback = Parameters<typeof createAdaptorServer>[0]['fetch']

export interface HttpServer {
  /** The server's URL on this machine. */
  readonly url: string
  /** Starts handing requests to the app; until then, they get a 503 with Retry-After. */
  readonly serve: (app: { readonly fetch: FetchCallback }) => void
  /** Stops accepting connections, gives running requests 1.5 s to finish, then closes them. */
  readonly close: () => Promise<void>
}

// Out of the 10 s a process has to stop. Long-polling requests have been answered by then.
const finishMs = 1_500

/** Limits for the server's clients. */
export interface HttpLimits {
  /** The time a request may take to arrive, headers and body; the answer may take longer. */
  readonly requestMs: number
  readonly connections: number
}

// 1 MB in 30 s is 33 kB/s. Each open connection takes about 10 kB of memory.
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

/** Answers a path without a route with 404. */
export async function answerNotFound(c: Context): Promise<Response> {
  c.res = c.json({ error: 'Not found' }, 404, { 'Cache-Control': 'no-store' })
  await secure(c, async () => {})
  return c.res
}

/** The server can't listen: the port is taken or privileged, or the host isn't an address of this machine. */
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
