import { and, eq, sql } from 'drizzle-orm'
import { securityEvents } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { networkOf } from './network.ts'
import { recordSecurityEvent } from './security.ts'

/** The use of a token from an address. */
export interface TokenUse {
  readonly ownerId: string
  readonly token: { readonly id: string; readonly name: string }
  readonly address: string
  readonly userAgent: string | null
  readonly path: string
  readonly now: Date
}

/**
 * Writes a security event for a token's first use from an address (IPv6: from its /64); `detail.knownAddresses` counts the
 * earlier ones.
 */
export async function noteTokenAddress(db: Db, use: TokenUse): Promise<void> {
  const found = await db
    .selectDistinct({ address: securityEvents.ipAddress })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.ownerId, use.ownerId),
        eq(securityEvents.eventType, 'auth.token'),
        eq(securityEvents.outcome, 'success'),
        sql`${securityEvents.detail} ->> 'tokenId' = ${use.token.id}`,
      ),
    )
  const known = new Set(found.map(({ address }) => networkOf(address ?? '')))
  if (known.has(networkOf(use.address))) return
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
      knownAddresses: known.size,
    },
    now: use.now,
  })
}
