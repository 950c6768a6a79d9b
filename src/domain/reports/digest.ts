import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, not, or, type SQL, sql } from 'drizzle-orm'
import { projects, taskPriorities, tasks } from '../../db/schema.ts'
import { dayMs } from '../core/durations.ts'
import type { Scope } from '../core/scope.ts'
import { readDetails } from '../tasks/detail.ts'
import { listDone } from '../tasks/lists/done-tasks.ts'
import { isFocused } from '../tasks/lists/focus.ts'
import { countNeeds, idsWithQuestion, oldestQuestion } from '../tasks/lists/needs.ts'
import { findTasks, hasQuestion, isAwake, selectTasks } from '../tasks/read.ts'
import { runOf, type Task, type TaskDetail } from '../tasks/task.ts'
import { dayBounds, localDate } from '../time/time.ts'
import { turnOf } from '../turn.ts'

const maxProposals = 3
const maxListed = 50
const maxNeeds = 8
const maxDone = 10
const soonMs = 3 * dayMs

/** The day at a glance. A task appears at most once in needs you, focus, proposals, overdue and due today. */
export interface Digest {
  /** The local date, `YYYY-MM-DD`. */
  readonly date: string
  readonly needsYou: NeedsYou
  /** Tasks pinned to today. */
  readonly focus: readonly Task[]
  /** At most three, and only if nothing is pinned. */
  readonly proposals: readonly Proposal[]
  readonly overdue: readonly Task[]
  readonly dueToday: readonly Task[]
  readonly running: readonly AgentRun[]
  readonly queued: readonly AgentRun[]
  /** Since the start of yesterday, newest first; at most 10 of `count`. */
  readonly done: { readonly count: number; readonly tasks: readonly Task[] }
}

/** What waits for the owner: questions, then reviews, oldest first, and the number of new tasks. */
export interface NeedsYou {
  /** At most 8 of `count`, with what their reviews are about. */
  readonly tasks: readonly TaskDetail[]
  readonly count: number
  readonly newCount: number
}

/** A task worth doing today, and why: due within three days, high priority, or next in its lane. */
export interface Proposal {
  readonly task: Task
  readonly reason: 'due-soon' | 'priority' | 'next'
}

export interface AgentRun {
  readonly task: Task
  /** When it was queued, or its run began. */
  readonly since: Date
  /** The agent's name, if it is known. */
  readonly runner: string | null
}

/** Reads the digest of a day without snoozed tasks. */
export async function readDigest(
  scope: Scope,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<Digest> {
  const day = dayBounds(now, timeZone)
  const yesterday = dayBounds(new Date(day.start.getTime() - 1), timeZone)
  const [agenda, needsYou, done] = await Promise.all([
    readAgenda(scope, day),
    readNeedsYou(scope),
    listDone(scope, { from: yesterday.start, to: new Date(now.getTime() + 1) }),
  ])
  const isPinned = (task: Task) => isFocused(task, { now, timeZone })
  const others = agenda.filter((task) => !isListedAsNeed(task))
  const due = others.filter(
    ({ dueAt, ...task }) => !isPinned({ ...task, dueAt }) && dueAt !== null && dueAt < day.end,
  )
  const hasFocus = agenda.some(isPinned)
  return {
    date: localDate(now, timeZone),
    needsYou,
    focus: others.filter(isPinned),
    proposals: hasFocus ? [] : await readProposals(scope, { now, dueFrom: day.end }),
    overdue: due.filter((task) => (task.dueAt as Date) < now),
    dueToday: due.filter((task) => (task.dueAt as Date) >= now),
    ...readRuns(agenda),
    done: { count: done.length, tasks: await inOrder(scope, done.slice(0, maxDone)) },
  }
}

/** Tests whether a task is listed as needing the owner; new tasks are only counted. */
function isListedAsNeed(task: Task): boolean {
  const turn = turnOf(task)
  return turn === 'question' || turn === 'review'
}

/** Returns today's focus, regardless of whose turn it is, or proposals without one. */
export async function readFocus(
  scope: Scope,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<Pick<Digest, 'focus' | 'proposals'>> {
  const day = dayBounds(now, timeZone)
  const focus = await selectTasks(scope.db)
    .where(and(isOpen(scope), isPinnedOn(day)))
    .orderBy(asc(tasks.dueAt), byPriority, asc(tasks.sortOrder), asc(tasks.id))
    .limit(maxListed)
  return { focus, proposals: focus.length > 0 ? [] : await readProposals(scope, { now, dueFrom: day.end }) }
}

/** Returns what waits for the owner. */
async function readNeedsYou(scope: Scope): Promise<NeedsYou> {
  const [asked, toReview, counts] = await Promise.all([
    selectTasks(scope.db)
      .where(and(isOpen(scope), inArray(tasks.id, idsWithQuestion(scope))))
      .orderBy(asc(oldestQuestion), asc(tasks.id))
      .limit(maxNeeds),
    selectTasks(scope.db)
      .where(and(isOpen(scope), eq(tasks.status, 'ready'), isNull(tasks.runState), not(hasQuestion)))
      .orderBy(asc(tasks.updatedAt), asc(tasks.id))
      .limit(maxNeeds),
    countNeeds(scope),
  ])
  const listed = [...asked, ...toReview].slice(0, maxNeeds)
  return {
    tasks: await readDetails(scope, listed),
    count: counts.question + counts.review,
    newCount: counts.new,
  }
}

function isPinnedOn(day: { readonly start: Date; readonly end: Date }): SQL | undefined {
  return and(gte(tasks.focusedAt, day.start), lt(tasks.focusedAt, day.end))
}

/** Reads open tasks that are pinned, due by the end of the day, or with an agent. */
function readAgenda(scope: Scope, day: { readonly start: Date; readonly end: Date }): Promise<Task[]> {
  return selectTasks(scope.db)
    .where(
      and(isOpen(scope), isAwake, or(isPinnedOn(day), lt(tasks.dueAt, day.end), isNotNull(tasks.runState))),
    )
    .orderBy(asc(tasks.dueAt), byPriority, asc(tasks.sortOrder), asc(tasks.id))
    .limit(4 * maxListed)
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
        isAwake,
        not(hasQuestion),
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

function readRuns(agenda: readonly Task[]): Pick<Digest, 'running' | 'queued'> {
  const running = agenda.filter((task) => turnOf(task) === 'working')
  const toRun = (task: Task): AgentRun => {
    const run = runOf(task)
    return { task, since: run?.since ?? task.runStateUpdatedAt ?? task.updatedAt, runner: run?.name ?? null }
  }
  return {
    running: running.map(toRun),
    queued: agenda.filter((task) => turnOf(task) === 'queued').map(toRun),
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
