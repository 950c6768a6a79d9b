import { and, eq, isNull } from 'drizzle-orm'
import { apiTokens } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import type { Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { revocation } from './tokens.ts'

/** Revokes a new token; a revoked one can't be restored. Part of `undoChange`. */
export async function undoToken(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'token.create' | 'token.revoke'>,
): Promise<readonly Write[]> {
  if (entry.action === 'token.revoke')
    throw new DomainError('conflict', "A revoked token can't be restored. Create a new one in /agents.")
  const id = entry.targetId ?? ''
  const [valid] = await db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), eq(apiTokens.ownerId, ctx.ownerId), isNull(apiTokens.revokedAt)))
  if (valid === undefined) throw new DomainError('conflict', 'That token is already revoked.')
  return [revocation(id, ctx.now())]
}
