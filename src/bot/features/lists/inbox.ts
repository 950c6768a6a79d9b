import { findTask } from '../../../domain/tasks/read.ts'
import { inboxScreen } from '../../../view/kit/links.ts'
import { skipTap } from '../../../view/tasks/lists/deck.ts'
import { scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { freshDeck, readDeck, showNext } from '../../kit/tasks/deck.ts'

/** /inbox: triages the inbox in one message, one card at a time, oldest first. */
export function inbox(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'inbox', description: 'Triage your inbox', menu: 3 }, (ctx) =>
    showNext(ctx, freshDeck),
  )
  onTap(feature, inboxScreen, (ctx) => showNext(ctx, freshDeck))
  onTap(feature, skipTap, async (ctx, { key }) => {
    const topic = await readDeck(ctx)
    const task = await findTask(scopeOf(ctx), key)
    const isCurrent = task !== null && task.id === topic.taskId
    await showNext(ctx, isCurrent ? { ...topic, skipped: [...topic.skipped, task.id] } : topic)
  })
  return feature
}
