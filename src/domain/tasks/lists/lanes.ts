import { and, asc, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { projects, tasks } from '../../../db/schema.ts'
import type { Scope } from '../../core/scope.ts'
import type { TaskStatus } from '../../core/task-values.ts'
import { selectTasks } from '../read.ts'
import type { Task } from '../task.ts'
import { countByStatus, countTasks, listTasks, type TaskFilter } from './list.ts'

/** A lane of the board: its number of cards, and some of them. */
export interface BoardLane {
  readonly status: TaskStatus
  readonly count: number
  readonly tasks: readonly Task[]
}

const finished: readonly TaskStatus[] = ['done', 'archived']

/** Reads the lanes of the board, or of one project, with their first cards. Finished lanes only have counts. */
export async function readBoard(
  scope: Scope,
  { projectKey, cards }: { readonly projectKey?: string | undefined; readonly cards: number },
): Promise<readonly BoardLane[]> {
  const counts = await countByStatus(scope, projectKey)
  const lanes: BoardLane[] = []
  for (const status of ['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const) {
    const wanted = counts[status] > 0 && !finished.includes(status)
    const shown = wanted ? await listLane(scope, { status, projectKey }, { limit: cards }) : []
    lanes.push({ status, count: counts[status], tasks: shown })
  }
  return lanes
}

/** Reads cards of one lane in order; done and archived tasks are newest first. */
export async function listLane(
  scope: Scope,
  lane: { readonly status: TaskStatus; readonly projectKey?: string | undefined },
  page: { readonly limit: number; readonly offset?: number },
): Promise<Task[]> {
  const order = finished.includes(lane.status) ? [desc(tasks.sortOrder), desc(tasks.id)] : byPlace
  return selectTasks(scope.db)
    .where(inLane(scope, lane))
    .orderBy(...order)
    .limit(page.limit)
    .offset(page.offset ?? 0)
}

/** Counts the cards of a lane. */
export async function countByLane(
  scope: Scope,
  lane: { readonly status: TaskStatus; readonly projectKey?: string | undefined },
): Promise<number> {
  return countWhere(scope, inLane(scope, lane))
}

/** Reads a page of the tasks that match a filter, lane by lane in the given order, with their number. */
export async function listByLane(
  scope: Scope,
  filter: Omit<TaskFilter, 'statuses'>,
  page: { readonly lanes: readonly TaskStatus[]; readonly limit: number; readonly page: number },
): Promise<{ readonly tasks: readonly Task[]; readonly count: number; readonly page: number }> {
  const counts: number[] = []
  for (const status of page.lanes) counts.push(await countTasks(scope, { ...filter, statuses: [status] }))
  const count = counts.reduce((sum, one) => sum + one, 0)
  const current = Math.min(page.page, Math.max(0, Math.ceil(count / page.limit) - 1))
  const found: Task[] = []
  let skipped = current * page.limit
  for (const [index, status] of page.lanes.entries()) {
    const inIt = counts[index] ?? 0
    const limit = page.limit - found.length
    if (skipped < inIt && limit > 0)
      found.push(...(await listTasks(scope, { ...filter, statuses: [status] }, { limit, offset: skipped })))
    skipped = Math.max(0, skipped - inIt)
  }
  return { tasks: found, count, page: current }
}

const byPlace = [asc(tasks.sortOrder), asc(tasks.id)]

/** The neighbors of a card in its lane, and its position. */
export interface Neighbors {
  readonly above: Task | null
  readonly below: Task | null
  readonly position: number
}

/** Finds a card's position in its lane, optionally within one project. */
export async function findNeighbors(scope: Scope, task: Task, projectKey?: string): Promise<Neighbors> {
  const lane = inLane(scope, { status: task.status, projectKey })
  const place = eq(tasks.sortOrder, task.sortOrder)
  const isAbove = or(lt(tasks.sortOrder, task.sortOrder), and(place, lt(tasks.id, task.id)))
  const isBelow = or(gt(tasks.sortOrder, task.sortOrder), and(place, gt(tasks.id, task.id)))
  const [above] = await selectTasks(scope.db)
    .where(and(lane, isAbove))
    .orderBy(desc(tasks.sortOrder), desc(tasks.id))
    .limit(1)
  const [below] = await selectTasks(scope.db)
    .where(and(lane, isBelow))
    .orderBy(...byPlace)
    .limit(1)
  return { above: above ?? null, below: below ?? null, position: await countWhere(scope, and(lane, isAbove)) }
}

async function countWhere(scope: Scope, condition: SQL | undefined): Promise<number> {
  const [row] = await scope.db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(condition)
  return row?.count ?? 0
}

function inLane(
  scope: Scope,
  lane: { readonly status: TaskStatus; readonly projectKey?: string | undefined },
): SQL | undefined {
  return and(
    eq(tasks.ownerId, scope.ownerId),
    eq(tasks.status, lane.status),
    isNull(projects.deletedAt),
    lane.projectKey === undefined ? undefined : eq(projects.projectKey, lane.projectKey),
  )
}
