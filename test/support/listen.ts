import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { TestApi } from './api.ts'

/** Serves the API on a real loopback port. */
export async function listen(api: Pick<TestApi, 'app'>): Promise<{
  readonly url: string
  readonly close: () => Promise<void>
}> {
  return new Promise((resolve) => {
    const server = serve({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) =>
      resolve({
        url: `http://127.0.0.1:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      }),
    )
  })
}
