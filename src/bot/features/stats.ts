import { Composer } from 'grammy'
import { readStats } from '../../domain/stats.ts'
import { type StatsPeriod, statsPeriods, statsRange } from '../../domain/stats-range.ts'
import { statsPicture } from '../../view/charts.ts'
import { statsCard, statsTitle } from '../../view/stats.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { showPicture } from '../show.ts'
import { onScreen } from '../taps.ts'

/** /stats: what was done in the week, the month or the year, as a picture with its numbers in the caption. */
export function stats(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('stats', (ctx) => showStats(ctx, toPeriod(ctx.match)))
  onScreen(composer, 'stats', (ctx, argument) => showStats(ctx, toPeriod(argument)))
  return composer
}

async function showStats(ctx: BotContext, period: StatsPeriod): Promise<void> {
  await ctx.replyWithChatAction('upload_photo')
  const stats = await readStats(scopeOf(ctx), statsRange(period, readerOf(ctx)))
  await showPicture(ctx, statsPicture(stats, statsTitle[period]), statsCard(stats, period))
}

/** The first letters do: "m", "month"; anything else is the week. */
function toPeriod(text: string): StatsPeriod {
  const word = text.trim().toLowerCase()
  return statsPeriods.find((period) => word !== '' && period.startsWith(word)) ?? 'week'
}
