import type { RunningAgent } from './adapters/adapter.ts'
import type { Exit } from './process/child.ts'

/** How long an agent may take to end. Together they keep a Stop within 12 s. */
export const stopLimits = {
  /** From the request to end the turn to SIGTERM. */
  askMs: 5_000,
  /** From SIGTERM to SIGKILL. */
  termMs: 4_000,
  /** For the last words of an agent whose task is done. */
  finishMs: 30_000,
  /** From the end of the last turn to SIGTERM: Gemini CLI takes 6 s to leave. */
  exitMs: 10_000,
}
export type StopLimits = typeof stopLimits

/** Why a run ends before its agent is done. */
export type StopReason = 'stopped' | 'done' | 'limit' | 'shutdown'

/** A request to end a run. */
export interface StopRequest {
  /** Resolves with the first request. */
  readonly requested: Promise<void>
  /** The reason to end; null: nobody asked. */
  readonly reason: () => StopReason | null
}

/** Waits for the end of an agent, and ends it if it was stopped. Nothing of its process group is left then. */
export async function supervise(agent: RunningAgent, stop: StopRequest, limits: StopLimits): Promise<Exit> {
  const { child } = agent
  let exit: Exit | null = null
  const exited = child.exit.then((value) => {
    exit = value
  })
  const finished = Promise.race([agent.idle, exited])
  await Promise.race([finished, stop.requested])
  if (stop.reason() === 'done') await within(limits.finishMs, finished)
  const isInterrupted = stop.reason() !== null && stop.reason() !== 'done'
  if (isInterrupted) {
    agent.stop()
    await within(
      limits.askMs,
      finished.then(() => endInput(agent, exited, limits.askMs)),
    )
  } else await endInput(agent, exited, limits.exitMs)
  await child.end(limits.termMs)
  await within(limits.termMs, exited)
  return exit ?? { code: null, signal: 'SIGKILL' }
}

async function endInput({ child }: RunningAgent, exited: Promise<void>, maxMs: number): Promise<void> {
  child.closeInput()
  await within(maxMs, exited)
}

function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    work.then(done, done)
  })
}
