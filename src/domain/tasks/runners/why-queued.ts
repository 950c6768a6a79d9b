import type { Engine } from '../../core/task-values.ts'
import { heardLately, isOnline, limitsAt, type RunnerFacts } from '../../runs/runner-list.ts'
import type { Task } from '../task.ts'

/** Why no runner takes a queued task. */
export type QueuedReason =
  | { readonly kind: 'no-project'; readonly project: string }
  | { readonly kind: 'no-engine'; readonly engine: Engine }
  /** The last of them was heard at `since`. */
  | { readonly kind: 'offline'; readonly names: readonly string[]; readonly since: Date }
  | { readonly kind: 'limit'; readonly engine: Engine; readonly until: Date }
  | { readonly kind: 'busy'; readonly names: readonly string[] }

/** Returns why no runner takes a queued task; null if one can, and if there is no runner at all. */
export function whyQueued(
  task: Pick<Task, 'runState' | 'engine' | 'lastRun' | 'project'>,
  runners: readonly RunnerFacts[],
  now: Date,
): QueuedReason | null {
  if (task.runState !== 'queued') return null
  const known = heardLately(runners, now)
  if (known.length === 0) return null
  const { engine, project } = task
  const inProject = known.filter(({ projects }) => projects.includes(project.key))
  if (inProject.length === 0) return { kind: 'no-project', project: project.key }
  const able = inProject.filter(({ engines }) => engine === null || engines.includes(engine))
  if (able.length === 0) return engine && { kind: 'no-engine', engine }
  const online = able.filter((runner) => isOnline(runner, now))
  if (online.length === 0) {
    const since = new Date(Math.max(...able.map(({ lastSeenAt }) => lastSeenAt.getTime())))
    return { kind: 'offline', names: namesOf(able), since }
  }
  const limited = online.map((runner) => limitFor(task, runner, now))
  const free = online.filter((_, index) => limited[index] === null)
  const [first] = limited.flatMap((limit) => limit ?? []).sort((one, other) => +one.until - +other.until)
  if (free.length === 0 && first !== undefined) return { kind: 'limit', ...first }
  return free.every(({ busy, max }) => busy >= max) ? { kind: 'busy', names: namesOf(free) } : null
}

/** Returns the limit that keeps a runner from starting an engine for a task; null without one. */
export function limitFor(
  { engine, lastRun }: Pick<Task, 'engine' | 'lastRun'>,
  runner: RunnerFacts,
  now: Date,
): { readonly engine: Engine; readonly until: Date } | null {
  const limits = limitsAt(runner, now)
  const last = lastRun?.engine && runner.engines.includes(lastRun.engine) ? lastRun.engine : null
  const wanted = engine ?? last
  if (wanted !== null) return limits.find((limit) => limit.engine === wanted) ?? null
  const isFree = runner.engines.some((one) => !limits.some((limit) => limit.engine === one))
  return isFree ? null : (limits[0] ?? null)
}

function namesOf(runners: readonly RunnerFacts[]): string[] {
  return runners.map(({ name }) => name)
}
