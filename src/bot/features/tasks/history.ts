import { Composer } from 'grammy'
import { readHistory } from '../../../domain/reports/history.ts'
import { requireTask } from '../../../domain/tasks/read.ts'
import { historyCard, logsAPage } from '../../../view/reports/timeline.ts'
import { type BotContext, readerOf, scopeOf } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'
import { onScreen } from '../../kit/taps.ts'

/** A task's history: its changes, work logs and comments. */
export function history(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onScreen(composer, 'history', async (ctx, key, page) => {
    const task = await requireTask(scopeOf(ctx), key)
    const { entries, hasMore } = await readHistory(scopeOf(ctx), task, {
      limit: logsAPage,
      offset: page * logsAPage,
    })
    const card = historyCard(task, { entries, page, hasMore, ...readerOf(ctx) })
    await showScreen(ctx, card, { purpose: 'card', taskId: task.id })
  })
  return composer
}
