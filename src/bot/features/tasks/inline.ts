import { listByLane } from '../../../domain/tasks/lists/lanes.ts'
import { search } from '../../../domain/tasks/lists/search.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { inlineResult } from '../../../view/tasks/lists/inline.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { openByKey } from '../../kit/tasks/deep-links.ts'

const resultsAPage = 20

/** `@bot words` in any chat: finds the owner's tasks, and works only for the owner. Without words, lists open tasks. */
export function inline(): Feature {
  const feature = createFeature()
  feature.on('inline_query', async (ctx) => {
    const offset = /^\d{1,6}$/.test(ctx.inlineQuery.offset) ? Number(ctx.inlineQuery.offset) : 0
    const { tasks, hasMore } = await findTasks(ctx, ctx.inlineQuery.query.trim(), offset)
    await ctx.answerInlineQuery(
      tasks.map((task) => inlineResult(task, ctx.me.username)),
      { is_personal: true, cache_time: 0, next_offset: hasMore ? String(offset + resultsAPage) : '' },
    )
  })
  // An inline result picked in the bot's own chat arrives as the owner's message. It opens the card instead of becoming
  // a task.
  feature.on('message:text', async (ctx, next) => {
    const { via_bot: via, text } = ctx.message
    const key = /[A-Z][A-Z0-9]{1,9}-\d{1,10}/.exec(text)?.[0]
    if (via?.id !== ctx.me.id || key === undefined) await next()
    else await openByKey(ctx, key)
  })
  return feature
}

async function findTasks(
  ctx: BotContext,
  words: string,
  offset: number,
): Promise<{ readonly tasks: readonly Task[]; readonly hasMore: boolean }> {
  const scope = scopeOf(ctx)
  if (words === '') {
    const lanes = ['todo', 'ready', 'inbox', 'hold'] as const
    const page = Math.floor(offset / resultsAPage)
    const { tasks, count } = await listByLane(scope, {}, { lanes, limit: resultsAPage, page })
    return { tasks, hasMore: count > offset + resultsAPage }
  }
  const { hits, hasMore } = await search(scope, words, { limit: resultsAPage, offset })
  return { tasks: hits.flatMap((hit) => (hit.kind === 'task' ? [hit.task] : [])), hasMore }
}
