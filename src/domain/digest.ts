import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { projects, taskPriorities, tasks } from '../db/schema.ts'
import { listDone } from './done-tasks.ts'
import { isFocused } from './tasks/focus.ts'
import { countTasks } from './tasks/list.ts'
import { findTasks, type Scope, selectTasks } from './tasks/read.ts'
import { findRunners } from './tasks/runner.ts'
import type { Task } from './tasks/task.ts'
import { dayBounds, localDate } from './time.ts'

const maxProposals = 3
const maxListed = 50
const maxDone = 10
const soonMs = 3 * 24 * 60 * 60 * 1_000

/** The day at a glance. Focus, proposals, overdue, due today and waiting never name one task twice. */
export interface Digest {
  /** The local date, `YYYY-MM-DD`. */
  readonly date: string
  /** Pinned to today. */
  readonly focus: readonly Task[]
  /** At most three, and only where nothing is pinned. */
  readonly proposals: readonly Proposal[]
  readonly overdue: readonly Task[]
  readonly dueToday: readonly Task[]
  /** Ready, then on hold, longest first. */
  readonly waiting: readonly Task[]
  /** How many wait beyond the first 50. */
  readonly moreWaiting: number
  readonly running: readonly AgentRun[]
  readonly queued: readonly AgentRun[]
  /** Since the beginning of yesterday, newest first; at most 10 of `count`. */
  readonly done: { readonly count: number; readonly tasks: readonly Task[] }
}

/** A task worth doing today, and why: due within three days, of high priority, or next in its lane. */
export interface Proposal {
  readonly task: Task
  readonly reason: 'due-soon' | 'priority' | 'next'
}

export interface AgentRun {
  readonly task: Task
  /** When it was queued, or last gave a sign of life. */
  readonly since: Date
  /** The agent's name where it is known. */
  readonly runner: string | null
}

/** Reads what the owner should know of his day. */
export async function readDigest(
  scope: Scope,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<Digest> {
  const day = dayBounds(now, timeZone)
  const yesterday = dayBounds(new Date(day.start.getTime() - 1), timeZone)
  const [agenda, waiting, waitingCount, done] = await Promise.all([
    readAgenda(scope, day),
    readWaiting(scope),
    countTasks(scope, { statuses: ['ready', 'hold'] }),
    listDone(scope, { from: yesterday.start, to: new Date(now.getTime() + 1) }),
  ])
  const isPinned = (task: Task) => isFocused(task, { now, timeZone })
  const isDue = ({ dueAt }: Task) => dueAt !== null && dueAt < day.end
  const focus = agenda.filter(isPinned)
  const due = agenda.filter((task) => !isPinned(task) && isDue(task))
  const proposals = focus.length > 0 ? [] : await readProposals(scope, { now, dueFrom: day.end })
  return {
    date: localDate(now, timeZone),
    focus,
    proposals,
    overdue: due.filter((task) => (task.dueAt as Date) < now),
    dueToday: due.filter((task) => (task.dueAt as Date) >= now),
    waiting: waiting.filter((task) => !isPinned(task) && !isDue(task)),
    moreWaiting: Math.max(0, waitingCount - maxListed),
    ...(await readRuns(scope, agenda)),
    done: { count: done.length, tasks: await inOrder(scope, done.slice(0, maxDone)) },
  }
}

/** Open tasks that are pinned, due by the end of the day, or with an agent. */
function readAgenda(scope: Scope, day: { readonly start: Date; readonly end: Date }): Promise<Task[]> {
  return selectTasks(scope.db)
    .where(
      and(
        isOpen(scope),
        or(
          and(gte(tasks.focusedAt, day.start), lt(tasks.focusedAt, day.end)),
          lt(tasks.dueAt, day.end),
          isNotNull(tasks.runState),
        ),
      ),
    )
    .orderBy(asc(tasks.dueAt), byPriority, asc(tasks.sortOrder), asc(tasks.id))
    .limit(4 * maxListed)
}

function readWaiting(scope: Scope): Promise<Task[]> {
  return selectTasks(scope.db)
    .where(and(isOpen(scope), inArray(tasks.status, ['ready', 'hold'])))
    .orderBy(sql`${tasks.status} = 'hold'`, asc(tasks.updatedAt), asc(tasks.id))
    .limit(maxListed)
}

async function readProposals(
  scope: Scope,
  { now, dueFrom }: { readonly now: Date; readonly dueFrom: Date },
): Promise<Proposal[]> {
  const soon = new Date(now.getTime() + soonMs)
  const found = await selectTasks(scope.db)
    .where(
      and(
        isOpen(scope),
        eq(tasks.status, 'todo'),
        isNull(tasks.runState),
        or(isNull(tasks.dueAt), gte(tasks.dueAt, dueFrom)),
      ),
    )
    .orderBy(
      sql`coalesce(${tasks.dueAt} <= ${soon.toISOString()}::timestamptz, false) desc`,
      byPriority,
      asc(tasks.dueAt),
      asc(tasks.sortOrder),
      asc(tasks.id),
    )
    .limit(maxProposals)
  return found.map((task) => ({ task, reason: reasonFor(task, soon) }))
}

function reasonFor(task: Task, soon: Date): Proposal['reason'] {
  if (task.dueAt !== null && task.dueAt <= soon) return 'due-soon'
  return task.priority === 'highest' || task.priority === 'high' ? 'priority' : 'next'
}

async function readRuns(scope: Scope, agenda: readonly Task[]): Promise<Pick<Digest, 'running' | 'queued'>> {
  const running = agenda.filter((task) => task.runState === 'running')
  const runners = await findRunners(
    scope,
    running.map((task) => task.key),
  )
  const toRun = (task: Task): AgentRun => ({
    task,
    since: task.runStateUpdatedAt ?? task.updatedAt,
    runner: runners.find(({ taskKey }) => taskKey === task.key)?.name ?? null,
  })
  return {
    running: running.map(toRun),
    queued: agenda.filter((task) => task.runState === 'queued').map(toRun),
  }
}

async function inOrder(scope: Scope, wanted: readonly { readonly id: string }[]): Promise<Task[]> {
  const found = await findTasks(
    scope,
    wanted.map(({ id }) => id),
  )
  return wanted.flatMap(({ id }) => found.filter((task) => task.id === id))
}

const byPriority = sql`array_position(array[${sql.join(
  taskPriorities.map((priority) => sql`${priority}`),
  sql`, `,
)}]::text[], ${tasks.taskPriority})`

function isOpen({ ownerId }: Scope): SQL | undefined {
  return and(
    eq(tasks.ownerId, ownerId),
    isNull(projects.deletedAt),
    inArray(tasks.status, ['inbox', 'todo', 'hold', 'ready']),
  )
}
