import { hash, randomBytes } from 'node:crypto'
import { and, asc, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { preparedRead } from '../db/prepared.ts'
import { apiTokens, type TokenRow } from '../db/schema.ts'
import type { Db, Reader } from '../db/types.ts'
import type { Change, Ctx } from './context.ts'
import { DomainError } from './errors.ts'
import { parse } from './parse.ts'
import type { Scope } from './tasks/read.ts'
import { text } from './tasks/schemas.ts'

const prefixLength = 14
const wellFormed = /^preq_[A-Za-z0-9_-]{32}$/
const touchEveryMs = 60_000
const noticeMs = 7 * 24 * 60 * 60 * 1_000

/** A token to be made: its name stands in every trace of what its agent does. */
export const NewToken = z.object({
  name: text(60).pipe(z.string().trim().min(1, 'must not be empty')),
  expiresAt: z.date().nullish(),
})
export type NewToken = z.input<typeof NewToken>

/** Makes a token for an agent. `token` is shown this once; only its hash is kept. Throws `invalid`. */
export async function createToken(
  ctx: Ctx,
  input: NewToken,
): Promise<{ readonly token: string; readonly row: TokenRow }> {
  const { name, expiresAt = null } = parse(NewToken, input)
  const now = ctx.now()
  if (expiresAt !== null && expiresAt <= now)
    throw new DomainError('invalid', 'expiresAt: must be in the future.')
  const token = `preq_${randomBytes(24).toString('base64url')}`
  return ctx.mutate(async (tx) => {
    const [row] = await tx
      .insert(apiTokens)
      .values({
        ownerId: ctx.ownerId,
        name,
        tokenPrefix: token.slice(0, prefixLength),
        tokenHash: hashOf(token),
        expiresAt,
        createdAt: now,
        updatedAt: now,
      })
      .returning()
    if (row === undefined) throw new Error('the token was not stored')
    return {
      result: { token, row },
      events: [],
      audit: [
        {
          action: 'token.create',
          targetType: 'token',
          targetId: row.id,
          meta: { name, prefix: row.tokenPrefix, expiresAt },
        },
      ],
    }
  })
}

/** The owner's tokens, newest first, revoked ones last. */
export async function listTokens({ db, ownerId }: Scope): Promise<TokenRow[]> {
  return db
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.ownerId, ownerId))
    .orderBy(sql`${apiTokens.revokedAt} desc nulls first`, desc(apiTokens.createdAt), asc(apiTokens.id))
}

/** Ends a token for good, from the next request on. Throws `not-found`; revoked already changes nothing. */
export async function revokeToken(
  ctx: Ctx,
  id: string,
): Promise<{ readonly token: TokenRow; readonly auditId: string | null }> {
  const missing = new DomainError('not-found', 'There is no such token.')
  if (!z.guid().safeParse(id).success) throw missing
  return ctx.mutate(
    async (tx): Promise<Change<{ readonly token: TokenRow; readonly auditId: string | null }>> => {
      const now = ctx.now()
      const named = and(eq(apiTokens.id, id), eq(apiTokens.ownerId, ctx.ownerId))
      const [token] = await tx
        .update(apiTokens)
        .set({ revokedAt: now, updatedAt: now })
        .where(and(named, isNull(apiTokens.revokedAt)))
        .returning()
      if (token === undefined) {
        const [revoked] = await tx.select().from(apiTokens).where(named)
        if (revoked === undefined) throw missing
        return { unchanged: true, result: { token: revoked, auditId: null } }
      }
      const auditId = v7()
      return {
        result: { token, auditId },
        events: [],
        audit: [
          {
            id: auditId,
            action: 'token.revoke',
            targetType: 'token',
            targetId: token.id,
            meta: { name: token.name, prefix: token.tokenPrefix },
          },
        ],
      }
    },
  )
}

/** Whose token was presented, or why it opens nothing; the reasons are for our own records, never for who asked. */
export type Authentication =
  | { readonly ok: true; readonly token: TokenRow }
  | { readonly ok: false; readonly reason: 'malformed' | 'unknown' | 'expired' | 'revoked' }

const tokenByHash = preparedRead((db) =>
  db
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.tokenHash, sql.placeholder('hash'))),
)

/** Looks a presented token up by its hash; asked on every request, so that a revocation holds at once everywhere. */
export async function authenticate(db: Reader, presented: string, now: Date): Promise<Authentication> {
  if (!wellFormed.test(presented)) return { ok: false, reason: 'malformed' }
  const [token] = await tokenByHash(db, { hash: hashOf(presented) })
  if (token === undefined) return { ok: false, reason: 'unknown' }
  if (token.revokedAt !== null) return { ok: false, reason: 'revoked' }
  if (token.expiresAt !== null && token.expiresAt <= now) return { ok: false, reason: 'expired' }
  return { ok: true, token }
}

/** Notes that a token was used, at most once a minute. Housekeeping: leaves no trace. */
export async function touchToken(db: Db, id: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - touchEveryMs)
  await db
    .update(apiTokens)
    .set({ lastUsedAt: now, updatedAt: now })
    .where(and(eq(apiTokens.id, id), or(isNull(apiTokens.lastUsedAt), lte(apiTokens.lastUsedAt, before))))
}

/** Tokens in use that expire within seven days, the next one first. */
export async function expiringTokens({ db, ownerId }: Scope, now: Date): Promise<TokenRow[]> {
  return db
    .select()
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.ownerId, ownerId),
        isNull(apiTokens.revokedAt),
        gt(apiTokens.expiresAt, now),
        lte(apiTokens.expiresAt, new Date(now.getTime() + noticeMs)),
      ),
    )
    .orderBy(asc(apiTokens.expiresAt))
}

function hashOf(token: string): string {
  return hash('sha256', token)
}
