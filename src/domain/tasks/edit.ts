import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { NewEvent } from '../events.ts'
import { assignLabels, madeLabels } from '../labels.ts'
import { parse } from '../parse.ts'
import { toDeploySettings, toProjectSettings } from '../project-settings.ts'
import { readOwnerSettings } from '../settings.ts'
import { prUrlOf } from '../work-log-texts.ts'
import { writeTaskLogs } from '../work-logs.ts'
import { goalOf } from './lifecycle.ts'
import { lockTask, lockTaskDeploy, lockTaskDetail } from './lock.ts'
import { endKey, keyFor, lockLanes, lockLanesForEnd, type Place, readLastKey } from './order.ts'
import { type EditFacts, type EditPlan, planEdit } from './plan-edit.ts'
import type { TaskDeploy } from './read.ts'
import { findRunner, type Runner } from './runner.ts'
import { type ParsedTaskEdit, TaskEdit } from './schemas.ts'
import { taskAudit } from './snapshot.ts'
import type { Task, TaskDetail } from './task.ts'
import { writeTask } from './write.ts'

/** What became of an edit; `auditId` names the change for undo, null where nothing changed. */
export interface Edited {
  readonly task: Task
  readonly auditId: string | null
}

/**
 * Changes one task: fields, note, status, run, result and comment in one transaction. Throws `not-found`; `conflict` where
 * the task is not in the state that the edit needs or another agent is working on it; `invalid`.
 */
export async function editTask(ctx: Ctx, reference: string, input: TaskEdit): Promise<Edited> {
  const edit = parse(TaskEdit, input)
  return ctx.mutate((tx) => sendEdit(ctx, tx, reference, edit))
}

/** The body of `editTask`, for verbs that change more than one thing in one transaction. */
export async function applyEdit(
  ctx: Ctx,
  tx: Tx,
  reference: string,
  edit: ParsedTaskEdit,
): Promise<Change<Edited>> {
  const change = await sendEdit(ctx, tx, reference, edit)
  if ('unchanged' in change) return change
  const { sent, ...done } = change
  await sent
  return done
}

async function sendEdit(ctx: Ctx, tx: Tx, reference: string, edit: ParsedTaskEdit): Promise<Change<Edited>> {
  const goal = edit.lifecycle === undefined ? (edit.status ?? null) : goalOf(edit.lifecycle)
  // Sent together and run in this order.
  const [, task, last] = await Promise.all([
    mayMove(edit) ? lockLanesForEnd(tx, ctx.ownerId) : undefined,
    lockFor(edit)(ctx, tx, reference),
    goal === null ? undefined : readLastKey(tx, { ownerId: ctx.ownerId, status: goal }),
  ])
  const runner = edit.lifecycle === 'start' ? await requireFree(ctx, tx, task) : null
  const now = ctx.now()
  // Only a pin asks what today is.
  const timeZone = edit.focus ? (await readOwnerSettings({ db: tx, ownerId: ctx.ownerId })).timeZone : 'UTC'
  const plan = planEdit(task, edit, { actor: ctx.actor, now, timeZone, ...deliveryOf(task) })
  if (isEmpty(plan)) return { unchanged: true, result: { task, auditId: null } }

  const { taskPriority: priority = task.priority, ...columns } = plan.columns
  const lane = plan.status && { ownerId: ctx.ownerId, status: plan.status.to }
  const known = lane?.status === goal ? last : undefined
  const sortOrder = lane === null ? task.sortOrder : await endKey(tx, lane, task.id, known)
  const written = { ...task, ...columns, priority, sortOrder, updatedAt: now }
  const about = { id: task.id, key: task.key, projectId: task.project.id }
  const logging = writeTaskLogs(tx, { ownerId: ctx.ownerId, task: about, logs: plan.logs, now })
  const sent = Promise.all([writeTask(tx, written), logging.written])
  const { labels: names } = plan
  // Labels wait for what was sent: else nobody would hear, meanwhile, that it was refused.
  const labelling =
    names === null
      ? { labels: task.labels, audit: [] }
      : await sent.then(() => assignLabels(tx, { ownerId: ctx.ownerId, taskId: task.id, names, now }))
  const changed = { ...written, labels: labelling.labels }
  const comment = logging.events.find((event) => event.payload.kind === 'comment')
  const audit = taskAudit(actionOf(edit, plan, runner), task, changed, {
    commentId: comment?.entityId,
    ...madeLabels(labelling.audit),
  })
  return {
    result: { task: changed, auditId: audit.id },
    events: [...editEvents(changed, edit, plan), ...logging.events],
    audit: [audit, ...labelling.audit],
    sent,
  }
}

function mayMove(edit: ParsedTaskEdit): boolean {
  const acts = edit.lifecycle !== undefined && edit.lifecycle !== 'start'
  return acts || edit.status !== undefined || edit.plan !== undefined
}

/** Who is working on the task already; throws `conflict` where that is another agent. */
async function requireFree(ctx: Ctx, tx: Tx, task: Task): Promise<Runner | null> {
  if (task.runState !== 'running') return null
  const runner = await findRunner({ db: tx, ownerId: ctx.ownerId }, task.key)
  if (runner === null || (ctx.actor.kind === 'agent' && runner.tokenId === ctx.actor.tokenId)) return runner
  throw new DomainError(
    'conflict',
    `${runner.name} is working on ${task.key} since ${runner.since.toISOString()}. Take another task, or ask the owner to release it.`,
    { runner: runner.name, since: runner.since.toISOString() },
  )
}

// Only what may become ready is measured by the project's deploy strategy. An action must bring its pull request along; a bare
// move may rest on the one that the last result named.
function lockFor(edit: ParsedTaskEdit): (ctx: Ctx, tx: Tx, reference: string) => Promise<Task | TaskDeploy> {
  if (edit.strictReady !== true) return lockTask
  if (edit.lifecycle === 'complete') return lockTaskDeploy
  if (edit.status !== 'ready') return lockTask
  return edit.lifecycle === undefined ? lockTaskDetail : lockTaskDeploy
}

function deliveryOf(task: Task | TaskDeploy | TaskDetail): Pick<EditFacts, 'deploy' | 'knownPrUrl'> {
  return {
    deploy: 'deploy' in task ? task.deploy : toDeploySettings(toProjectSettings({})),
    knownPrUrl: 'latestResult' in task ? prUrlOf(task.latestResult?.detail ?? '') : null,
  }
}

function isEmpty(plan: EditPlan): boolean {
  return Object.keys(plan.columns).length === 0 && plan.labels === null && plan.logs.length === 0
}

function actionOf(edit: ParsedTaskEdit, plan: EditPlan, runner: Runner | null): string {
  // A start by whoever works on it already is a sign of life: the run goes on since its first start.
  if (runner !== null) return 'task.heartbeat'
  if (edit.lifecycle !== undefined) return `task.${edit.lifecycle}`
  if (plan.status !== null) return 'task.move'
  if (plan.runState !== null)
    return plan.runState.to === 'queued'
      ? 'task.queue'
      : plan.runState.to === 'running'
        ? 'task.claim'
        : 'task.release'
  if (plan.changedFields.length > 0) return 'task.edit'
  return edit.comment === undefined ? 'task.result' : 'task.comment'
}

function editEvents(task: Task, edit: ParsedTaskEdit, plan: EditPlan): NewEvent[] {
  const about = { entityId: task.key, projectId: task.project.id }
  const events: NewEvent[] = []
  const lifecycle = edit.lifecycle === undefined ? {} : { lifecycle: edit.lifecycle }
  if (plan.status !== null) {
    events.push({
      ...about,
      type: 'TASK_STATUS_CHANGED',
      payload: { ...plan.status, title: task.title, ...lifecycle },
    })
  }
  if (plan.changedFields.length > 0 || plan.runState !== null) {
    const changedFields = plan.runState === null ? plan.changedFields : [...plan.changedFields, 'run_state']
    const runState = plan.runState === null ? {} : { runState: plan.runState }
    events.push({
      ...about,
      type: 'TASK_UPDATED',
      payload: { changedFields, title: task.title, ...runState, ...lifecycle },
    })
  }
  return events
}

/** Moves a card inside its lane or to a place in another one; a move to where it lies changes nothing. */
export async function placeTask(
  ctx: Ctx,
  reference: string,
  target: { readonly status?: Task['status']; readonly place: Place },
): Promise<Edited> {
  return ctx.mutate(async (tx): Promise<Change<Edited>> => {
    await lockLanes(tx, ctx.ownerId)
    const task = await lockTask(ctx, tx, reference)
    const status = target.status ?? task.status
    const moved =
      status === task.status
        ? null
        : await applyEdit(ctx, tx, task.id, parse(TaskEdit, { status } satisfies TaskEdit))
    const sortOrder = await keyFor(
      tx,
      { ownerId: ctx.ownerId, status },
      target.place,
      moved?.result.task ?? task,
    )
    if (moved === null && sortOrder === task.sortOrder)
      return { unchanged: true, result: { task, auditId: null } }
    const now = ctx.now()
    const changed = { ...(moved?.result.task ?? task), sortOrder, updatedAt: now }
    await writeTask(tx, changed)
    const audit = taskAudit('task.move', task, changed)
    const events: readonly NewEvent[] =
      moved !== null && 'events' in moved
        ? moved.events
        : [
            {
              type: 'TASK_UPDATED',
              entityId: task.key,
              projectId: task.project.id,
              payload: { changedFields: ['sort_order'], title: task.title },
            },
          ]
    return { result: { task: changed, auditId: audit.id }, events, audit: [audit] }
  })
}
