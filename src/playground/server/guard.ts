import type { MiddlewareHandler } from 'hono'

const LOCAL = ['localhost', '127.0.0.1', '[::1]']

/** Returns whether a Host header names this machine. */
export function isLocalHost(host: string | undefined): boolean {
  return LOCAL.includes(toHostname(host) ?? '')
}

/** Refuses requests for other hosts, e.g. a foreign name that resolves to loopback (DNS rebinding). */
export function requireHost(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set([...LOCAL, ...allowedHosts.map((host) => host.toLowerCase())])
  return async (c, next) => {
    const name = toHostname(c.req.header('host'))
    if (name === undefined || !allowed.has(name)) {
      return c.json({ error: 'This host name is not allowed here: open the page by localhost.' }, 403)
    }
    return next()
  }
}

/** Refuses cross-site requests. Another port of localhost is another site. */
export function requireSameOrigin(): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    const isForeign = origin !== undefined && toHost(origin) !== c.req.header('host')?.toLowerCase()
    if (isForeign || site === 'cross-site' || site === 'same-site') {
      return c.json({ error: 'Only the page of this playground may ask that.' }, 403)
    }
    return next()
  }
}

/** Refuses content types that another site's form could send without a CORS preflight. */
export function requireContentType(type: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== type) {
      return c.json({ error: `The body must be ${type}.` }, 415)
    }
    return next()
  }
}

function toHostname(host: string | undefined): string | undefined {
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined
  const url = new URL(`http://${host}`)
  return url.pathname === '/' && url.username === '' ? url.hostname : undefined
}

function toHost(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined
  const { protocol, host } = new URL(origin)
  return protocol === 'http:' || protocol === 'https:' ? host : undefined
}
