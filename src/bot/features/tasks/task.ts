import { taskUsageCard } from '../../../view/tasks/gone.ts'
import { createFeature, type Feature, onCommand } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { openByKey } from '../../kit/tasks/deep-links.ts'
import { readWords } from '../../kit/tasks/named-tasks.ts'

/** /task KEY: opens a task; a bare number refers to the last project. */
export function task(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    { command: 'task', usage: 'KEY', description: 'Open a task (or send its key)' },
    async (ctx) => {
      const [name = ''] = ctx.match.trim().split(/\s+/)
      if (name === '') return showScreen(ctx, taskUsageCard())
      const named = await readWords(ctx, name)
      await openByKey(ctx, named?.kind === 'open' ? (named.keys[0] ?? name) : name)
    },
  )
  return feature
}
