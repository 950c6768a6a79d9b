import type { PromptKind } from '../../../telegram/store/messages/reply-topic.ts'
import { questionCard, toasts } from '../../../view/kit/answers.ts'
import { cancelTap, promptTap } from '../../../view/kit/links.ts'
import { questionPrompts, taskPrompts } from '../../../view/tasks/callbacks.ts'
import { type Answers, createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { ask, cancelPrompt, nameOf } from '../../kit/prompts.ts'
import { toast } from '../../kit/toast.ts'

/** The buttons that prompt for text that isn't about a task, and Cancel under any prompt. */
export function prompts(answers: Answers): Feature {
  const feature = createFeature()
  const kinds = [...answers.keys()].filter((kind) => !isAboutTask(kind))
  onTap(feature, promptTap, async (ctx, { kind: what, about }) => {
    const kind = kinds.find((known) => known === what)
    if (kind === undefined) return
    const name = await nameOf(ctx, { ask: kind, about })
    await ask(ctx, questionCard(kind, name), { kind: 'prompt', ask: kind, about })
  })
  onTap(feature, cancelTap, async (ctx) => {
    const message = ctx.callbackQuery?.message
    await toast(ctx, toasts.cancelled)
    if (message !== undefined) await cancelPrompt(ctx, message.message_id)
  })
  return feature
}

function isAboutTask(kind: PromptKind): boolean {
  return [...taskPrompts, ...questionPrompts].some((question) => question === kind)
}
