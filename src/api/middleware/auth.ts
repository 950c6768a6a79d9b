import type { MiddlewareHandler } from 'hono'
import { networkOf } from '../../domain/access/network.ts'
import { authenticateRun, isRunToken } from '../../domain/access/run-tokens.ts'
import { noteTokenAddress } from '../../domain/access/token-address.ts'
import { noteTokenUse, type TokenChannel } from '../../domain/access/token-uses.ts'
import { authenticate, touchToken } from '../../domain/access/tokens.ts'
import { minuteMs } from '../../domain/core/durations.ts'
import { noteFirstUse } from '../../telegram/store/connecting.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiContext, ApiEnv, AuthenticatedToken } from '../kit/env.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { createSessionRecorder } from '../kit/record-session.ts'
import { requireRunRoute } from '../kit/run-scope.ts'
import type { RateLimits } from './rate-limit.ts'

const touchEveryMs = minuteMs
// Addresses this process has recorded. Beyond this, the cache is cleared and the database is asked again.
const maxRemembered = 10_000

/** Reads the token from `Authorization: Bearer …`, with the scheme in any case; null without one. */
export function readBearerToken(c: ApiContext): string | null {
  return /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

/** Builds the response to a bad token: rate-limited, recorded, and identical whatever was wrong. */
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
    return unauthorized(c)
  }
}

/** Builds the middleware that authenticates, applies the rate limit and records the token's use. */
export function createGuard(deps: ApiDeps, limits: RateLimits): MiddlewareHandler<ApiEnv> {
  const remembered = new Set<string>()
  const touched = new Map<string, number>()
  const refuse = createRefuser(deps, limits, 'auth.token')
  const recordSession = createSessionRecorder(deps)

  const recordChannel = async (token: AuthenticatedToken, channel: TokenChannel, now: Date) => {
    const key = `${token.id} ${channel}`
    if (now.getTime() - (touched.get(key) ?? 0) < touchEveryMs) return
    touched.set(key, now.getTime())
    await noteTokenUse(deps.db, { tokenId: token.id, channel, now })
  }
  const recordUse = async (c: ApiContext, token: AuthenticatedToken) => {
    const now = deps.now()
    const lastTouch = Math.max(token.lastUsedAt?.getTime() ?? 0, touched.get(token.id) ?? 0)
    if (now.getTime() - lastTouch >= touchEveryMs) {
      touched.set(token.id, now.getTime())
      await touchToken(deps.db, token.id, now)
      await noteFirstUse(deps.db, token.id, now)
    }
    const channel = channelOf(c.req.path)
    if (channel !== null) await recordChannel(token, channel, now)
    const address = c.get('address')
    const key = `${token.id} ${networkOf(address)}`
    if (address === '' || remembered.has(key)) return
    if (remembered.size >= maxRemembered) remembered.clear()
    // Before the write, so concurrent requests record it once.
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
    const presented = readBearerToken(c)
    if (presented === null) return refuse(c, 'missing')
    const look = isRunToken(presented) ? authenticateRun : authenticate
    const found = await look(deps.db, presented, deps.now())
    if (!found.ok) return found.reason === 'ended' ? unauthorized(c) : refuse(c, found.reason)
    const { token, run } = found
    // Each run counts for itself, so a busy agent doesn't slow its runner down.
    if (!(await limits.takeRequest(c, run?.id ?? token.id))) return tooMany(c)
    c.set('token', token)
    c.set('run', run)
    if (run !== null) requireRunRoute(run, c.req)
    await recordUse(c, token)
    if (c.req.header('preqbot-session') !== undefined) await recordSession(createAgentCtx(deps, c).actor)
    return next()
  }
}

function channelOf(path: string): TokenChannel | null {
  if (path.startsWith('/hooks/')) return 'hooks'
  return path === '/mcp' || path.startsWith('/mcp/') ? 'mcp' : null
}

// The token of an ended run looks the same, but isn't an attempt to break in.
function unauthorized(c: ApiContext): Response {
  return c.json({ error: 'Unauthorized' }, 401, { 'WWW-Authenticate': 'Bearer realm="preqstation"' })
}

function tooMany(c: ApiContext): Response {
  return c.json({ error: 'Too many requests' }, 429)
}
