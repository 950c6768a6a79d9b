import { dayMs } from '../../../domain/core/durations.ts'
import { listDue } from '../../../domain/tasks/lists/due-list.ts'
import { dayBounds } from '../../../domain/time/time.ts'
import { dueAPage, dueCard, dueScreen } from '../../../view/tasks/lists/due.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

const weekMs = 7 * dayMs

/** /due: tasks that are overdue, due today, or due this week. */
export function due(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'due', description: 'Overdue, today, this week' }, (ctx) => showDue(ctx, 0))
  onTap(feature, dueScreen, (ctx, { page = 0 }) => showDue(ctx, page))
  return feature
}

async function showDue(ctx: BotContext, wantedPage: number): Promise<void> {
  const viewer = viewerOf(ctx)
  const today = dayBounds(viewer.now, viewer.timeZone)
  const before = dayBounds(new Date(today.end.getTime() + weekMs), viewer.timeZone).start
  const read = (page: number) => listDue(scopeOf(ctx), { before, limit: dueAPage, offset: page * dueAPage })
  const found = await read(wantedPage)
  const page = Math.min(wantedPage, Math.max(0, Math.ceil(found.count / dueAPage) - 1))
  const { tasks, count } = page === wantedPage ? found : await read(page)
  await showScreen(ctx, dueCard({ tasks, count, page, ...viewer }))
}
