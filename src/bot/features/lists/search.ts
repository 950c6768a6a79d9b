import { search as find } from '../../../domain/tasks/lists/search.ts'
import { findTasksByKey } from '../../../domain/tasks/read.ts'
import { questionCard } from '../../../view/kit/answers.ts'
import { hitsAPage, searchCard, searchScreen } from '../../../view/reports/search.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAnswer, onCommand, onTap } from '../../kit/feature.ts'
import { ask } from '../../kit/prompts.ts'
import { showScreen } from '../../kit/show.ts'
import { queryOfMessage } from '../../kit/tasks/list-query.ts'

/** /search: searches keys, titles, notes and logs; asks for the words if there are none. */
export function searchPages(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    {
      command: 'search',
      usage: 'words',
      description: 'Search tasks and logs',
      menu: 8,
      toButton: (words) => searchScreen.encode({ words }),
    },
    async (ctx) => {
      if (ctx.match.trim() === '') await ask(ctx, questionCard('search'), { kind: 'prompt', ask: 'search' })
      else await answerSearch(ctx, ctx.match)
    },
  )
  onTap(feature, searchScreen, async (ctx, { words, page = 0 }) => {
    const query = words === '' ? await queryOfMessage(ctx) : words
    if (query === '') await ask(ctx, questionCard('search'), { kind: 'prompt', ask: 'search' })
    else await answerSearch(ctx, query, page)
  })
  onAnswer(feature, 'search', (ctx, { written }) => answerSearch(ctx, written.plain))
  return feature
}

/** Shows one page of search results. */
async function answerSearch(ctx: BotContext, text: string, page = 0): Promise<void> {
  const words = text.trim().slice(0, 300)
  const { hits, hasMore } = await find(scopeOf(ctx), words, { limit: hitsAPage, offset: page * hitsAPage })
  const ofLogs = hits.flatMap((hit) =>
    hit.kind === 'log' && hit.log.taskKey !== null ? [hit.log.taskKey] : [],
  )
  const logged = await findTasksByKey(scopeOf(ctx), [...new Set(ofLogs)])
  const titles = new Map(logged.map(({ key, title }) => [key, title]))
  const card = searchCard({ words, hits, page, hasMore, titles, ...viewerOf(ctx) })
  await showScreen(ctx, card, { topic: { kind: 'list', query: words } })
}
