import { isIPv6 } from 'node:net'

/** Returns the network of one client: an IPv4 address, or the /64 of an IPv6 one, since each connection can use another address. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [left = [], right = []] = address.replace(/%.*$/, '').split('::').map(groupsOf)
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const first = [...left, ...zeros, ...right].slice(0, 4)
  return `${first.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

// The last two groups may be written as an IPv4 address; only their count matters here.
function groupsOf(text: string): string[] {
  return text
    .replace(/\d+(?:\.\d+){3}$/, '0:0')
    .split(':')
    .filter(Boolean)
}
