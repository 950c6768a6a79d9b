import { Composer } from 'grammy'
import { listTokens } from '../../../domain/access/tokens.ts'
import type { RunState } from '../../../domain/core/task-values.ts'
import { countSessions } from '../../../domain/sessions/sessions.ts'
import { listTasks } from '../../../domain/tasks/lists/list.ts'
import { runOf } from '../../../domain/tasks/task.ts'
import { agentsCard, type RunLine } from '../../../view/system/agents.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'
import { onScreen } from '../../kit/taps.ts'

const maxRuns = 50

/** /agents: who's working on what since when, what's queued, and the tokens. */
export function agents(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('agents', (ctx) => showAgents(ctx, 0))
  onScreen(composer, 'agents', (ctx, _argument, page) => showAgents(ctx, page))
  return composer
}

async function showAgents(ctx: BotContext, page: number): Promise<void> {
  const [running, queued] = [await runLines(ctx, 'running'), await runLines(ctx, 'queued')]
  const tokens = await listTokens(scopeOf(ctx))
  const now = ctx.board.now()
  const sessions = await countSessions(scopeOf(ctx), now)
  await showScreen(ctx, agentsCard({ running, queued, tokens, sessions, page, now }))
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
