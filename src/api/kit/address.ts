import { isIP } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { createProxyTest } from './trusted-proxies.ts'

/** The part of a request context that carries the client's address. */
type Addressed = Pick<Context<{ Bindings: Partial<HttpBindings> }>, 'env' | 'req'>

/** Builds a function that returns the client's address: the socket's, or the forwarded one if the socket is a trusted proxy. */
export function createAddressReader(proxies: readonly string[]): (c: Addressed) => string {
  const isProxy = createProxyTest(proxies)
  return (c) => {
    let nearest = normalize(c.env?.incoming?.socket?.remoteAddress ?? '')
    if (!isProxy(nearest)) return nearest
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(readHop)
    // Right to left: each proxy appends its caller's address, so anything the client forged is on the left.
    for (const hop of hops.reverse()) {
      if (hop === null) return nearest
      nearest = hop
      if (!isProxy(hop)) return hop
    }
    return nearest
  }
}

// Some proxies add a port, brackets or quotes (RFC 7239). `unknown` and obfuscated names give null.
function readHop(text: string): string | null {
  const hop = text.trim().replace(/^"(.*)"$/, '$1')
  const [, bracketed, address = bracketed] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? []
  const read = normalize(address ?? hop)
  return isIP(read) === 0 ? null : read
}

// A dual-stack socket shows IPv4 clients as ::ffff:192.0.2.1 and link-local clients with their interface.
function normalize(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
