import { isIP } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { createProxyTest } from './trusted-proxies.ts'

/** A request as a server or a test hands it on. */
type Addressed = Pick<Context<{ Bindings: Partial<HttpBindings> }>, 'env' | 'req'>

/** Builds a reader of the client's address: the socket's, or the forwarded one where the socket is a named proxy. */
export function createAddressReader(proxies: readonly string[]): (c: Addressed) => string {
  const isProxy = createProxyTest(proxies)
  return (c) => {
    let nearest = plain(c.env?.incoming?.socket?.remoteAddress ?? '')
    if (!isProxy(nearest)) return nearest
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(readHop)
    // From the right: each proxy adds the address it was called from, so what the client made up is furthest left.
    for (const hop of hops.reverse()) {
      if (hop === null) return nearest
      nearest = hop
      if (!isProxy(hop)) return hop
    }
    return nearest
  }
}

// Some proxies add the port, brackets or quotes (RFC 7239); `unknown` and made-up names are no address.
function readHop(text: string): string | null {
  const hop = text.trim().replace(/^"(.*)"$/, '$1')
  const [, bracketed, address = bracketed] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? []
  const read = plain(address ?? hop)
  return isIP(read) === 0 ? null : read
}

// A dual-stack socket shows IPv4 clients as ::ffff:192.0.2.1, and link-local ones with their interface.
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
