import { BlockList, isIP, isIPv6 } from 'node:net'
import type { ApiContext } from './env.ts'

/** Builds a reader of the client's address: the socket's, or the forwarded one where the socket is a named proxy. */
export function createAddressReader(trustProxy: boolean | readonly string[]): (c: ApiContext) => string {
  const isProxy = toProxyTest(trustProxy)
  return (c) => {
    const socket = plain(c.env?.incoming?.socket?.remoteAddress ?? '')
    if (!isProxy(socket)) return socket
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => plain(hop.trim()))
    // Read from the nearest: what a client itself put in stands further left and is never reached.
    const client = hops.filter((hop) => isIP(hop) !== 0).findLast((hop) => !isProxy(hop))
    return client ?? hops.find((hop) => isIP(hop) !== 0) ?? socket
  }
}

function toProxyTest(trustProxy: boolean | readonly string[]): (address: string) => boolean {
  if (typeof trustProxy === 'boolean') return () => trustProxy
  if (trustProxy.length === 0) return () => false
  const list = new BlockList()
  for (const entry of trustProxy) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

// A dual-stack socket shows IPv4 clients as ::ffff:192.0.2.1.
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
