import { and, asc, eq, sql } from 'drizzle-orm'
import { questions } from '../../../db/schema.ts'
import type { Ctx } from '../../core/context.ts'
import { changeSettings } from '../../settings/settings.ts'
import { answerQuestion } from './answer.ts'

/** What an agent reads whose permission is denied while permissions are locked. */
export const lockedMessage =
  'The owner has locked all permissions. Do what needs none, or stop and ask the owner to unlock them.'

/** Denies every permission from now on, and those that wait. Returns how many it denied, and the audit entry for undo. */
export async function lockPermissions(
  ctx: Ctx,
): Promise<{ readonly auditId: string | null; readonly denied: number }> {
  const { auditId } = await changeSettings(ctx, { locked: true })
  const waiting = await ctx.db
    .select({ id: questions.id })
    .from(questions)
    .where(
      and(
        eq(questions.ownerId, ctx.ownerId),
        eq(questions.kind, 'permission'),
        sql`${questions.state} = 'open'`,
      ),
    )
    .orderBy(asc(questions.createdAt))
  let denied = 0
  for (const { id } of waiting) {
    const { isLate } = await answerQuestion(ctx, id, { options: ['deny'], text: lockedMessage })
    if (!isLate) denied += 1
  }
  return { auditId, denied }
}
