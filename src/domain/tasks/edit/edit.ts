import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../../db/types.ts'
import { requireClosingRight, requireProjectRight } from '../../access/rights.ts'
import { toActorName } from '../../core/actor.ts'
import type { TaskChangeAction } from '../../core/audit-meta.ts'
import type { AuditEntry, Change, Ctx } from '../../core/context.ts'
import { minuteMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import type { NewEvent } from '../../core/events.ts'
import { parse } from '../../core/parse.ts'
import { clip } from '../../core/text.ts'
import { assignLabels, madeLabels } from '../../labels/labels.ts'
import { toDeploySettings, toProjectSettings } from '../../projects/project-settings.ts'
import { storeQuestion, withdrawQuestions } from '../../questions/store.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { endRun, lastOutcomeOf, type Run, startRun } from '../../runs/store.ts'
import { readOwnerSettings } from '../../settings/settings.ts'
import { isSameReport, toReport } from '../../work-logs/facts.ts'
import { writeTaskLogs } from '../../work-logs/work-logs.ts'
import { lockTask, lockTaskDeploy, lockTaskDetail } from '../lock.ts'
import { readDetail, readPlan, type TaskDeploy } from '../read.ts'
import { type ParsedTaskEdit, TaskEdit } from '../schemas.ts'
import { partAction, type TaskChangeEntry, taskAudit } from '../snapshot.ts'
import { runOf, type Task, type TaskDetail } from '../task.ts'
import { writeTask } from '../write.ts'
import { goalOf } from './lifecycle.ts'
import { endKey, keyFor, lockLanes, lockLanesForEnd, type Place, readLastKey } from './order.ts'
import { type EditPlan, planEdit } from './plan-edit.ts'
import type { EditFacts } from './plan-logs.ts'
import { writeSnooze } from './snooze.ts'

/** What became of an edit; `auditId` names the change for undo, null where nothing changed. */
export interface Edited {
  readonly task: Task
  readonly auditId: string | null
  /** Names of what changed, as the wire spells them. */
  readonly changed?: readonly string[]
  /** The comment that it left. */
  readonly commentId?: string | undefined
  /** Why an agent's result came too late: the owner had stopped its run, so only its words were kept, as a comment. */
  readonly refused?: DomainError
}

/**
 * Changes one task: fields, note, status, run, result and comment in one transaction. Throws `not-found`; `conflict` where
 * the task is not in the state that the edit needs or another agent is working on it; `invalid`.
 */
export async function editTask(ctx: Ctx, reference: string, input: TaskEdit): Promise<Edited> {
  const edit = parse(TaskEdit, input)
  return ctx.mutate((tx) => sendEdit(ctx, tx, reference, edit))
}

/** The change that an edit makes; the entry of the task comes first. */
export type AppliedEdit =
  | Extract<Change<Edited>, { readonly unchanged: true }>
  | (Exclude<Change<Edited>, { readonly unchanged: true }> & {
      readonly audit: readonly [TaskChangeEntry, ...AuditEntry[]]
    })

/** The body of `editTask`, for verbs that change more than one thing in one transaction. */
export async function applyEdit(
  ctx: Ctx,
  tx: Tx,
  reference: string,
  edit: ParsedTaskEdit,
): Promise<AppliedEdit> {
  const change = await sendEdit(ctx, tx, reference, edit)
  if ('unchanged' in change) return change
  const { sent, ...done } = change
  await sent
  return done
}

async function sendEdit(ctx: Ctx, tx: Tx, reference: string, given: ParsedTaskEdit): Promise<AppliedEdit> {
  const edit = withoutSecrets(ctx, given)
  const goal = edit.lifecycle === undefined ? (edit.status ?? null) : goalOf(edit.lifecycle)
  // Sent together and run in this order.
  const [, task, last] = await Promise.all([
    mayMove(edit) ? lockLanesForEnd(tx, ctx.ownerId) : undefined,
    lockFor(edit)(ctx, tx, reference),
    goal === null ? undefined : readLastKey(tx, { ownerId: ctx.ownerId, status: goal }),
  ])
  requireProjectRight(ctx.actor, task.project.key)
  requireClosing(ctx, task, edit)
  const refusal = await findRefusal(ctx, tx, task, edit)
  if (refusal?.keepsWords) return keepLateResult(ctx, tx, task, edit)
  if (refusal !== null) throw refusal.error
  if (await isRepeated(ctx, tx, task, edit)) return { unchanged: true, result: { task, auditId: null } }
  const now = ctx.now()
  // Only a pin asks what today is.
  const timeZone = edit.focus ? (await readOwnerSettings({ db: tx, ownerId: ctx.ownerId })).timeZone : 'UTC'
  const olderPlan = edit.keepsText ? await readPlan({ db: tx, ownerId: ctx.ownerId }, task.id) : null
  const plan = planEdit(task, edit, { actor: ctx.actor, now, timeZone, olderPlan, ...deliveryOf(task) })
  if (isEmpty(plan)) return { unchanged: true, result: { task, auditId: null } }

  const { taskPriority: priority = task.priority, ...columns } = plan.columns
  const lane = plan.status && { ownerId: ctx.ownerId, status: plan.status.to }
  const known = lane?.status === goal ? last : undefined
  const sortOrder = lane === null ? task.sortOrder : await endKey(tx, lane, task.id, known)
  const snoozedUntil = plan.snooze === undefined ? task.snoozedUntil : plan.snooze
  const written = { ...task, ...columns, priority, sortOrder, snoozedUntil, updatedAt: now }
  const about = { id: task.id, key: task.key, projectId: task.project.id }
  const logging = writeTaskLogs(tx, {
    ownerId: ctx.ownerId,
    author: ctx.actor,
    task: about,
    logs: plan.logs,
    now,
  })
  const sent = Promise.all([writeTask(tx, written), logging.written])
  const { labels: names } = plan
  // Labels wait for what was sent: else nobody would hear, meanwhile, that it was refused.
  const labelling =
    names === null
      ? { labels: task.labels, audit: [] }
      : await sent.then(() => assignLabels(tx, { ownerId: ctx.ownerId, taskId: task.id, names, now }))
  const handoff = await writeHandoff(ctx, tx, { task, written, plan, sent })
  const changed = { ...written, ...handoff.now, labels: labelling.labels }
  const comment = logging.events.find((event) => event.payload.kind === 'comment')
  const audit = taskAudit(actionOf(edit, plan, task), task, changed, {
    commentId: comment?.entityId,
    ...madeLabels(labelling.audit),
    ...(handoff.closedQuestions.length === 0 ? {} : { closedQuestions: handoff.closedQuestions }),
    ...(plan.question && changed.question ? { openedQuestion: changed.question.id } : {}),
  })
  return {
    result: { task: changed, auditId: audit.id, changed: namesOf(plan), commentId: comment?.entityId },
    events: [...editEvents(changed, edit, plan), ...logging.events],
    audit: [audit, ...labelling.audit],
    sent,
  }
}

// What an agent reports becomes logs, questions and messages.
function withoutSecrets({ actor, redactor }: Ctx, edit: ParsedTaskEdit): ParsedTaskEdit {
  const { result, plan, comment, artifacts } = edit
  const spoken = { result, plan, comment, artifacts }
  return actor.kind === 'agent' ? { ...edit, ...redactor.data(spoken) } : edit
}

function namesOf({ status, runState, changedFields }: EditPlan): string[] {
  return [
    ...(status === null ? [] : ['status']),
    ...(runState === null ? [] : ['run_state']),
    ...changedFields.filter((field) => field !== 'snoozed_until'),
  ]
}

// A token that only works may review what the owner asked an agent to review, and nothing else closes a task for it.
function requireClosing({ actor }: Ctx, task: Task, edit: ParsedTaskEdit): void {
  const run = runOf(task)
  const reviews = edit.lifecycle === 'review' && task.status === 'ready'
  if (reviews && run !== null && isHeldBy(run, actor)) return
  if (edit.lifecycle === 'review') requireClosingRight(actor, 'done')
  else if (edit.status !== undefined && edit.status !== task.status) requireClosingRight(actor, edit.status)
}

const reports: readonly ParsedTaskEdit['lifecycle'][] = ['complete', 'block', 'plan', 'review']

/** Why an agent may not change the task; a former holder's report is refused too, but its words are kept. */
async function findRefusal(
  ctx: Ctx,
  tx: Tx,
  task: Task,
  edit: ParsedTaskEdit,
): Promise<{ readonly error: DomainError; readonly keepsWords: boolean } | null> {
  const { actor } = ctx
  if (actor.kind !== 'agent' || task.lastRun === null || isOnlyComment(edit)) return null
  const run = runOf(task)
  if (run !== null && isHeldBy(run, actor)) return null
  const isReport = reports.includes(edit.lifecycle)
  const outcome = isReport ? await lastOutcomeOf(tx, task.id, actor) : null
  if (outcome === 'stopped' || outcome === 'taken-over') {
    return { error: lateError(task, ''), keepsWords: true }
  }
  if (run === null || (edit.lifecycle === 'start' && (await isSilent(ctx, tx, task)))) return null
  return { error: heldError(task.key, run, actor), keepsWords: false }
}

/** Whether an agent repeats the report that ended its run, on a task that is still as it left it. */
async function isRepeated(ctx: Ctx, tx: Tx, task: Task, edit: ParsedTaskEdit): Promise<boolean> {
  const { actor } = ctx
  const { lastRun } = task
  if (actor.kind !== 'agent' || edit.result === undefined) return false
  const isSameState =
    (edit.lifecycle === 'complete' && task.status === 'ready' && task.runState === null) ||
    (edit.lifecycle === 'block' && task.status === 'hold' && task.question?.kind === 'block')
  if (!isSameState || (lastRun !== null && !isHeldBy(lastRun, actor))) return false
  const { latestResult, artifacts } = await readDetail({ db: tx, ownerId: ctx.ownerId }, task)
  if (latestResult === null) return false
  const brought = edit.result.artifacts ?? []
  return (
    (brought.length === 0 || isDeepStrictEqual(brought, artifacts)) &&
    isSameReport(toReport(edit.result), latestResult) &&
    latestResult.author === toActorName(actor)
  )
}

function isOnlyComment({ comment, expect: _, ...rest }: ParsedTaskEdit): boolean {
  return comment !== undefined && Object.values(rest).every((value) => value === undefined)
}

/** Whether the agent that works on the task has been silent for the stale time. */
async function isSilent(ctx: Ctx, tx: Tx, { runStateUpdatedAt }: Task): Promise<boolean> {
  const { staleAfterMinutes } = await readOwnerSettings({ db: tx, ownerId: ctx.ownerId })
  const silentMs = ctx.now().getTime() - (runStateUpdatedAt?.getTime() ?? 0)
  return silentMs >= staleAfterMinutes * minuteMs
}

function lateError({ key, status }: Task, kept: string): DomainError {
  return new DomainError('conflict', `Your run of ${key} was ended, and the task is ${status}.${kept}`, {
    stopped: true,
    status,
  })
}

async function keepLateResult(
  ctx: Ctx,
  tx: Tx,
  task: Task,
  { result, plan }: ParsedTaskEdit,
): Promise<AppliedEdit> {
  const words = result?.summary?.trim() || result?.blockedReason?.trim() || plan?.trim() || ''
  if (words === '') throw lateError(task, '')
  const refused = lateError(task, ' Your result was kept as a comment.')
  const comment = `Reported late: ${clip(words, 19_000)}`
  const change = await sendEdit(ctx, tx, task.id, parse(TaskEdit, { comment }))
  return { ...change, result: { ...change.result, refused } }
}

function mayMove(edit: ParsedTaskEdit): boolean {
  const acts = edit.lifecycle !== undefined && edit.lifecycle !== 'start'
  return acts || edit.status !== undefined || edit.plan !== undefined
}

interface Handoff {
  /** The question and the run that the task has after it. */
  readonly now: Pick<Task, 'question' | 'lastRun'>
  readonly closedQuestions: readonly string[]
}

/** Writes what a change does to the task's run, questions and snooze. */
async function writeHandoff(
  ctx: Ctx,
  tx: Tx,
  facts: {
    readonly task: Task
    readonly written: Task
    readonly plan: EditPlan
    readonly sent: Promise<unknown>
  },
): Promise<Handoff> {
  const { task, written, plan } = facts
  const touches = plan.runStarts || plan.runEnds !== null || plan.withdraws || plan.question !== null
  if (!touches && plan.snooze === undefined) {
    return { now: { question: task.question, lastRun: task.lastRun }, closedQuestions: [] }
  }
  // What was sent before may have been refused: then nothing more is written.
  await facts.sent
  const now = ctx.now()
  const tokenId = ctx.actor.kind === 'agent' ? ctx.actor.tokenId : null
  if (plan.snooze !== undefined) await writeSnooze(tx, task.id, plan.snooze)
  if (plan.runEnds !== null) await endRun(tx, task.id, plan.runEnds, now)
  const closedQuestions = plan.withdraws ? await withdrawQuestions(tx, task.id, now) : []
  const question = plan.withdraws ? null : task.question
  const opened =
    plan.question &&
    (await storeQuestion(tx, { ownerId: ctx.ownerId, taskId: task.id, tokenId, now }, plan.question))
  const runId =
    plan.runStarts &&
    (await startRun(tx, { ownerId: ctx.ownerId, task: written, actor: ctx.actor, engine: plan.engine, now }))
  return {
    now: {
      question:
        opened && plan.question
          ? { ...plan.question, id: opened, name: nameOf(ctx), askedAt: now }
          : question,
      lastRun: runId
        ? toRun(ctx, { id: runId, engine: plan.engine, since: now, outcome: null })
        : task.lastRun && plan.runEnds
          ? { ...task.lastRun, outcome: plan.runEnds }
          : task.lastRun,
    },
    closedQuestions,
  }
}

function nameOf({ actor }: Ctx): string | null {
  return actor.kind === 'agent' ? actor.name : null
}

function toRun({ actor }: Ctx, run: Omit<Run, 'name' | 'tokenId' | 'session'>): Run {
  return actor.kind === 'agent'
    ? { ...run, name: actor.name, tokenId: actor.tokenId, session: actor.session ?? null }
    : { ...run, name: null, tokenId: null, session: null }
}

// Only what may become ready is measured by the project's deploy strategy. An action must bring its pull request along; a bare
// move may rest on the one that the last result named.
function lockFor(edit: ParsedTaskEdit): (ctx: Ctx, tx: Tx, reference: string) => Promise<Task | TaskDeploy> {
  if (edit.artifacts !== undefined) return lockTaskDetail
  if (edit.strictReady !== true) return lockTask
  if (edit.lifecycle === 'complete') return lockTaskDeploy
  if (edit.status !== 'ready') return lockTask
  return edit.lifecycle === undefined ? lockTaskDetail : lockTaskDeploy
}

function deliveryOf(
  task: Task | TaskDeploy | TaskDetail,
): Pick<EditFacts, 'deploy' | 'knownPrUrl' | 'artifacts'> {
  return {
    artifacts: 'artifacts' in task ? task.artifacts : [],
    deploy: 'deploy' in task ? task.deploy : toDeploySettings(toProjectSettings({})),
    knownPrUrl: 'latestResult' in task ? (task.latestResult?.prUrl ?? null) : null,
  }
}

function isEmpty(plan: EditPlan): boolean {
  const { columns, labels, logs, snooze, question } = plan
  const isUnchanged = Object.keys(columns).length === 0 && labels === null && logs.length === 0
  return isUnchanged && snooze === undefined && question === null
}

function actionOf(edit: ParsedTaskEdit, plan: EditPlan, task: Task): TaskChangeAction {
  // A start by the agent that works on it already is a heartbeat: the run goes on since its first start.
  if (edit.lifecycle === 'start' && plan.runState === null && runOf(task) !== null) return 'task.heartbeat'
  if (edit.lifecycle !== undefined) return `task.${edit.lifecycle}`
  if (plan.status !== null) return 'task.move'
  if (plan.runState !== null)
    return plan.runState.to === 'queued'
      ? 'task.queue'
      : plan.runState.to === 'running'
        ? 'task.claim'
        : task.runState === 'running'
          ? 'task.stop'
          : 'task.release'
  if (plan.snooze) return 'task.snooze'
  if (edit.isPart && plan.changedFields.length > 0) return partAction
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
    const names = [...(moved?.result.changed ?? []), 'sort_order']
    return { result: { task: changed, auditId: audit.id, changed: names }, events, audit: [audit] }
  })
}
