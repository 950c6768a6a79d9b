import { hash, randomBytes, randomUUID } from 'node:crypto'
import { and, asc, desc, eq, getTableColumns, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { preparedRead } from '../../db/prepared.ts'
import {
  apiTokens,
  type Engine,
  engines,
  type TokenRights,
  type TokenRow,
  tokenGrants,
  tokenRights,
} from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import type { RunScope } from '../core/actor.ts'
import type { Change } from '../core/commit/commit.ts'
import { insert, update, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { dayMs, minuteMs } from '../core/durations.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import type { Scope } from '../core/scope.ts'
import { text } from '../core/text.ts'
import { requireProject } from '../projects/read.ts'
import { toSecurityEventRow } from './security.ts'

export { type Engine, type TokenRights, tokenRights } from '../../db/schema.ts'

const prefixLength = 14
const wellFormed = /^preq_[A-Za-z0-9_-]{32}$/
const touchEveryMs = minuteMs
const noticeMs = 7 * dayMs

/** A new token: its name appears next to everything its agent does. */
export const NewToken = z.object({
  name: text(60).pipe(z.string().trim().min(1, "can't be empty")),
  expiresAt: z.date().nullish(),
  /** The engine that will use it; a claim never hands it a task for another engine. */
  engine: z.enum(engines).nullish(),
  /** `work`: everything except deleting and accepting; `full`: everything. */
  rights: z.enum(tokenRights).default('work'),
  /** The keys of the projects it can use; absent means all. */
  projectKeys: z.array(z.string().toUpperCase()).min(1).readonly().nullish(),
})
export type NewToken = z.input<typeof NewToken>

/** Creates a token for an agent. `token` is returned only here; the database stores its hash. Throws `invalid` and `not-found` (project). */
export async function createToken(
  ctx: Ctx,
  input: NewToken,
): Promise<{ readonly token: string; readonly row: TokenRow }> {
  const { name, expiresAt = null, engine = null, rights, projectKeys = null } = parse(NewToken, input)
  const now = ctx.now()
  if (expiresAt !== null && expiresAt <= now)
    throw new DomainError('invalid', 'expiresAt: must be in the future.')
  const token = `preq_${randomBytes(24).toString('base64url')}`
  return ctx.commit(async (db) => {
    for (const key of projectKeys ?? []) await requireProject({ ...ctx, db }, key)
    const row: TokenRow = {
      id: randomUUID(),
      ownerId: ctx.ownerId,
      name,
      tokenPrefix: token.slice(0, prefixLength),
      tokenHash: hashOf(token),
      lastUsedAt: null,
      expiresAt,
      revokedAt: null,
      createdAt: now,
      updatedAt: now,
    }
    const grant = {
      tokenId: row.id,
      engine,
      rights,
      projectKeys: projectKeys && [...new Set(projectKeys)],
      createdAt: now,
    }
    return {
      result: { token, row },
      rows: [insert(apiTokens, row), insert(tokenGrants, grant)],
      events: [],
      audit: [
        {
          action: 'token.create',
          targetType: 'token',
          targetId: row.id,
          meta: {
            name,
            prefix: row.tokenPrefix,
            expiresAt: expiresAt?.toISOString() ?? null,
            engine,
            rights,
            projectKeys,
          },
        },
      ],
    }
  })
}

/** The columns of a token with its grant. */
export const granted = {
  ...getTableColumns(apiTokens),
  engine: tokenGrants.engine,
  rights: tokenGrants.rights,
  projectKeys: tokenGrants.projectKeys,
}

/** Lists the owner's tokens, newest first, revoked ones last. */
export async function listTokens({ db, ownerId }: Scope): Promise<GrantedToken[]> {
  return db
    .select(granted)
    .from(apiTokens)
    .leftJoin(tokenGrants, eq(tokenGrants.tokenId, apiTokens.id))
    .where(eq(apiTokens.ownerId, ownerId))
    .orderBy(sql`${apiTokens.revokedAt} desc nulls first`, desc(apiTokens.createdAt), asc(apiTokens.id))
}

/** Revokes a token permanently, from the next request on. Throws `not-found`. A revoked token stays unchanged. */
export async function revokeToken(
  ctx: Ctx,
  id: string,
): Promise<{ readonly token: TokenRow; readonly auditId: string | null }> {
  const missing = new DomainError('not-found', 'No such token.')
  if (!z.guid().safeParse(id).success) throw missing
  return ctx.commit(
    async (db): Promise<Change<{ readonly token: TokenRow; readonly auditId: string | null }>> => {
      const [token] = await db
        .select()
        .from(apiTokens)
        .where(and(eq(apiTokens.id, id), eq(apiTokens.ownerId, ctx.ownerId)))
      if (token === undefined) throw missing
      if (token.revokedAt !== null) return { unchanged: true, result: { token, auditId: null } }
      const now = ctx.now()
      const auditId = v7()
      return {
        result: { token: { ...token, revokedAt: now, updatedAt: now }, auditId },
        rows: [revocation(token.id, now)],
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

/** Returns the row that revokes a token. */
export function revocation(id: string, now: Date): Write {
  return update(apiTokens, {
    key: { id },
    expect: { revokedAt: null },
    set: { revokedAt: now, updatedAt: now },
  })
}

/** Revokes every token that isn't revoked yet; each leaves an audit entry and a security event. Returns how many. */
export async function revokeAllTokens(ctx: Ctx, reason: string): Promise<number> {
  return ctx.commit(async (db): Promise<Change<number>> => {
    const { ownerId } = ctx
    const now = ctx.now()
    const valid = await db
      .select({ id: apiTokens.id, name: apiTokens.name, prefix: apiTokens.tokenPrefix })
      .from(apiTokens)
      .where(and(eq(apiTokens.ownerId, ownerId), isNull(apiTokens.revokedAt)))
    const [first, ...others] = valid.map(({ id, name, prefix }) => ({
      action: 'token.revoke' as const,
      targetType: 'token' as const,
      targetId: id,
      meta: { name, prefix, reason },
    }))
    if (first === undefined) return { unchanged: true, result: 0 }
    const rows = valid.flatMap(({ id, name }) => [
      revocation(id, now),
      toSecurityEventRow({
        ownerId,
        eventType: 'token.revoke',
        outcome: 'success',
        detail: { name, reason },
        now,
      }),
    ])
    return { result: valid.length, rows, events: [], audit: [first, ...others] }
  })
}

/** A token and its rights; `rights` is null for a token from before rights existed, which may do everything. */
export type GrantedToken = TokenRow & {
  readonly engine: Engine | null
  readonly rights: TokenRights | null
  readonly projectKeys: readonly string[] | null
}

/** The presented token, or why it's rejected. The reason is for our records, never for the client. */
export type Authentication =
  | {
      readonly ok: true
      readonly token: GrantedToken
      /** The run that the presented token belongs to; null for an ordinary one. */
      readonly run: RunScope | null
    }
  /** `ended`: the token of a run that has ended. */
  | { readonly ok: false; readonly reason: 'malformed' | 'unknown' | 'expired' | 'revoked' | 'ended' }

const tokenByHash = preparedRead((db) =>
  db
    .select(granted)
    .from(apiTokens)
    .leftJoin(tokenGrants, eq(tokenGrants.tokenId, apiTokens.id))
    .where(eq(apiTokens.tokenHash, sql.placeholder('hash'))),
)

/** Looks up a presented token by its hash on every request, so a revocation takes effect immediately. */
export async function authenticate(db: Reader, presented: string, now: Date): Promise<Authentication> {
  if (!wellFormed.test(presented)) return { ok: false, reason: 'malformed' }
  const [token] = await tokenByHash(db, { hash: hashOf(presented) })
  if (token === undefined) return { ok: false, reason: 'unknown' }
  const reason = problemOf(token, now)
  return reason === null ? { ok: true, token, run: null } : { ok: false, reason }
}

/** Returns why a known token isn't valid; null if it is. */
export function problemOf(
  { revokedAt, expiresAt }: Pick<TokenRow, 'revokedAt' | 'expiresAt'>,
  now: Date,
): 'revoked' | 'expired' | null {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now ? 'expired' : null
}

/** Records that a token was used, at most once a minute; no audit entry. */
export async function touchToken(db: Db, id: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - touchEveryMs)
  await db
    .update(apiTokens)
    .set({ lastUsedAt: now, updatedAt: now })
    .where(and(eq(apiTokens.id, id), or(isNull(apiTokens.lastUsedAt), lte(apiTokens.lastUsedAt, before))))
}

/** Lists tokens that expire within 7 days, the next one first. */
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

/** Returns what is stored of a token. */
export function hashOf(token: string): string {
  return hash('sha256', token)
}
