import { z } from 'zod'
import { ClaimedRun, type RunnerEngine } from '../api/wire/runners.ts'
import type { Adapter, AgentUsage, RunningAgent } from './adapters/adapter.ts'
import { environmentOf, type RunnerConfig } from './config.ts'
import { RunFailure } from './git/git.ts'
import { openWorktree, type Worktree } from './git/worktree.ts'
import { openOwner } from './owner.ts'
import { AttemptLog, PromptTask, RunObjective, toPrompt } from './prompt.ts'
import {
  type AttemptReport,
  createReport,
  engineNames,
  type ReportDeps,
  type RunEnd,
  reportEnd,
} from './report.ts'
import type { State } from './state.ts'
import { type StopLimits, type StopReason, type StopRequest, supervise } from './supervise.ts'

/** The answer of POST /api/tasks/claim to a runner. */
export const TaskClaim = z.object({ task: PromptTask, objective: RunObjective, run: ClaimedRun })
export type TaskClaim = z.infer<typeof TaskClaim>

export interface RunDeps extends ReportDeps {
  readonly config: RunnerConfig
  readonly state: State
  readonly adapters: (engine: RunnerEngine) => {
    readonly start: Adapter
    readonly command: readonly string[]
  }
  readonly limits: StopLimits
  /** One worktree is added to a repository at a time. */
  readonly inTurn: <T>(repository: string, work: () => Promise<T>) => Promise<T>
  readonly onLimit: (engine: RunnerEngine, until: Date) => void
}

/** A claimed task, from its worktree to the end of its agent. */
export interface ActiveRun {
  readonly id: string
  readonly send: (text: string) => void
  /** Ends the agent: `done` lets it finish its turn, the others interrupt it. */
  readonly stop: (reason: StopReason) => void
  readonly ended: Promise<void>
}

/** Carries out a claimed task. Every failure ends as a block on the task. */
export function startAgentRun(deps: RunDeps, claimed: TaskClaim): ActiveRun {
  const { task, run } = claimed
  const key = task.task_key
  let stopReason: StopReason | null = null
  let wake = () => {}
  const stopped = new Promise<void>((resolve) => {
    wake = resolve
  })
  const stop: ActiveRun['stop'] = (reason) => {
    // What interrupts replaces what lets it finish.
    if (stopReason === null || stopReason === 'done') stopReason = reason
    wake()
  }
  const early: string[] = []
  let agent: RunningAgent | null = null

  const work = async () => {
    const report = createReport(deps, run)
    const end = await workOn(deps, claimed, {
      report,
      stopped: { requested: stopped, reason: () => stopReason },
      stop,
      onAgent: (started) => {
        agent = started
        for (const text of early.splice(0)) started.send(text)
      },
    })
    const isShutdown = stopReason === 'shutdown'
    await reportEnd(deps, run, { key, end, report, isShutdown })
  }
  const ended = work()
    .catch((error: Error) => deps.log(`${key}: ${error.message}`))
    // Without an answer, the next start reports the run as lost.
    .finally(() => deps.giveUp.aborted || deps.state.removeRun(run.id))
  return {
    id: run.id,
    stop,
    ended,
    send: (text) => {
      if (agent === null) early.push(text)
      else agent.send(text)
    },
  }
}

interface Control {
  readonly report: AttemptReport
  readonly stopped: StopRequest
  readonly stop: (reason: StopReason) => void
  readonly onAgent: (agent: RunningAgent) => void
}

async function workOn(deps: RunDeps, claimed: TaskClaim, control: Control): Promise<RunEnd> {
  const { config, state, limits } = deps
  const { task, run } = claimed
  const saved = { id: run.id, task: task.task_key, engine: run.engine, worktree: null, process: null }
  try {
    state.saveRun(saved)
    const worktree = await prepareWorktree(deps, claimed)
    state.saveRun({ ...saved, worktree: worktree.folder })
    const prompt = await preparePrompt(deps, claimed, worktree)
    if (control.stopped.reason() !== null)
      return { kind: 'failed', reason: 'The run was stopped before the agent started.' }
    deps.log(`${task.task_key}: ${engineNames[run.engine]} starts in ${worktree.folder}.`)
    let limitReport: Promise<void> = Promise.resolve()
    const startAgent = async (session: string | null) => {
      const { start, command } = deps.adapters(run.engine)
      const before = session === null ? emptyUsage : state.usageOf(session)
      const agent = await start({
        run: run.id,
        command,
        cwd: worktree.folder,
        env: environmentOf(config, { run: run.id, url: deps.board.url, token: run.token }),
        mcpUrl: `${deps.board.url}/mcp`,
        prompt,
        session,
        usageBefore: before,
        owner: openOwner({ board: deps.board, run, taskKey: task.task_key, mode: config.mode }),
        writeFile: (name, text) => state.writeFile(run.id, name, text),
        events: {
          ...control.report.events,
          limit: (until) => {
            if (!(until.getTime() > Date.now())) return
            deps.onLimit(run.engine, until)
            limitReport = control.report
              .patch({ limit: { engine: run.engine, until: until.toISOString() } })
              .catch((error: Error) => deps.log(error.message))
              .then(() => control.stop('limit'))
          },
        },
      }).catch((error: NodeJS.ErrnoException) => {
        throw new RunFailure(startFailure(run.engine, command, error))
      })
      state.saveRun({ ...saved, worktree: worktree.folder, process: agent.child.id })
      return agent
    }
    let agent = await startAgent(run.session)
    control.onAgent(agent)
    let exit = await supervise(agent, control.stopped, limits)
    // Claude Code ends at once if it no longer has the conversation.
    const isGone = run.session !== null && control.report.session() === null && exit.code !== 0
    if (isGone && control.stopped.reason() === null) {
      agent = await startAgent(null)
      control.onAgent(agent)
      exit = await supervise(agent, control.stopped, limits)
    }
    await limitReport
    saveTotal(state, control.report, run.session)
    return { kind: 'ended', worktree, exit, errors: `${agent.printed()}${agent.child.errors()}` }
  } catch (error) {
    return { kind: 'failed', reason: toReason(error) }
  }
}

const emptyUsage: AgentUsage = { input_tokens: 0, output_tokens: 0, cost_usd: null }

function saveTotal(state: State, report: AttemptReport, resumed: string | null): void {
  const [session, usage] = [report.session(), report.usage()]
  if (session === null || usage === null) return
  const before = session === resumed ? state.usageOf(session) : emptyUsage
  state.saveUsage(session, {
    input_tokens: before.input_tokens + usage.input_tokens,
    output_tokens: before.output_tokens + usage.output_tokens,
    cost_usd: usage.cost_usd === null ? before.cost_usd : (before.cost_usd ?? 0) + usage.cost_usd,
  })
}

async function prepareWorktree(deps: RunDeps, { task, run }: TaskClaim): Promise<Worktree> {
  const repository = deps.config.projects[task.project_key]
  if (repository === undefined)
    throw new RunFailure(`runner.toml has no project ${task.project_key}. Add it, then queue the task again.`)
  return deps.inTurn(repository, () =>
    openWorktree({
      project: task.project_key,
      repository,
      root: deps.config.worktrees,
      taskKey: task.task_key,
      branch: run.branch,
      base: run.base,
      log: deps.log,
    }),
  )
}

async function preparePrompt(deps: RunDeps, claim: TaskClaim, { hasRemote }: Worktree): Promise<string> {
  const { task, objective, run } = claim
  const log = run.attempt > 1 ? await readLog(deps, claim) : []
  return toPrompt({ task, objective, attempt: run.attempt, branch: run.branch, hasRemote, log })
}

async function readLog({ board, giveUp }: RunDeps, { task, run }: TaskClaim): Promise<readonly AttemptLog[]> {
  const path = `/api/tasks/${task.task_key}/log?limit=100`
  const answer = await board.send({ method: 'GET', path, token: run.token, signal: giveUp })
  const parsed = z.object({ entries: z.array(AttemptLog) }).safeParse(answer.body)
  // The history helps; without it, the agent can still work.
  return parsed.success ? parsed.data.entries : []
}

function startFailure(
  engine: RunnerEngine,
  [program = '']: readonly string[],
  error: NodeJS.ErrnoException,
): string {
  const missing = error.code === 'ENOENT' || error.code === 'EACCES'
  return missing
    ? `${engineNames[engine]} isn't installed on this machine: ${program} was not found. Install it or correct runner.toml, then queue the task again.`
    : `${engineNames[engine]} could not start: ${error.message}`
}

function toReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof RunFailure) return message
  if (code === 'ENOSPC') return 'The disk is full. Free some space, then queue the task again.'
  if (code === 'EACCES' || code === 'EROFS')
    return `The runner may not write here: ${message}. Correct the rights, then queue the task again.`
  return `The runner could not start the agent: ${message}`
}
