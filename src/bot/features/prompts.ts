import { Composer } from 'grammy'
import { labelCounts } from '../../domain/labels.ts'
import type { PromptKind } from '../../domain/messages.ts'
import { questionCard } from '../../view/answers.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { ask } from '../show.ts'
import { onAct } from '../taps.ts'
import { promptAnswers } from './prompt-answers.ts'

/** The buttons that ask the owner to write something that is not about a task. */
export function prompts(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onAct(composer, 'ask', async (ctx, what, about) => {
    const kind = Object.keys(promptAnswers).find((known): known is PromptKind => known === what)
    if (kind === undefined) return
    const name =
      kind === 'label-name' ? (await labelCounts(scopeOf(ctx))).find(({ id }) => id === about)?.name : about
    await ask(ctx, questionCard(kind, name ?? about), { kind: 'prompt', ask: kind, about })
  })
  return composer
}
