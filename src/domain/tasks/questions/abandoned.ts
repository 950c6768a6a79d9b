import { and, eq, isNotNull, lt, sql } from 'drizzle-orm'
import { questions } from '../../../db/schema.ts'
import type { Ctx } from '../../core/context.ts'
import { endQuestion } from './close-questions.ts'

/**
 * Withdraws open questions of hooks that nothing waits for, because the process that held their requests ended. Otherwise, a tap would
 * allow what nobody does. Returns how many.
 */
export async function withdrawAbandoned(ctx: Ctx, isHeld: (id: string) => boolean): Promise<number> {
  const open = await ctx.db
    .select({ id: questions.id })
    .from(questions)
    .where(
      and(
        eq(questions.ownerId, ctx.ownerId),
        isNotNull(questions.tool),
        lt(questions.createdAt, ctx.now()),
        // A literal, not a parameter, so Postgres uses the index of open questions.
        sql`${questions.state} = 'open'`,
      ),
    )
  const abandoned = open.filter(({ id }) => !isHeld(id))
  for (const { id } of abandoned) await endQuestion(ctx, id, { by: 'agent' })
  return abandoned.length
}
