import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { apiTokens, type Engine, type TokenChannel, tokenGrants, tokenUses } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { minuteMs } from '../core/durations.ts'
import type { Scope } from '../core/scope.ts'

export type { TokenChannel } from '../../db/schema.ts'

/** When a token was last used, in all and over each channel. */
export interface TokenContact {
  readonly name: string
  readonly engine: Engine | null
  readonly usedAt: Date | null
  readonly mcpAt: Date | null
  readonly hooksAt: Date | null
}

/** Records that a token was used over a channel, at most once a minute. */
export async function noteTokenUse(
  db: Db,
  { tokenId, channel, now }: { readonly tokenId: string; readonly channel: TokenChannel; readonly now: Date },
): Promise<void> {
  await db
    .insert(tokenUses)
    .values({ tokenId, channel, usedAt: now })
    .onConflictDoUpdate({
      target: [tokenUses.tokenId, tokenUses.channel],
      set: { usedAt: now },
      setWhere: lte(tokenUses.usedAt, new Date(now.getTime() - minuteMs)),
    })
}

/** Lists when each valid token was last used, the latest first. */
export async function listTokenContacts({ db, ownerId }: Scope, now: Date): Promise<TokenContact[]> {
  const usedOver = (channel: TokenChannel) =>
    sql`(select ${tokenUses.usedAt} from ${tokenUses}
      where ${tokenUses.tokenId} = ${apiTokens.id} and ${tokenUses.channel} = ${channel})`.mapWith(
      tokenUses.usedAt,
    )
  return db
    .select({
      name: apiTokens.name,
      engine: tokenGrants.engine,
      usedAt: apiTokens.lastUsedAt,
      mcpAt: usedOver('mcp'),
      hooksAt: usedOver('hooks'),
    })
    .from(apiTokens)
    .leftJoin(tokenGrants, eq(tokenGrants.tokenId, apiTokens.id))
    .where(
      and(
        eq(apiTokens.ownerId, ownerId),
        isNull(apiTokens.revokedAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, now)),
      ),
    )
    .orderBy(sql`${apiTokens.lastUsedAt} desc nulls last`, apiTokens.name)
}
