import { Composer } from 'grammy'
import { taskUsageCard } from '../../../view/tasks/gone.ts'
import type { BotContext } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'
import { openByKey } from '../../kit/tasks/deep-links.ts'
import { readWords } from '../../kit/tasks/named-tasks.ts'

/** /task KEY: a task's card; a number alone means the last project. */
export function task(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('task', async (ctx) => {
    const [name = ''] = ctx.match.trim().split(/\s+/)
    if (name === '') return showScreen(ctx, taskUsageCard())
    const named = await readWords(ctx, name)
    await openByKey(ctx, named?.kind === 'open' ? (named.keys[0] ?? name) : name)
  })
  return composer
}
