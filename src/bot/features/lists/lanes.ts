import { DomainError } from '../../../domain/core/errors.ts'
import { taskPriorities, taskStatuses } from '../../../domain/core/task-values.ts'
import type { Act } from '../../../domain/quick-add/acts.ts'
import type { Place } from '../../../domain/tasks/edit/order.ts'
import { placeTask } from '../../../domain/tasks/edit/place.ts'
import { countByLane, findNeighbors, listLane } from '../../../domain/tasks/lists/lanes.ts'
import { findTask, findTasks, requireTask } from '../../../domain/tasks/read.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { changedToast, staleToast, toasts } from '../../../view/kit/answers.ts'
import { stopAndMoveCard } from '../../../view/tasks/handoffs.ts'
import { changedManyToast, type LanePlace, laneScreen, skippedText } from '../../../view/tasks/lists/board.ts'
import {
  changePickedTap,
  laneCard,
  lanePage,
  pickCard,
  pickScreen,
  pickTap,
  placeCard,
  placeScreen,
  placeTap,
} from '../../../view/tasks/lists/lane.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { explainNotQueued } from '../../kit/runner.ts'
import { showScreen } from '../../kit/show.ts'
import { countChanged, doActs } from '../../kit/tasks/acts.ts'
import { topicOfMessage } from '../../kit/tasks/list-query.ts'
import { showBoard } from '../../kit/tasks/show-board.ts'
import { toast } from '../../kit/toast.ts'

/** A lane of the board: reorder its cards one at a time, or change several at once. */
export function lanes(): Feature {
  const feature = createFeature()
  onTap(feature, laneScreen, (ctx, { page = 0, ...lane }) => showLane(ctx, { ...lane, page }))
  onTap(feature, pickScreen, async (ctx, { page = 0, ...lane }) =>
    showPicks(ctx, { ...lane, page }, await readPicked(ctx)),
  )
  onTap(feature, placeScreen, async (ctx, { key, projectKey }) => {
    const task = await findTask(scopeOf(ctx), key)
    if (task !== null) return showPlace(ctx, task, projectKey)
    await toast(ctx, staleToast(null))
    await showBoard(ctx, projectKey)
  })
  onTap(feature, placeTap, moveCard)
  onTap(feature, pickTap, togglePick)
  onTap(feature, changePickedTap, changePicked)
  return feature
}

/** Returns a page of a lane. A page number past the end gives the last page. */
async function readPage(ctx: BotContext, place: LanePlace) {
  const lane = { status: place.status, projectKey: place.projectKey || undefined }
  const count = await countByLane(scopeOf(ctx), lane)
  const page = Math.min(place.page, Math.max(0, Math.ceil(count / lanePage) - 1))
  const tasks = await listLane(scopeOf(ctx), lane, { limit: lanePage, offset: page * lanePage })
  return { place: { ...place, page }, tasks, count, ...viewerOf(ctx) }
}

async function showLane(
  ctx: BotContext,
  place: LanePlace,
  undo: string | null = null,
  notice = '',
): Promise<void> {
  await showScreen(ctx, laneCard({ ...(await readPage(ctx, place)), undo, notice }))
}

async function showPicks(ctx: BotContext, place: LanePlace, picked: readonly string[]): Promise<void> {
  await showScreen(ctx, pickCard({ ...(await readPage(ctx, place)), picked }), {
    topic: { kind: 'board', picked },
  })
}

async function showPlace(
  ctx: BotContext,
  task: Task,
  projectKey: string,
  undo: string | null = null,
): Promise<void> {
  const neighbours = await findNeighbors(scopeOf(ctx), task, projectKey || undefined)
  const card = placeCard(task, { projectKey, neighbours, undo, ...viewerOf(ctx) })
  await showScreen(ctx, card, { taskId: task.id })
}

async function readPicked(ctx: BotContext): Promise<readonly string[]> {
  const topic = await topicOfMessage(ctx)
  return topic?.kind === 'board' ? topic.picked : []
}

/** Moves a card up, down, to the top, or to the end of another lane. */
async function moveCard(
  ctx: BotContext,
  { key, to, projectKey, from }: { readonly [name in 'key' | 'to' | 'projectKey' | 'from']: string },
): Promise<void> {
  const before = await findTask(scopeOf(ctx), key)
  if (before === null) {
    await toast(ctx, staleToast(null))
    return showBoard(ctx, projectKey)
  }
  if (from !== '' && before.status !== from && before.status !== to) {
    await toast(ctx, staleToast(before))
    return showPlace(ctx, before, projectKey)
  }
  const status = taskStatuses.find((one) => one === to)
  if (
    status !== undefined &&
    status !== 'todo' &&
    status !== before.status &&
    before.runState === 'running'
  ) {
    const card = stopAndMoveCard(before, status, 'card', viewerOf(ctx))
    return showScreen(ctx, card, { purpose: 'card', taskId: before.id })
  }
  const moved = await orRefusal(ctx, async () => {
    const target = await targetOf(ctx, before, to, projectKey)
    return target === null ? { task: before, auditId: null } : placeTask(ctx.board, before.id, target)
  })
  if (moved !== null)
    await toast(ctx, moved.auditId === null ? toasts.unchanged : placedToast(before, moved.task, to))
  await showPlace(
    ctx,
    moved?.task ?? (await requireTask(scopeOf(ctx), before.id)),
    projectKey,
    moved?.auditId ?? null,
  )
}

function placedToast(before: Task, after: Task, to: string): string {
  return before.status === after.status
    ? `${after.key} moved ${to === 'top' ? 'to the top' : to}.`
    : changedToast(before, after)
}

async function targetOf(
  ctx: BotContext,
  task: Task,
  to: string,
  projectKey: string,
): Promise<{ readonly status?: Task['status']; readonly place: Place } | null> {
  const status = taskStatuses.find((one) => one === to)
  if (status !== undefined) return status === task.status ? null : { status, place: { at: 'end' } }
  if (to === 'top') return { place: { at: 'start' } }
  const { above, below } = await findNeighbors(scopeOf(ctx), task, projectKey || undefined)
  if (to === 'up') return above && { place: { before: above.id } }
  return below && { place: { after: below.id } }
}

/** Selects a card with `+KEY` or deselects it with `-KEY`; a second tap changes nothing. */
async function togglePick(
  ctx: BotContext,
  { card, ...place }: LanePlace & { readonly card: string },
): Promise<void> {
  const picked = await readPicked(ctx)
  const task = await findTask(scopeOf(ctx), card.slice(1))
  const others = picked.filter((id) => id !== task?.id)
  await showPicks(ctx, place, task !== null && card.startsWith('+') ? [...others, task.id] : others)
}

/** Changes all selected cards as one change. Skips and names those that an agent is working on or asking about. */
async function changePicked(
  ctx: BotContext,
  { change, ...place }: LanePlace & { readonly change: string },
): Promise<void> {
  const act = readPickedAct(change)
  const picked = await findTasks(scopeOf(ctx), await readPicked(ctx))
  const moved = picked.filter((task) => act.verb !== undefined && task.status !== place.status)
  const wanted = picked.filter((task) => !moved.includes(task)).map((task) => ({ task, act }))
  const done = await orRefusal(ctx, () => doActs(ctx, wanted))
  if (done === null) return showLane(ctx, place)
  const { stops, unanswered, refused, refusals, auditId } = done
  const skipped = { moved, working: stops.map(({ task }) => task), unanswered, refused }
  const isUnreached = refusals.length > 0 && auditId === null
  await toast(ctx, isUnreached ? toasts.notQueued : changedManyToast(countChanged(done), skipped))
  if (refusals.length > 0) await explainNotQueued(ctx, refusals)
  await showLane(ctx, place, auditId, skippedText(skipped))
}

function readPickedAct(change: string): Act {
  const status = taskStatuses.find((one) => one === change)
  const priority = taskPriorities.find((one) => `!${one}` === change)
  if (status !== undefined) return { verb: status }
  if (priority !== undefined) return { priority }
  if (change === 'focus') return { focus: true }
  if (change === 'queue') return { verb: 'queue' }
  throw new DomainError('invalid', 'This button no longer works. Send /board again.')
}
