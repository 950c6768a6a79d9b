import { isDeepStrictEqual } from 'node:util'
import type { RunOutcome } from '../../../../db/schema.ts'
import { type Actor, engineOfActor } from '../../../core/actor.ts'
import { DomainError } from '../../../core/errors.ts'
import type { Engine, RunState, TaskPriority, TaskStatus } from '../../../core/task-values.ts'
import { missingForReady } from '../../../projects/project-settings.ts'
import type { NewQuestion } from '../../../questions/question.ts'
import type { PlannedLog } from '../../../work-logs/work-logs.ts'
import type { ParsedTaskEdit } from '../../schemas.ts'
import { runOf, type Task } from '../../task.ts'
import { requireTransition } from '../lifecycle.ts'
import { changedLabels, isSame, nextFocus, nextNote, nextSnooze } from './plan-fields.ts'
import { changeLogs, type EditFacts, reportLogs } from './plan-logs.ts'
import { endsQuestion, questionOf } from './plan-question.ts'
import { isHolder, nextRunState, outcomeOf } from './plan-run.ts'

/** The columns of a task that an edit may set. */
export interface TaskColumns {
  title: string
  note: string | null
  status: TaskStatus
  taskPriority: TaskPriority
  branch: string | null
  engine: Engine | null
  runState: RunState | null
  runStateUpdatedAt: Date | null
  dueAt: Date | null
  focusedAt: Date | null
  archivedAt: Date | null
}

/** The result of planning an edit. Nothing is written if `columns`, `labels` and `logs` are empty and there is no `snooze`. */
export interface EditPlan {
  readonly columns: Partial<TaskColumns>
  readonly labels: readonly string[] | null
  readonly logs: readonly PlannedLog[]
  readonly status: { readonly from: TaskStatus; readonly to: TaskStatus } | null
  readonly runState: { readonly from: RunState | null; readonly to: RunState | null } | null
  /** The names of what changed besides status and run state, as in events. */
  readonly changedFields: readonly string[]
  /** The question that the edit opens. */
  readonly question: NewQuestion | null
  /** Whether it closes the open questions about the task. */
  readonly withdraws: boolean
  /** Whether it starts a run. */
  readonly runStarts: boolean
  /** How it ends the open run; null if the run continues or there is no run. */
  readonly runEnds: RunOutcome | null
  /** The new end of the snooze; null ends it, undefined leaves it. */
  readonly snooze: Date | null | undefined
  /** The engine that acts. */
  readonly engine: Engine | null
}

/** Returns what an edit changes. Throws `conflict` if the task isn't in the required state. */
export function planEdit(task: Task, edit: ParsedTaskEdit, facts: EditFacts): EditPlan {
  requireExpected(task, edit.expect)
  const status = nextStatus(task, edit, facts.actor)
  if (status === 'ready' && task.status !== 'ready' && edit.strictReady) requireDelivered(task, edit, facts)

  const columns: Partial<TaskColumns> = {}
  const fields: string[] = []
  const set = <K extends keyof TaskColumns>(
    field: string,
    column: K,
    value: TaskColumns[K] | undefined,
    old: TaskColumns[K],
  ) => {
    if (value === undefined || isSame(value, old)) return
    columns[column] = value
    fields.push(field)
  }
  set('title', 'title', edit.title, task.title)
  set('priority', 'taskPriority', edit.priority, task.priority)
  // With an action, the engine says who acts and doesn't change the task's engine.
  if (edit.lifecycle === undefined) set('engine', 'engine', edit.engine, task.engine)
  set('branch', 'branch', edit.branch === '' ? null : edit.branch, task.branch)
  set('due_at', 'dueAt', edit.dueAt, task.dueAt)
  set('focused_at', 'focusedAt', nextFocus(task, edit.focus, facts), task.focusedAt)
  if (edit.artifacts !== undefined && !isDeepStrictEqual(edit.artifacts, facts.artifacts ?? []))
    fields.push('artifacts')
  const labels = changedLabels(task, edit.labels)
  if (labels !== null) fields.push('labels')

  const note = nextNote(task.note, edit, facts.olderPlan ?? null)
  const noteChanged = note !== task.note
  if (noteChanged) columns.note = note
  const statusChange = status === task.status ? null : { from: task.status, to: status }
  if (statusChange !== null) {
    columns.status = status
    columns.archivedAt = status === 'archived' ? facts.now : null
  }
  const runState = nextRunState(task, edit, facts.actor, statusChange !== null)
  const runStateChange = runState === task.runState ? null : { from: task.runState, to: runState }
  // Any change by its holder is a heartbeat of the run; a repeated start is only that.
  const changesAnything =
    fields.length > 0 || noteChanged || statusChange !== null || Boolean(edit.comment?.trim())
  const isHeartbeat = edit.lifecycle === 'start' && runStateChange === null
  const refreshesRun =
    isHeartbeat || (runStateChange === null && changesAnything && isHolder(task, facts.actor))
  if (runStateChange !== null || refreshesRun) {
    columns.runState = runState
    columns.runStateUpdatedAt = runState === null ? null : facts.now
  }

  const takesOver = edit.lifecycle === 'start' && runOf(task) !== null && !isHolder(task, facts.actor)
  const engine = edit.engine ?? edit.result?.engine ?? engineOfActor(facts.actor) ?? task.engine
  // The further parts of the message that became the task aren't logged as work on it.
  const logged = edit.isPart
    ? { fields: [], note: null }
    : { fields, note: noteChanged ? { to: note } : null }
  const logs = [
    ...changeLogs(task, { status: statusChange, artifacts: edit.artifacts, ...logged }, engine),
    ...reportLogs(
      task,
      edit,
      { ...facts, isNew: statusChange !== null || runStateChange !== null || noteChanged },
      engine,
    ),
  ]
  const changes = Object.keys(columns).length > 0 || logs.length > 0
  const question = edit.asks ?? questionOf(task, edit, { actor: facts.actor, status, engine, changes })
  const snooze = nextSnooze(task, edit, {
    isHandoff: statusChange !== null || (runStateChange !== null && runState !== null) || question !== null,
  })
  return {
    columns,
    labels,
    status: statusChange,
    runState: runStateChange,
    changedFields: [
      ...fields,
      ...(noteChanged ? ['note'] : []),
      ...(isHeartbeat ? ['run_state_updated_at'] : []),
      ...(snooze === undefined ? [] : ['snoozed_until']),
    ],
    question,
    withdraws:
      task.question !== null &&
      (question !== null || (changes && endsQuestion(task, edit, { status, takesOver }))),
    runStarts:
      columns.runState === 'running' && edit.lifecycle === 'start' && (runOf(task) === null || takesOver),
    runEnds: takesOver
      ? 'taken-over'
      : runStateChange?.from === 'running'
        ? outcomeOf(edit, facts.actor)
        : null,
    snooze,
    engine,
    logs,
  }
}

function requireExpected(task: Task, expect: ParsedTaskEdit['expect']): void {
  const asExpected =
    (expect?.status === undefined || expect.status === task.status) &&
    (expect?.runState === undefined || expect.runState === task.runState)
  if (asExpected) return
  throw new DomainError('conflict', `${task.key} changed in the meantime and is now ${task.status}.`, {
    status: task.status,
    runState: task.runState,
  })
}

function nextStatus(task: Task, edit: ParsedTaskEdit, actor: Actor): TaskStatus {
  if (edit.lifecycle !== undefined) {
    if (edit.lifecycle === 'plan' && !edit.plan?.trim()) {
      throw new DomainError('invalid', 'planMarkdown: must not be blank for lifecycle action "plan".')
    }
    if (edit.lifecycle === 'complete' && task.status === 'inbox' && isHolder(task, actor)) return 'ready'
    return requireTransition(edit.lifecycle, task.status) ?? edit.status ?? task.status
  }
  if (edit.status !== undefined) return edit.status
  return edit.plan?.trim() && task.status === 'inbox' ? 'todo' : task.status
}

function requireDelivered(task: Task, edit: ParsedTaskEdit, facts: EditFacts): void {
  const branch = edit.branch === undefined ? task.branch : edit.branch
  const missing = missingForReady(facts.deploy, {
    branch: branch?.trim() || null,
    prUrl: edit.result?.prUrl?.trim() || facts.knownPrUrl,
  })
  if (missing.length === 0) return
  throw new DomainError(
    'conflict',
    `The project's deploy strategy (feature_branch + auto_pr + commit_on_review) wants work delivered before it is ready. Missing: ${missing.join(', ')}.`,
    { missing },
  )
}
