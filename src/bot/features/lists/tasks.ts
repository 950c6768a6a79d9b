import { type TaskStatus, taskStatuses } from '../../../domain/core/task-values.ts'
import { parseTaskQuery, withStatus } from '../../../domain/quick-add/task-query.ts'
import { listByLane } from '../../../domain/tasks/lists/lanes.ts'
import { sameQuery, taskListCard, tasksAPage, tasksScreen } from '../../../view/tasks/lists/task-list.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { queryOfMessage } from '../../kit/tasks/list-query.ts'

/**
 * /tasks: lists tasks by status, project, label, engine, priority and words, page by page. /todo, /hold, /ready and
 * /done list one status.
 */
export function taskPages(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    {
      command: 'tasks',
      usage: '[filters]',
      description: 'List tasks (e.g. todo WEB #bug)',
      menu: 5,
      toButton: (query) => tasksScreen.encode({ query }),
    },
    (ctx) => showTasks(ctx, ctx.match, 0),
  )
  for (const [status, state] of [
    ['todo', 'in Todo'],
    ['hold', 'on hold'],
    ['ready', 'ready for review'],
    ['done', 'done'],
  ] as const)
    onCommand(
      feature,
      {
        command: status,
        usage: '[filters]',
        description: `List what’s ${state}`,
        toButton: (words) => tasksScreen.encode({ query: `${status} ${words}` }),
      },
      (ctx) => showTasks(ctx, `${status} ${ctx.match}`.trim(), 0),
    )
  onTap(feature, tasksScreen, async (ctx, { query, page = 0 }) =>
    showTasks(ctx, await queryFor(ctx, query), page),
  )
  return feature
}

async function showTasks(ctx: BotContext, text: string, wantedPage: number): Promise<void> {
  const keys = (await ctx.projects()).map((project) => project.projectKey)
  const query = parseTaskQuery(text, keys)
  const lanes = query.filter.statuses ?? taskStatuses
  const found = await listByLane(scopeOf(ctx), query.filter, { lanes, limit: tasksAPage, page: wantedPage })
  const card = taskListCard({ query, ...found, ...viewerOf(ctx) })
  await showScreen(ctx, card, { topic: { kind: 'list', query: text } })
}

/** Returns the query of a tapped button: the message's own query, possibly with another status, or the one in the button. */
async function queryFor(ctx: BotContext, argument: string): Promise<string> {
  if (argument === sameQuery) return queryOfMessage(ctx)
  if (!argument.startsWith('=')) return argument
  const status = argument.slice(1)
  const known = taskStatuses.find((one): one is TaskStatus => one === status)
  return withStatus(await queryOfMessage(ctx), known ?? 'open')
}
