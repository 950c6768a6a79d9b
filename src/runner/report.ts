import { z } from 'zod'
import { type ClaimedRun, RunJson, type RunnerEngine, type RunPatch } from '../api/wire/runners.ts'
import type { AgentUsage } from './adapters/adapter.ts'
import { type Board, parseAnswer } from './board.ts'
import { countChangedFiles, type Worktree } from './git/worktree.ts'
import type { Exit } from './process/child.ts'

/** Names of engines as people write them. */
export const engineNames: Readonly<Record<RunnerEngine, string>> = {
  'claude-code': 'Claude Code',
  codex: 'Codex',
  'gemini-cli': 'Gemini CLI',
}

/** How a run's agent ended: a failure before it worked, or its exit. */
export type RunEnd =
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ended'; readonly worktree: Worktree; readonly exit: Exit; readonly errors: string }

export interface ReportDeps {
  readonly board: Board
  /** Ends the attempts to reach the board. */
  readonly giveUp: AbortSignal
  readonly log: (sentence: string) => void
}

/** What is known of a run, and how to report it. */
export interface AttemptReport {
  readonly events: {
    readonly session: (id: string) => void
    readonly usage: (usage: AgentUsage) => void
    readonly words: (text: string) => void
  }
  readonly session: () => string | null
  readonly words: () => string
  readonly patch: (body: RunPatch) => Promise<RunJson>
  readonly usage: () => AgentUsage | null
}

/** Creates a run's report. The runner's own token reports it, so it works after the run has ended. */
export function createReport({ board, log, giveUp }: ReportDeps, run: ClaimedRun): AttemptReport {
  let session: string | null = null
  let usage: AgentUsage | null = null
  let words = ''
  const patch = async (body: RunPatch) => {
    const answer = await board.send({
      method: 'PATCH',
      path: `/api/runs/${run.id}`,
      body,
      isOnce: true,
      signal: giveUp,
    })
    return parseAnswer(answer, z.object({ run: RunJson })).run
  }
  return {
    events: {
      session: (id) => {
        if (id === session) return
        session = id
        patch({ session: id }).catch((error: Error) => log(error.message))
      },
      usage: (newest) => {
        usage = newest
      },
      words: (text) => {
        words = text
      },
    },
    session: () => session,
    words: () => words,
    usage: () => usage,
    patch,
  }
}

const maxReason = 4_000

/** Reports a run's end. A run that its agent didn't end becomes a block, never a result. */
export async function reportEnd(
  deps: ReportDeps,
  run: ClaimedRun,
  {
    key,
    end,
    report,
    isShutdown,
  }: {
    readonly key: string
    readonly end: RunEnd
    readonly report: AttemptReport
    readonly isShutdown: boolean
  },
): Promise<void> {
  const usage = report.usage()
  const { worktree } = end.kind === 'ended' ? end : { worktree: null }
  const state = await report.patch({
    ...(worktree && { base: worktree.base, files: await countChangedFiles(worktree) }),
    ...(usage === null ? {} : { usage: toWireUsage(usage) }),
    ...(isShutdown ? { outcome: 'lost' as const } : {}),
  })
  if (state.ended_at !== null) return deps.log(`${key}: the run has ended (${state.outcome}).`)
  const reason = end.kind === 'failed' ? end.reason : exitReason(run.engine, end, report.words())
  deps.log(`${key}: blocked. ${reason}`)
  const answer = await deps.board.send({
    method: 'PATCH',
    path: `/api/tasks/${key}`,
    body: { lifecycle_action: 'block', result: { reason: reason.slice(0, maxReason) } },
    token: run.token,
    isOnce: true,
    signal: deps.giveUp,
  })
  // 401: the run ended in the last moment, so the board already shows why.
  if (answer.status !== 401) parseAnswer(answer, z.unknown())
}

function toWireUsage({ input_tokens, output_tokens, cost_usd }: AgentUsage): AgentUsage {
  const count = (value: number) => Math.max(0, Math.round(value))
  return {
    input_tokens: count(input_tokens),
    output_tokens: count(output_tokens),
    cost_usd: cost_usd === null ? null : Math.max(0, cost_usd),
  }
}

function exitReason(
  engine: RunnerEngine,
  { exit, errors }: { readonly exit: Exit; readonly errors: string },
  words: string,
): string {
  const how = exit.code === null ? `signal ${exit.signal}` : `exit code ${exit.code}`
  const end = `${engineNames[engine]} ended without completing or blocking the task (${how}).`
  const last =
    exit.code === 0 && words !== '' ? words : [words, errors].filter((text) => text !== '').join('\n')
  return last.trim() === '' ? end : `${last.trim().slice(-(maxReason - end.length - 2))}\n\n${end}`
}
