import { Composer } from 'grammy'
import type { PromptKind } from '../../../telegram/store/messages.ts'
import { questionCard } from '../../../view/kit/answers.ts'
import type { BotContext } from '../../kit/context.ts'
import { nameOf } from '../../kit/refusals.ts'
import { ask } from '../../kit/show.ts'
import { onAct } from '../../kit/taps.ts'
import { promptAnswers } from './prompt-answers.ts'

/** The buttons that ask the owner to write something that is not about a task. */
export function prompts(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onAct(composer, 'ask', async (ctx, what, about) => {
    const kind = Object.keys(promptAnswers).find((known): known is PromptKind => known === what)
    if (kind === undefined) return
    const name = await nameOf(ctx, { ask: kind, about })
    await ask(ctx, questionCard(kind, name), { kind: 'prompt', ask: kind, about })
  })
  return composer
}
