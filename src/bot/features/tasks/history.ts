import { readHistory } from '../../../domain/reports/history.ts'
import { requireTask } from '../../../domain/tasks/read.ts'
import { historyScreen } from '../../../view/kit/links.ts'
import { historyCard, logsAPage } from '../../../view/reports/timeline.ts'
import { scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** A task's history: its changes, work logs and comments. */
export function history(): Feature {
  const feature = createFeature()
  onTap(feature, historyScreen, async (ctx, { key, page = 0 }) => {
    const task = await requireTask(scopeOf(ctx), key)
    const { entries, hasMore } = await readHistory(scopeOf(ctx), task, {
      limit: logsAPage,
      offset: page * logsAPage,
    })
    const card = historyCard(task, { entries, page, hasMore, ...viewerOf(ctx) })
    await showScreen(ctx, card, { purpose: 'card', taskId: task.id })
  })
  return feature
}
