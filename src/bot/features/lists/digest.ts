import { readDigest } from '../../../domain/reports/digest.ts'
import { button } from '../../../view/kit/buttons.ts'
import { withRow } from '../../../view/kit/card.ts'
import { settingsScreen } from '../../../view/kit/links.ts'
import { signs } from '../../../view/kit/signs.ts'
import { digestCard, digestScreen } from '../../../view/reports/digest.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onReply, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { answerDigest } from './digest-replies.ts'

/** /digest: today's digest, with a button to change its time. */
export function digest(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'digest', description: 'Today’s digest', menu: 9 }, showDigest)
  onTap(feature, digestScreen, showDigest)
  onReply(feature, 'digest', (ctx, { taskIds }, { plain }) => answerDigest(ctx, plain, taskIds))
  return feature
}

async function showDigest(ctx: BotContext): Promise<void> {
  const viewer = viewerOf(ctx)
  const { card, topic } = digestCard(await readDigest(scopeOf(ctx), viewer), viewer)
  const { digestEnabled, digestTime } = ctx.settings
  const row = [
    button(`${signs.refresh} Refresh`, digestScreen),
    button(digestEnabled ? `${signs.digest} ${digestTime}` : `${signs.digest} Off`, settingsScreen, {
      part: 'digest',
    }),
  ]
  await showScreen(ctx, withRow(card, row), { purpose: 'digest', topic })
}
