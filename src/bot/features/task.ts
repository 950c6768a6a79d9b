import { Composer } from 'grammy'
import { taskUsageCard } from '../../view/task-gone.ts'
import type { BotContext } from '../context.ts'
import { showScreen } from '../show.ts'
import { openByKey } from './deep-links.ts'

/** /task KEY: the card of a task. */
export function task(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('task', async (ctx) => {
    const [key = ''] = ctx.match.trim().split(/\s+/)
    if (key === '') await showScreen(ctx, taskUsageCard())
    else await openByKey(ctx, key)
  })
  return composer
}
