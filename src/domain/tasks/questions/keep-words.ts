import type { Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { clip } from '../../core/text.ts'
import { findQuestion, saveDraft } from '../../questions/store.ts'
import { type Answered, answerQuestion, withDraft } from './answer.ts'

const maxWords = 2_000

/**
 * Keeps the owner's words about a permission until a tap decides, since words never allow anything. If it was closed before, the
 * words become a comment. Throws `not-found`, and `invalid` for any other question.
 */
export async function keepWords(ctx: Ctx, questionId: string, words: string): Promise<Answered> {
  const kept = await ctx.commit(async (db): Promise<Change<Answered | null>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const question = await findQuestion(scope, questionId)
    if (question === null) throw new DomainError('not-found', 'This question no longer exists.')
    if (question.kind !== 'permission') throw new DomainError('invalid', 'Words answer this question.')
    if (question.state !== 'open') return { unchanged: true, result: null }
    const { items = [], chosen = [] } = question.draft ?? {}
    const draft = { items, chosen, words: clip(words.trim(), maxWords) }
    const result = await withDraft(scope, question, draft)
    return { unchanged: true, result, rows: [saveDraft(question, draft)] }
  })
  return kept ?? answerQuestion(ctx, questionId, { text: words })
}
