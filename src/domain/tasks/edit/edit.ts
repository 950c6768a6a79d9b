import type { Tx } from '../../../db/types.ts'
import { requireProjectRight } from '../../access/rights.ts'
import type { AuditEntry, Change, Ctx } from '../../core/context.ts'
import type { DomainError } from '../../core/errors.ts'
import { parse } from '../../core/parse.ts'
import { clip } from '../../core/text.ts'
import { assignLabels, createdLabels } from '../../labels/labels.ts'
import { toDeploySettings, toProjectSettings } from '../../projects/project-settings.ts'
import { readOwnerSettings } from '../../settings/settings.ts'
import { writeTaskLogs } from '../../work-logs/work-logs.ts'
import { readPlan, type TaskDeploy } from '../detail.ts'
import { lockTask, lockTaskDeploy, lockTaskDetail } from '../lock.ts'
import { type ParsedTaskEdit, TaskEdit } from '../schemas.ts'
import { type TaskChangeEntry, taskAudit } from '../snapshot.ts'
import type { Task, TaskDetail } from '../task.ts'
import { writeTask } from '../write.ts'
import { actionOf, editEvents, namesOf } from './edit-records.ts'
import { goalOf } from './lifecycle.ts'
import { endKey, lockLanesForEnd, readLastKey } from './order.ts'
import { type EditPlan, planEdit } from './plan/plan-edit.ts'
import type { EditFacts } from './plan/plan-logs.ts'
import { findRefusal, isRepeated, lateError, requireClosing } from './refusal.ts'
import { writeHandoff } from './write-handoff.ts'

/** The outcome of an edit. `auditId` names the change for undo; null if nothing changed. */
export interface Edited {
  readonly task: Task
  readonly auditId: string | null
  /** The names of what changed, in wire spelling. */
  readonly changed?: readonly string[]
  /** The comment that it left. */
  readonly commentId?: string | undefined
  /** The refusal of a late result: the owner had stopped the run, so the text was only kept as a comment. */
  readonly refused?: DomainError
}

/**
 * Changes one task: fields, note, status, run, result and comment in one transaction. Throws `not-found`, `invalid`, and
 * `conflict` if the task isn't in the required state or another agent is working on it.
 */
export async function editTask(ctx: Ctx, reference: string, input: TaskEdit): Promise<Edited> {
  const edit = parse(TaskEdit, input)
  return ctx.mutate((tx) => sendEdit(ctx, tx, reference, edit))
}

/** The change of an edit; the task's audit entry comes first. */
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
  // Sent together; they run in this order.
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
  // Only a pin needs the owner's time zone.
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
  // Labels wait for the sent statements, so a refusal of those is noticed first.
  const labeling =
    names === null
      ? { labels: task.labels, audit: [] }
      : await sent.then(() => assignLabels(tx, { ownerId: ctx.ownerId, taskId: task.id, names, now }))
  const handoff = await writeHandoff(ctx, tx, { task, written, plan, sent })
  const changed = { ...written, ...handoff.now, labels: labeling.labels }
  const comment = logging.events.find((event) => event.payload.kind === 'comment')
  const audit = taskAudit(actionOf(edit, plan, task), task, changed, {
    commentId: comment?.entityId,
    ...createdLabels(labeling.audit),
    ...(handoff.closedQuestions.length === 0 ? {} : { closedQuestions: handoff.closedQuestions }),
    ...(plan.question && changed.question ? { openedQuestion: changed.question.id } : {}),
  })
  return {
    result: { task: changed, auditId: audit.id, changed: namesOf(plan), commentId: comment?.entityId },
    events: [...editEvents(changed, edit, plan), ...logging.events],
    audit: [audit, ...labeling.audit],
    sent,
  }
}

// An agent's report becomes logs, questions and messages.
function withoutSecrets({ actor, redactor }: Ctx, edit: ParsedTaskEdit): ParsedTaskEdit {
  const { result, plan, comment, artifacts } = edit
  const spoken = { result, plan, comment, artifacts }
  return actor.kind === 'agent' ? { ...edit, ...redactor.data(spoken) } : edit
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

// Only a change that may make the task ready is checked against the project's deploy strategy. An action must include its pull request;
// a plain move may rely on the last result's.
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
