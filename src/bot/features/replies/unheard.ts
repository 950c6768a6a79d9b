import { sendCommentAgain } from '../../../domain/tasks/notes/unheard.ts'
import { sendAgainTap, sentAgainCard } from '../../../view/notifications/unheard.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** The button under a comment that an agent may not have heard. */
export function unheard(): Feature {
  const feature = createFeature()
  onTap(feature, sendAgainTap, showSentAgain)
  return feature
}

async function showSentAgain(ctx: BotContext, { comment }: { readonly comment: string }): Promise<void> {
  const isWaiting = await sendCommentAgain(ctx.board, comment)
  await showScreen(ctx, sentAgainCard(isWaiting))
}
