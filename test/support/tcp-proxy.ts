import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy to a server that can fail: closed to everyone, or silent while connections look open. */
export interface TcpProxy {
  /** The given URL through the proxy. */
  readonly url: string
  /** Closes all connections and refuses new ones. */
  readonly close: () => Promise<void>
  /** Accepts connections again on the same port. */
  readonly open: () => Promise<void>
  /** Forwards nothing in either direction until one end closes. */
  readonly freeze: () => void
  /** Resets all connections. */
  readonly reset: () => void
}

/** `watch` is called for each connection; what it returns, with everything that the client sends. */
export async function openTcpProxy(
  targetUrl: string,
  watch?: () => (chunk: Buffer) => void,
): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    if (watch !== undefined) near.on('data', watch())
    near.pipe(far)
    far.pipe(near)
    for (const socket of pair)
      socket
        .on('error', () => {})
        .on('close', () => {
          for (const end of pair) end.destroy()
          pairs.delete(pair)
        })
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const url = new URL(targetUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const [near, far] of pairs) {
        near.destroy()
        far.destroy()
      }
      await closed
    },
    open: async () => {
      await listen(port)
    },
    reset: () => {
      for (const [near] of pairs) near.resetAndDestroy()
    },
    freeze: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far).resume()
        far.unpipe(near).resume()
      }
    },
  }
}
