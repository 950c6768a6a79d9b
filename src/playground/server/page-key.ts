import { hash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { isLocalHost } from './guard.ts'

/** Protects the page's routes: they need a cookie that only a holder of the key, or a browser on this machine, gets. */
export interface PageKey {
  /** The secret in the printed link; random on each start. */
  readonly key: string
  /** Also lets in browsers on this machine without the key. */
  readonly opensBare: boolean
  /** Restricts the cookie to HTTPS. */
  readonly isHttps: boolean
}

/**
 * Turns the printed link's `?key=` into a cookie and removes it from the URL. Without a key, browsers on this machine get the
 * cookie too, except for forwarded requests: behind a proxy or tunnel, everyone seems to be on this machine.
 */
export function giveCookie({ key, opensBare, isHttps }: PageKey): MiddlewareHandler {
  return async (c, next) => {
    const given = c.req.query('key')
    if (isSame(given, key) || (opensBare && isOnThisMachine(c))) {
      setCookie(c, cookieName(c), key, { path: '/', httpOnly: true, sameSite: 'Strict', secure: isHttps })
    }
    if (given === undefined) return next()
    const { key: _, ...rest } = c.req.query()
    const query = new URLSearchParams(rest).toString()
    return c.redirect(query === '' ? '/' : `/?${query}`, 303)
  }
}

/** Refuses requests without the cookie. */
export function requireCookie({ key }: PageKey): MiddlewareHandler {
  return async (c, next) => {
    if (isSame(getCookie(c, cookieName(c)), key)) return next()
    return c.json({ error: 'Open the link that the terminal printed.' }, 401)
  }
}

// Cookies are shared by all ports of a host.
function cookieName(c: Context): string {
  return `playground-${new URL(`http://${c.req.header('host')}`).port || '80'}`
}

function isSame(given: string | undefined, key: string): boolean {
  return (
    given !== undefined && timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', key, 'buffer'))
  )
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')
const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

function isOnThisMachine(c: Context): boolean {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
  const address = incoming?.socket?.remoteAddress ?? ''
  const isLoopback = address !== '' && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return (
    isLoopback &&
    isLocalHost(c.req.header('host')) &&
    forwarded.every((name) => c.req.header(name) === undefined)
  )
}
