import { and, eq, isNull } from 'drizzle-orm'
import { apiTokens } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'

/** Revokes a new token; a revoked one can't be restored. Part of `undoChange`. */
export async function undoToken(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'token.create' | 'token.revoke'>,
): Promise<{ readonly result: null }> {
  if (entry.action === 'token.revoke')
    throw new DomainError('conflict', "A revoked token can't be restored. Create a new one in /agents.")
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
  if (revoked.length === 0) throw new DomainError('conflict', 'That token is already revoked.')
  return { result: null }
}
