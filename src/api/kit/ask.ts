import type { z } from 'zod'
import type { Ctx } from '../../domain/core/context.ts'
import { defaultTimeoutS, type OptionInput } from '../../domain/questions/new-question.ts'
import type { Question } from '../../domain/questions/question.ts'
import { type Ask, askOwner } from '../../domain/tasks/questions/ask.ts'
import type { ApiParts } from './deps.ts'

/** A question as REST and MCP pass it: one text with its options, or items. */
export interface Asking extends Omit<Ask, 'items'> {
  readonly question?: string | undefined
  readonly options?: readonly z.output<typeof OptionInput>[] | undefined
  readonly multi?: boolean | undefined
  readonly items?: Ask['items'] | undefined
  readonly timeoutS?: number | undefined
}

/** Asks the owner and waits up to `seconds` for the answer. A plan never expires. Throws as `askOwner` does. */
export async function askAndWait(
  { questions, now }: Pick<ApiParts, 'questions' | 'now'>,
  ctx: Ctx,
  { question: words = '', options, multi, items, timeoutS = defaultTimeoutS, ...ask }: Asking,
  waiting: { readonly seconds: number; readonly until: AbortSignal },
): Promise<Question> {
  const expiresAt = ask.kind === 'plan' ? null : new Date(now().getTime() + timeoutS * 1_000)
  const single = { text: words, ...(options && { options: [...options] }), ...(multi && { multi }) }
  const { question } = await askOwner(ctx, { ...ask, items: items ?? [single] }, { expiresAt })
  return questions.wait(question.id, waiting)
}
