import { listTokens } from '../../../domain/access/tokens.ts'
import type { RunState } from '../../../domain/core/task-values.ts'
import { listSessionRules } from '../../../domain/questions/session-rules.ts'
import { listRunners } from '../../../domain/runs/runner-list.ts'
import { countSessions } from '../../../domain/sessions/sessions.ts'
import { listTasks } from '../../../domain/tasks/lists/list.ts'
import { lastHeartbeat } from '../../../domain/tasks/silent-runs.ts'
import { runOf } from '../../../domain/tasks/task.ts'
import { agentsScreen } from '../../../view/kit/links.ts'
import { agentName } from '../../../view/kit/names.ts'
import { agentsCard, type RunLine } from '../../../view/system/agents.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
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
  const viewer = viewerOf(ctx)
  const { now } = viewer
  const runners = await listRunners(scopeOf(ctx), now)
  const sessions = await countSessions(scopeOf(ctx), now)
  const { length: ruleCount } = await listSessionRules(scopeOf(ctx))
  const { permissions } = ctx.settings
  await showScreen(
    ctx,
    agentsCard({ running, queued, runners, tokens, sessions, permissions, ruleCount, page, viewer }),
  )
}

async function runLines(ctx: BotContext, runState: RunState): Promise<RunLine[]> {
  const tasks = await listTasks(scopeOf(ctx), { runState }, { limit: maxRuns })
  return tasks.map((task) => {
    const seen = lastHeartbeat(task)
    return {
      key: task.key,
      title: task.title,
      status: task.status,
      runner: runOf(task) && agentName(runOf(task)),
      since: runOf(task)?.since ?? seen,
      seen,
    }
  })
}
