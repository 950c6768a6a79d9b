import { v7 } from 'uuid'
import { requireProjectRight, requireRunTask } from '../../access/rights.ts'
import type { AuditEntry, Recorded, Unchanged } from '../../core/commit/commit.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { DecisionCtx } from '../../core/context.ts'
import type { DomainError } from '../../core/errors.ts'
import { parse } from '../../core/parse.ts'
import { clip } from '../../core/text.ts'
import { assignLabels, createdLabels } from '../../labels/labels.ts'
import { toComment, toOpened } from '../../questions/question.ts'
import { questionRow, setFetched, withdrawWithTask } from '../../questions/store.ts'
import { endRun, startRun } from '../../runs/store.ts'
import { commentTitle } from '../../work-logs/work-log-texts.ts'
import { type PlannedLog, taskLogs } from '../../work-logs/work-logs.ts'
import { type DetailWithLabels, detailAfter } from '../detail-after.ts'
import { type ParsedTaskEdit, TaskEdit } from '../schemas.ts'
import { type TaskChangeEntry, taskAudit } from '../snapshot.ts'
import type { Task } from '../task.ts'
import { taskUpdate } from '../write.ts'
import { actionOf, editEvents, namesOf } from './edit-records.ts'
import type { EditState } from './edit-state.ts'
import { keyAtEnd } from './order.ts'
import { type EditPlan, planEdit } from './plan/plan-edit.ts'
import { findRefusal, isRepeated, lateError, mayRepeat, requireClosing } from './refusal.ts'
import { snoozeRows } from './snooze.ts'

/** The outcome of an edit. `auditId` names the change for undo; null if nothing changed. */
export interface Edited {
  readonly task: Task
  /** The task before the change. */
  readonly before?: Task
  /** The detail afterward, if the edit was asked for it. */
  readonly detail?: DetailWithLabels | null
  readonly auditId: string | null
  /** The names of what changed, in wire spelling. */
  readonly changed?: readonly string[]
  /** The comment that it left. */
  readonly commentId?: string | undefined
  /** The refusal of a late result: the owner had stopped the run, so the text was only kept as a comment. */
  readonly refused?: DomainError
}

/** The change of an edit; the task's audit entry comes first. */
export type DecidedEdit =
  | Unchanged<Edited>
  | (Recorded<Edited> & { readonly audit: readonly [TaskChangeEntry, ...AuditEntry[]] })

/** Decides an edit. Throws `conflict` if the task isn't in the required state or another agent is working on it. */
export function decideEdit(ctx: DecisionCtx, state: EditState, given: ParsedTaskEdit): DecidedEdit {
  const edit = withoutSecrets(ctx, given)
  const { task, detail } = state
  const asked = state.withDetail ? { detail } : {}
  const unchanged: DecidedEdit = { unchanged: true, result: { task, ...asked, auditId: null } }
  requireRunTask(ctx.actor, task)
  requireProjectRight(ctx.actor, task.project.key)
  requireClosing(ctx, task, edit)
  const refusal = findRefusal(ctx, state, edit)
  if (refusal?.keepsWords) return keepLateResult(ctx, state, edit)
  if (refusal !== null) throw refusal.error
  if (detail !== null && mayRepeat(ctx, task, edit) && isRepeated(ctx, detail, edit)) return unchanged
  const now = ctx.now()
  const plan = planEdit(task, edit, {
    actor: ctx.actor,
    now,
    timeZone: state.timeZone,
    olderPlan: state.olderPlan,
    deploy: state.deploy,
    knownPrUrl: detail?.latestResult?.prUrl ?? null,
    artifacts: detail?.artifacts ?? [],
  })
  if (isEmpty(plan)) return unchanged

  const { taskPriority: priority = task.priority, ...columns } = plan.columns
  const sortOrder = plan.status === null ? task.sortOrder : endOf(state, plan.status.to)
  const snoozedUntil = plan.snooze === undefined ? task.snoozedUntil : plan.snooze
  const written = { ...task, ...columns, priority, sortOrder, snoozedUntil, updatedAt: now }
  const logs = taskLogs({ ownerId: ctx.ownerId, author: ctx.actor, task, logs: plan.logs, now })
  const labeling =
    plan.labels === null
      ? { labels: task.labels, rows: [], audit: [] }
      : assignLabels({ ownerId: ctx.ownerId, task, names: plan.labels, known: state.knownLabels, now })
  const kept = plan.runEnds === null ? [] : state.unfetched
  const keptLogs = keepAnswers(ctx, task, kept, now)
  const handoff = handOver(ctx, { state, written, plan })
  const changed: Task = { ...written, ...handoff.now, labels: labeling.labels }
  const comment = logs.events.find((event) => event.payload.kind === 'comment')
  const audit = taskAudit(actionOf(edit, plan, task), task, changed, {
    commentId: comment?.entityId,
    ...createdLabels(labeling.audit),
    ...(handoff.closedQuestions.length === 0 ? {} : { closedQuestions: handoff.closedQuestions }),
    ...(plan.question && changed.question ? { openedQuestion: changed.question.id } : {}),
  })
  return {
    result: {
      task: changed,
      before: task,
      ...(detail && state.withDetail
        ? {
            detail: detailAfter(detail, changed, {
              actor: ctx.actor,
              logs: plan.logs,
              kept: kept.map(toComment),
              now,
            }),
          }
        : {}),
      auditId: audit.id,
      changed: namesOf(plan),
      commentId: comment?.entityId,
    },
    rows: [
      taskUpdate(state, changed),
      ...(plan.status === null ? [] : state.laneRows),
      ...labeling.rows,
      ...logs.rows,
      ...keptLogs.rows,
      ...handoff.rows,
    ],
    events: [...editEvents(changed, edit, plan), ...logs.events, ...keptLogs.events],
    audit: [audit, ...labeling.audit],
  }
}

/** Returns the state after a decided edit, to decide another one of the same change. */
export function afterEdit(state: EditState, decided: DecidedEdit): EditState {
  const { task } = decided.result
  const moved = task.status !== state.task.status
  return {
    ...state,
    task,
    ends: moved ? { ...state.ends, [task.status]: task.sortOrder } : state.ends,
    openQuestions: task.question === null ? [] : state.openQuestions,
  }
}

// An agent's report becomes logs, questions and messages.
function withoutSecrets({ actor, redactor }: DecisionCtx, edit: ParsedTaskEdit): ParsedTaskEdit {
  const { result, plan, comment, artifacts } = edit
  const spoken = { result, plan, comment, artifacts }
  return actor.kind === 'agent' ? { ...edit, ...redactor.data(spoken) } : edit
}

function keepLateResult(ctx: DecisionCtx, state: EditState, { result, plan }: ParsedTaskEdit): DecidedEdit {
  const { task } = state
  const words = result?.summary?.trim() || result?.blockedReason?.trim() || plan?.trim() || ''
  if (words === '') throw lateError(task, '')
  const refused = lateError(task, ' Your result was kept as a comment.')
  const comment = `Reported late: ${clip(words, 19_000)}`
  const change = decideEdit(ctx, state, parse(TaskEdit, { comment }))
  return { ...change, result: { ...change.result, refused } }
}

/** Turns the answers that a run ends without having received into feedback. */
function keepAnswers({ ownerId }: DecisionCtx, task: Task, kept: EditState['unfetched'], now: Date) {
  const logs = kept.map(
    (answer): PlannedLog => ({
      kind: 'comment',
      title: commentTitle(task.key),
      detail: clip(toComment(answer), 20_000),
      engine: null,
    }),
  )
  const { rows, events } = taskLogs({ ownerId, author: { kind: 'owner' }, task, logs, now })
  return { rows: [...rows, ...kept.map(({ id }) => setFetched(id, now))], events }
}

function endOf({ task, ends }: EditState, status: Task['status']): string {
  const sortOrder = ends[status] === undefined ? null : keyAtEnd(ends[status], task.id)
  if (sortOrder === null) throw new Error(`the end of lane ${status} was not read`)
  return sortOrder
}

interface Handover {
  /** The task's question and run afterward. */
  readonly now: Pick<Task, 'question' | 'lastRun'>
  readonly closedQuestions: readonly string[]
  readonly rows: readonly Write[]
}

/** Decides what a change does to the task's run, questions and snooze. */
function handOver(
  ctx: DecisionCtx,
  facts: { readonly state: EditState; readonly written: Task; readonly plan: EditPlan },
): Handover {
  const { plan, written } = facts
  const { task, openQuestions } = facts.state
  const { actor, ownerId } = ctx
  const now = ctx.now()
  const ended = plan.runEnds === null ? [] : endRun(task.lastRun, plan.runEnds, now)
  const lastRun = task.lastRun && plan.runEnds ? { ...task.lastRun, outcome: plan.runEnds } : task.lastRun
  const started = plan.runStarts
    ? startRun({ ownerId, task: { ...written, lastRun }, actor, engine: plan.engine, now })
    : null
  const closedQuestions = plan.withdraws ? openQuestions : []
  const name = actor.kind === 'agent' ? actor.name : null
  const tokenId = actor.kind === 'agent' ? actor.tokenId : null
  const asked = plan.question && toOpened({ id: v7(), name, askedAt: now, tokenId, task }, plan.question)
  return {
    now: {
      question: asked ?? (plan.withdraws ? null : task.question),
      lastRun: started?.run ?? lastRun,
    },
    closedQuestions,
    rows: [
      ...(plan.snooze === undefined ? [] : snoozeRows(task.id, plan.snooze)),
      ...ended,
      ...closedQuestions.map((id) => withdrawWithTask(id, now)),
      ...(asked && plan.question
        ? [questionRow({ id: asked.id, ownerId, taskId: task.id, tokenId, now }, plan.question)]
        : []),
      ...(started?.rows ?? []),
    ],
  }
}

function isEmpty(plan: EditPlan): boolean {
  const { columns, labels, logs, snooze, question } = plan
  const isUnchanged = Object.keys(columns).length === 0 && labels === null && logs.length === 0
  return isUnchanged && snooze === undefined && question === null
}
