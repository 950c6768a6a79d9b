import { and, eq, isNull } from 'drizzle-orm'
import { type AuditRow, apiTokens } from '../db/schema.ts'
import type { Tx } from '../db/types.ts'
import type { Ctx } from './context.ts'
import { DomainError } from './errors.ts'

/** Shuts a new token out again; one that was revoked never opens anything any more. Part of `undoChange`. */
export async function undoToken(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<{ readonly result: null }> {
  if (entry.action === 'token.revoke')
    throw new DomainError('conflict', 'A token that was revoked stays shut out. Make a new one in /agents.')
  const now = ctx.now()
  const revoked = await tx
    .update(apiTokens)
    .set({ revokedAt: now, updatedAt: now })
    .where(
      and(
        eq(apiTokens.id, entry.targetId ?? ''),
        eq(apiTokens.ownerId, ctx.ownerId),
        isNull(apiTokens.revokedAt),
      ),
    )
    .returning({ id: apiTokens.id })
  if (revoked.length === 0) throw new DomainError('conflict', 'That token is shut out already.')
  return { result: null }
}
