import { readStats } from '../../../domain/reports/stats.ts'
import { statsPeriods, statsRange } from '../../../domain/reports/stats-range.ts'
import { statsPicture } from '../../../view/charts/charts.ts'
import { minForChart, statsCard, statsScreen, statsTitle } from '../../../view/reports/stats.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showPicture, showScreen } from '../../kit/show.ts'

/** /stats: a chart of the work finished in a week, month or year; just text if there is little to draw. */
export function stats(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    {
      command: 'stats',
      usage: '[week|month|year]',
      description: 'Chart of finished work',
      toButton: (period) => statsScreen.encode({ period }),
    },
    (ctx) => showStats(ctx, ctx.match),
  )
  onTap(feature, statsScreen, (ctx, { period }) => showStats(ctx, period))
  return feature
}

async function showStats(ctx: BotContext, text: string): Promise<void> {
  const word = text.trim().toLowerCase()
  // The first letters are enough, e.g., "m" for month.
  const named = statsPeriods.find((period) => period.startsWith(word))
  const period = named ?? 'week'
  const notice = named === undefined ? `No period “${word.slice(0, 40)}” – showing the week.` : undefined
  const stats = await readStats(scopeOf(ctx), statsRange(period, viewerOf(ctx)))
  const card = statsCard(stats, period, notice)
  if (stats.done < minForChart) return showScreen(ctx, card)
  await ctx.replyWithChatAction('upload_photo')
  await showPicture(ctx, statsPicture(stats, statsTitle[period]), card)
}
