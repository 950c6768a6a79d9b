import { listTokens } from '../../../domain/access/tokens.ts'
import type { RunState } from '../../../domain/core/task-values.ts'
import { listSessionRules } from '../../../domain/questions/session-rules.ts'
import { countSessions } from '../../../domain/sessions/sessions.ts'
import { listTasks } from '../../../domain/tasks/lists/list.ts'
import { runOf } from '../../../domain/tasks/task.ts'
import { agentsScreen } from '../../../view/kit/links.ts'
import { agentsCard, type RunLine } from '../../../view/system/agents.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

const maxRuns = 50

/** /agents: who is working on what since when, what is queued, and the tokens. */
export function agents(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'agents', description: 'Agents and tokens', menu: 6 }, (ctx) =>
    showAgents(ctx, 0),
  )
  onTap(feature, agentsScreen, (ctx, { page = 0 }) => showAgents(ctx, page))
  return feature
}

async function showAgents(ctx: BotContext, page: number): Promise<void> {
  const [running, queued] = [await runLines(ctx, 'running'), await runLines(ctx, 'queued')]
  const tokens = await listTokens(scopeOf(ctx))
  const now = ctx.board.now()
  const sessions = await countSessions(scopeOf(ctx), now)
  const { length: ruleCount } = await listSessionRules(scopeOf(ctx))
  const { permissions } = ctx.settings
  await showScreen(ctx, agentsCard({ running, queued, tokens, sessions, permissions, ruleCount, page, now }))
}

async function runLines(ctx: BotContext, runState: RunState): Promise<RunLine[]> {
  const tasks = await listTasks(scopeOf(ctx), { runState }, { limit: maxRuns })
  return tasks.map((task) => {
    const seen = task.runStateUpdatedAt ?? task.updatedAt
    return {
      key: task.key,
      title: task.title,
      status: task.status,
      runner: runOf(task)?.name ?? null,
      since: runOf(task)?.since ?? seen,
      seen,
    }
  })
}
