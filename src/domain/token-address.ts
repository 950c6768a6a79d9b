import { and, count, eq, sql } from 'drizzle-orm'
import { securityEvents } from '../db/schema.ts'
import type { Db } from '../db/types.ts'
import { recordSecurityEvent } from './security.ts'

/** A token was used from an address. */
export interface TokenUse {
  readonly ownerId: string
  readonly token: { readonly id: string; readonly name: string }
  readonly address: string
  readonly userAgent: string | null
  readonly path: string
  readonly now: Date
}

/** Writes a security event at a token's first use from an address; `detail.knownAddresses` counts those it had before. */
export async function noteTokenAddress(db: Db, use: TokenUse): Promise<void> {
  const [known] = await db
    .select({
      addresses: count(securityEvents.id),
      here: sql<boolean>`coalesce(bool_or(${securityEvents.ipAddress} = ${use.address}), false)`,
    })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.ownerId, use.ownerId),
        eq(securityEvents.eventType, 'auth.token'),
        eq(securityEvents.outcome, 'success'),
        sql`${securityEvents.detail} ->> 'tokenId' = ${use.token.id}`,
      ),
    )
  if (known?.here) return
  await recordSecurityEvent(db, {
    ownerId: use.ownerId,
    eventType: 'auth.token',
    outcome: 'success',
    ipAddress: use.address,
    userAgent: use.userAgent,
    path: use.path,
    detail: {
      tokenId: use.token.id,
      token: use.token.name,
      newAddress: true,
      knownAddresses: known?.addresses ?? 0,
    },
    now: use.now,
  })
}
