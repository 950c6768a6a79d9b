import { minuteMs, secondMs } from '../core/durations.ts'

// After an answer that ends a run, hooks of tools that ran at the same time may still come.
export const silenceMs = 10 * secondMs
export const reachMs = minuteMs

/** What is known of a run that the owner stopped, and of its session. */
export interface StoppedRun {
  readonly endedAt: Date
  /** The session's last hook. */
  readonly hookAt: Date | null
  readonly promptedAt: Date | null
  readonly turnEndedAt: Date | null
  readonly sessionEndedAt: Date | null
  /** When an answer that ended a run had been written. */
  readonly stopDeliveredAt: Date | null
}

/** How far a stop has come: the agent hasn't learned of it, doesn't answer, or is silent since it learned of it. */
export type StopPhase = 'stopping' | 'unreachable' | 'stopped'

/** What the runner of a stopped run reported: when the agent's process ended. */
export interface StoppedByRunner {
  readonly endedAt: Date
  /** Null: it may still be at work. */
  readonly exitedAt: Date | null
}

/** Returns how far the stop of a runner's run has come: the runner ends the process, whatever the agent's hooks report. */
export function runnerPhaseOf({ endedAt, exitedAt }: StoppedByRunner, now: Date): StopPhase {
  if (exitedAt !== null) return 'stopped'
  return now.getTime() - endedAt.getTime() < reachMs ? 'stopping' : 'unreachable'
}

/** Returns how far a stop has come. */
export function stopPhaseOf(run: StoppedRun, now: Date): StopPhase {
  const since = (at: Date | null) => (at !== null && at >= run.endedAt ? at : null)
  if (since(run.promptedAt) !== null) return 'stopped'
  const learnedAt = since(run.stopDeliveredAt) ?? since(run.turnEndedAt) ?? since(run.sessionEndedAt)
  const lastAt = since(run.hookAt) ?? run.endedAt
  const from = learnedAt !== null && learnedAt > lastAt ? learnedAt : lastAt
  const elapsedMs = now.getTime() - from.getTime()
  if (elapsedMs < (learnedAt === null ? reachMs : silenceMs)) return 'stopping'
  return learnedAt === null ? 'unreachable' : 'stopped'
}

/** Tests whether a session must still be told to end its run. Claude Code ends it at once; Codex goes on until it gets a prompt. */
export function mustStop(run: StoppedRun, agent: 'claude' | 'codex', now: Date): boolean {
  if (run.promptedAt !== null && run.promptedAt >= run.endedAt) return false
  const isOver = run.stopDeliveredAt !== null && run.stopDeliveredAt >= run.endedAt
  return agent === 'codex' || !isOver || now.getTime() - run.stopDeliveredAt.getTime() < silenceMs
}
