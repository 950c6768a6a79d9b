import { setTimeout as pause } from 'node:timers/promises'
import {
  type EngineLimit,
  RunnerAnswer,
  type RunnerBody,
  type RunnerClaimBody,
  type RunnerEngine,
} from '../api/wire/runners.ts'
import { adapterOf } from './adapters/adapters.ts'
import { type Board, BoardRefusal, parseAnswer } from './board.ts'
import { type RunnerConfig, stateFolderOf } from './config.ts'
import { endProcesses, isAlive } from './process/group.ts'
import { type ActiveRun, startAgentRun, TaskClaim } from './run.ts'
import { lockName, openState, type State } from './state.ts'
import { type StopLimits, stopLimits } from './supervise.ts'

const heartbeatSeconds = 25
const claimSeconds = 50
const afterRefusalMs = 5_000
const minRequestMs = 1_000
// Agents end within 12 s. After that, the server has a moment to answer.
const shutdownMs = 15_000
// Ends of runs after which the agent may finish its turn.
const handedIn: readonly (string | null)[] = ['completed', 'reviewed', 'planned', 'blocked', 'released']

export interface RunnerOptions {
  readonly config: RunnerConfig
  readonly board: Board
  readonly host: string
  readonly log: (sentence: string) => void
  /** Ends the runner: its agents are stopped, and their runs are reported as lost. */
  readonly signal: AbortSignal
  readonly limits?: StopLimits
}

/** Runs until the signal. Throws `LockedError` if a runner of this name runs here, `BoardRefusal` if the token is refused. */
export async function runRunner(options: RunnerOptions): Promise<void> {
  const { config, log } = options
  const folder = stateFolderOf(config)
  const release = await lockName(folder, config.name)
  try {
    const state = openState(folder)
    await recoverRuns({ ...options, state })
    await serve(options, state)
    log('The runner has stopped.')
  } finally {
    release()
  }
}

/** Ends what a killed runner left: its agents' processes first, then their runs on the board. */
async function recoverRuns({
  board,
  state,
  log,
  signal,
  limits = stopLimits,
}: RunnerOptions & { readonly state: State }): Promise<void> {
  const lost = state.savedRuns()
  for (const run of lost) {
    const isOurs = run.process !== null && (await isAlive(run.process))
    await endProcesses(run.id, { group: isOurs ? (run.process?.pid ?? null) : null, graceMs: limits.termMs })
    log(`${run.task}: the runner was killed while its agent worked. The run is lost; its worktree is kept.`)
  }
  for (const run of lost) {
    const path = `/api/runs/${run.id}`
    await board.send({ method: 'PATCH', path, body: { outcome: 'lost' }, isOnce: true, signal })
    state.removeRun(run.id)
  }
}

async function serve(options: RunnerOptions, state: State): Promise<void> {
  const { config, board, host, log, signal } = options
  const active = new Map<string, ActiveRun>()
  // The board has ended these: it needs no sign of life, and must not answer about them again.
  const isOver = new Set<string>()
  const limits = new Map<RunnerEngine, Date>()
  const failed = new AbortController()
  const giveUp = new AbortController()
  const ending = AbortSignal.any([signal, failed.signal])
  const changes = createSignal()
  const beats = createBeats()

  const openLimits = (): EngineLimit[] =>
    [...limits].flatMap(([engine, until]) =>
      until.getTime() > Date.now() ? { engine, until: until.toISOString() } : [],
    )
  const toBody = (wait: number): RunnerBody => ({
    name: config.name,
    host,
    engines: enginesOf(config),
    projects: Object.keys(config.projects),
    max: config.max,
    busy: active.size,
    runs: [...active.keys()].filter((id) => !isOver.has(id)),
    limits: openLimits(),
    wait,
  })
  const beat = async (wait: number): Promise<RunnerAnswer> => {
    // A run that a report leaves out is lost, so a repeated one names what runs by then.
    const body = () => toBody(wait)
    const answer = await board.send({ method: 'POST', path: '/api/runners', body, wait, signal: ending })
    return parseAnswer(answer, RunnerAnswer)
  }
  const obey = (answer: RunnerAnswer) => {
    for (const { run, text } of answer.replies) active.get(run)?.send(text)
    for (const id of answer.stop) {
      if (isOver.has(id)) continue
      isOver.add(id)
      beats.track(endRun(active.get(id), { board, signal: giveUp.signal }))
    }
  }
  // A request that waits names the runs of its start. It isn't cut off, because it may carry an answer: a newer one joins it.
  const keepAlive = () => {
    const isNewest = beats.next()
    const loop = async () => {
      while (isNewest() && !ending.aborted) {
        const began = performance.now()
        const answer = await beat(heartbeatSeconds)
        obey(answer)
        if (answer.stop.length === 0 && answer.replies.length === 0) await slowDown(began, ending)
      }
    }
    beats.track(
      loop().catch((error: Error) => {
        if (!ending.aborted) failed.abort(error)
      }),
    )
  }
  const start = (claimed: TaskClaim) => {
    const run = startAgentRun(
      {
        config,
        board,
        state,
        adapters: (engine) => adapterOf(engine, config.engines[engine]),
        limits: options.limits ?? stopLimits,
        inTurn: oneAtATime,
        onLimit: (engine, until) => {
          limits.set(engine, until)
          log(`${engine} has reached its usage limit until ${until.toISOString()}.`)
        },
        giveUp: giveUp.signal,
        log,
      },
      claimed,
    )
    active.set(run.id, run)
    keepAlive()
    const remove = async () => {
      await run.ended
      active.delete(run.id)
      isOver.delete(run.id)
      changes.notify()
      if (!ending.aborted) keepAlive()
    }
    beats.track(remove())
  }
  const oneAtATime = createTurns()

  const claimNext = async (runner: string, engines: readonly RunnerEngine[]) => {
    const projects = Object.keys(config.projects)
    const body: RunnerClaimBody = { runner, engines: [...engines], projects, wait: claimSeconds }
    const answer = await board.send({
      method: 'POST',
      path: '/api/tasks/claim',
      body,
      wait: claimSeconds,
      signal: ending,
    })
    if (answer.status === 204) return false
    start(parseAnswer(answer, TaskClaim))
    return true
  }

  try {
    const { id, unknown_projects: unknown = [] } = await beat(0)
    log(`Connected to ${board.url} as ${config.name}: ${Object.keys(config.projects).join(', ')}.`)
    for (const key of unknown) log(`The board has no project ${key}. Correct runner.toml.`)
    keepAlive()
    while (!ending.aborted) {
      const limited = new Set(openLimits().map(({ engine }) => engine))
      const engines = enginesOf(config).filter((engine) => !limited.has(engine))
      if (active.size >= config.max || engines.length === 0) {
        await changes.wait(engines.length === 0 ? afterRefusalMs : null, ending)
        continue
      }
      const began = performance.now()
      try {
        const isClaimed = await claimNext(id, engines)
        if (!isClaimed) await slowDown(began, ending)
      } catch (error) {
        if (!(error instanceof BoardRefusal) || error.status === 401 || error.status === 403) throw error
        log(`The board refused a claim: ${error.message}`)
        await pause(afterRefusalMs, undefined, { signal: ending })
      }
    }
  } catch (error) {
    if (!ending.aborted) failed.abort(error)
  }
  for (const run of active.values()) run.stop('shutdown')
  const timer = setTimeout(() => giveUp.abort(), shutdownMs)
  await Promise.all([...active.values()].map(({ ended }) => ended))
  giveUp.abort()
  await beats.settled()
  clearTimeout(timer)
  if (!signal.aborted && failed.signal.aborted) throw failed.signal.reason
}

/** Ends the agent of a run that has ended on the board. */
async function endRun(
  run: ActiveRun | undefined,
  { board, signal }: { readonly board: Board; readonly signal: AbortSignal },
): Promise<void> {
  if (run === undefined) return
  const answer = await board.send({
    method: 'PATCH',
    path: `/api/runs/${run.id}`,
    body: {},
    isOnce: true,
    signal,
  })
  const body = answer.body as { readonly run?: { readonly outcome?: string | null } } | null
  run.stop(handedIn.includes(body?.run?.outcome ?? null) ? 'done' : 'stopped')
}

// A server that answers at once, without waiting, must not be asked in a tight loop.
async function slowDown(began: number, signal: AbortSignal): Promise<void> {
  const left = minRequestMs - (performance.now() - began)
  if (left > 0) await pause(left, undefined, { signal })
}

function enginesOf(config: RunnerConfig): RunnerEngine[] {
  return Object.keys(config.engines) as RunnerEngine[]
}

/** Wakes the one who waits for a change. */
function createSignal() {
  let wake = () => {}
  return {
    notify: () => wake(),
    wait: (maxMs: number | null, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = maxMs === null ? undefined : setTimeout(resolve, maxMs)
        wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        if (signal.aborted) wake()
        else signal.addEventListener('abort', wake, { once: true })
      }),
  }
}

/** Counts generations of heartbeats and waits for everything that was started. */
function createBeats() {
  let newest = 0
  const open = new Set<Promise<void>>()
  return {
    next: () => {
      newest += 1
      const own = newest
      return () => own === newest
    },
    track: (work: Promise<void>) => {
      const tracked = work.catch(() => {}).finally(() => open.delete(tracked))
      open.add(tracked)
    },
    settled: async () => {
      while (open.size > 0) await Promise.all(open)
    },
  }
}

/** Lets one piece of work at a time use a repository. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(repository: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(repository) ?? Promise.resolve()
    const own = before.then(work, work)
    last.set(
      repository,
      own.catch(() => {}),
    )
    return own
  }
}
