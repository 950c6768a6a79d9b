import type { MiddlewareHandler } from 'hono'
import { networkOf } from '../../domain/access/network.ts'
import { noteTokenAddress } from '../../domain/access/token-address.ts'
import { authenticate, touchToken } from '../../domain/access/tokens.ts'
import { noteFirstUse } from '../../telegram/store/connecting.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiContext, ApiEnv, Token } from '../kit/env.ts'
import { createSessionNote } from '../kit/note-session.ts'
import { createAgentCtx } from '../kit/perform.ts'
import type { RateLimits } from './rate-limit.ts'

const touchEveryMs = 60_000
// Addresses already noted by this process; past this it forgets them and asks the database again.
const maxRemembered = 10_000

/** The presented token of `Authorization: Bearer …`, the scheme in any case; null where there is none. */
export function bearerOf(c: ApiContext): string | null {
  return /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

/** Builds the answer to a wrong token: counted, recorded, and the same whatever was wrong with it. */
export function createRefuser(
  deps: ApiDeps,
  limits: RateLimits,
  eventType: 'auth.token' | 'auth.metrics',
): (c: ApiContext, reason: string) => Promise<Response> {
  return async (c, reason) => {
    const address = c.get('address')
    await deps.failures.count({
      eventType,
      ipAddress: address || null,
      userAgent: c.req.header('user-agent') ?? null,
      path: c.req.path,
      detail: { reason },
    })
    if (!(await limits.takeFailure(c, address))) return tooMany(c)
    return c.json({ error: 'Unauthorized' }, 401, { 'WWW-Authenticate': 'Bearer realm="preqstation"' })
  }
}

/** Builds the guard of everything that wants a token: who it is, whether the request is one too many, and the traces of both. */
export function createGuard(deps: ApiDeps, limits: RateLimits): MiddlewareHandler<ApiEnv> {
  const remembered = new Set<string>()
  const touched = new Map<string, number>()
  const refuse = createRefuser(deps, limits, 'auth.token')
  const noteSession = createSessionNote(deps)

  const noteUse = async (c: ApiContext, token: Token) => {
    const now = deps.now()
    const lastTouch = Math.max(token.lastUsedAt?.getTime() ?? 0, touched.get(token.id) ?? 0)
    if (now.getTime() - lastTouch >= touchEveryMs) {
      touched.set(token.id, now.getTime())
      await touchToken(deps.db, token.id, now)
      await noteFirstUse(deps.db, token.id, now)
    }
    const address = c.get('address')
    const key = `${token.id} ${networkOf(address)}`
    if (address === '' || remembered.has(key)) return
    if (remembered.size >= maxRemembered) remembered.clear()
    // Before it is written, so that requests arriving together note it once.
    remembered.add(key)
    const userAgent = c.req.header('user-agent') ?? null
    await noteTokenAddress(deps.db, {
      ownerId: deps.ownerId,
      token,
      address,
      userAgent,
      path: c.req.path,
      now,
    }).catch((error: unknown) => {
      remembered.delete(key)
      throw error
    })
  }

  return async (c, next) => {
    const presented = bearerOf(c)
    if (presented === null) return refuse(c, 'missing')
    const found = await authenticate(deps.db, presented, deps.now())
    if (!found.ok) return refuse(c, found.reason)
    if (!(await limits.takeRequest(c, found.token.id))) return tooMany(c)
    c.set('token', found.token)
    await noteUse(c, found.token)
    if (c.req.header('preqbot-session') !== undefined) await noteSession(createAgentCtx(deps, c).actor)
    return next()
  }
}

function tooMany(c: ApiContext): Response {
  return c.json({ error: 'Too many requests' }, 429)
}
