import { isDeepStrictEqual } from 'node:util'
import type { RunOutcome } from '../../../db/schema.ts'
import { type Actor, engineOfActor } from '../../core/actor.ts'
import { DomainError } from '../../core/errors.ts'
import type { Engine, RunState, TaskPriority, TaskStatus } from '../../core/task-values.ts'
import { missingForReady } from '../../projects/project-settings.ts'
import { blockQuestion, type NewQuestion, planQuestion } from '../../questions/question.ts'
import { isHeldBy } from '../../runs/holder.ts'
import type { PlannedLog } from '../../work-logs/work-logs.ts'
import { isFocused } from '../lists/focus.ts'
import { criteriaOf, textOf, withCriteria, withPlan, withText } from '../notes/note.ts'
import type { ParsedTaskEdit } from '../schemas.ts'
import { runOf, type Task } from '../task.ts'
import { requireTransition } from './lifecycle.ts'
import type { EditFacts } from './plan-logs.ts'
import { changeLogs, spokenLogs } from './plan-logs.ts'

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

/** What an edit comes to: nothing is written where `columns`, `labels` and `logs` are empty and there is no `snooze`. */
export interface EditPlan {
  readonly columns: Partial<TaskColumns>
  readonly labels: readonly string[] | null
  readonly logs: readonly PlannedLog[]
  readonly status: { readonly from: TaskStatus; readonly to: TaskStatus } | null
  readonly runState: { readonly from: RunState | null; readonly to: RunState | null } | null
  /** Names of what changed besides status and run state, as events carry them. */
  readonly changedFields: readonly string[]
  /** The question that the edit opens. */
  readonly question: NewQuestion | null
  /** Whether the open questions about the task end with it. */
  readonly withdraws: boolean
  /** Whether a run starts with it. */
  readonly runStarts: boolean
  /** How the open run ends with it; null where it goes on, or there is none. */
  readonly runEnds: RunOutcome | null
  /** Until when the task is snoozed from now on; null ends a snooze, undefined leaves it. */
  readonly snooze: Date | null | undefined
  /** The engine that acts. */
  readonly engine: Engine | null
}

/** Works out what an edit changes. Throws `conflict` where the task is not in the state that the edit needs. */
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
  // Beside an action, the engine says who acts; it makes the task no engine's own.
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
  // Whatever its holder does is a heartbeat of a run; of a start it is all there is.
  const changesMore =
    fields.length > 0 || noteChanged || statusChange !== null || Boolean(edit.comment?.trim())
  const isHeartbeat = edit.lifecycle === 'start' && runStateChange === null
  const isSignOfLife = isHeartbeat || (runStateChange === null && changesMore && holds(task, facts.actor))
  if (runStateChange !== null || isSignOfLife) {
    columns.runState = runState
    columns.runStateUpdatedAt = runState === null ? null : facts.now
  }

  const takesOver = edit.lifecycle === 'start' && runOf(task) !== null && !holds(task, facts.actor)
  const engine = edit.engine ?? edit.result?.engine ?? engineOfActor(facts.actor) ?? task.engine
  // The parts of a message that make a task are not logged as work on it.
  const logged = edit.isPart
    ? { fields: [], note: null }
    : { fields, note: noteChanged ? { to: note } : null }
  const logs = [
    ...changeLogs(task, { status: statusChange, artifacts: edit.artifacts, ...logged }, engine),
    ...spokenLogs(
      task,
      edit,
      { ...facts, isNew: statusChange !== null || runStateChange !== null || noteChanged },
      engine,
    ),
  ]
  const changes = Object.keys(columns).length > 0 || logs.length > 0
  const question = questionOf(task, edit, { actor: facts.actor, status, engine, changes })
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

/** Whether this agent is the one that works on the task. */
function holds(task: Task, actor: Actor): boolean {
  const run = runOf(task)
  return run !== null && isHeldBy(run, actor)
}

function nextStatus(task: Task, edit: ParsedTaskEdit, actor: Actor): TaskStatus {
  if (edit.lifecycle !== undefined) {
    if (edit.lifecycle === 'plan' && !edit.plan?.trim()) {
      throw new DomainError('invalid', 'planMarkdown: must not be blank for lifecycle action "plan".')
    }
    if (edit.lifecycle === 'complete' && task.status === 'inbox' && holds(task, actor)) return 'ready'
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

// Any change of status ends the run, and so does every lifecycle action but start. What the owner moves to todo keeps it.
function nextRunState(
  task: Task,
  edit: ParsedTaskEdit,
  actor: Actor,
  statusChanged: boolean,
): RunState | null {
  if (edit.lifecycle === 'start') return 'running'
  if (edit.lifecycle !== undefined) return null
  if (edit.runState === 'queued' && task.question !== null && !edit.withoutAnswer) {
    throw new DomainError(
      'conflict',
      `${task.key} has an open question. Answer it, or queue without an answer.`,
      {
        unanswered: true,
      },
    )
  }
  if (edit.runState !== undefined) return edit.runState
  if (edit.status === 'todo' && actor.kind === 'owner') return task.runState
  return statusChanged || edit.clearRun ? null : task.runState
}

function outcomeOf({ lifecycle }: ParsedTaskEdit, actor: Actor): RunOutcome {
  switch (lifecycle) {
    case 'complete':
      return 'completed'
    case 'review':
      return 'reviewed'
    case 'plan':
      return 'planned'
    case 'block':
      return 'blocked'
    default:
      return actor.kind === 'agent' ? 'released' : 'stopped'
  }
}

/** The question that an agent's edit asks: why it is blocked, or whether its plan is good. */
function questionOf(
  task: Task,
  edit: ParsedTaskEdit,
  facts: {
    readonly actor: Actor
    readonly status: TaskStatus
    readonly engine: Engine | null
    /** Whether the edit changes anything else: a repeated one asks nothing again. */
    readonly changes: boolean
  },
): NewQuestion | null {
  if (facts.actor.kind !== 'agent' || (!facts.changes && task.question !== null)) return null
  const { engine, status } = facts
  const reason = edit.result?.blockedReason?.trim() || edit.result?.summary?.trim() || ''
  const isBlock =
    edit.lifecycle === 'block' || (status === 'hold' && Boolean(edit.result?.blockedReason?.trim()))
  if (isBlock) {
    const options = edit.result?.options ?? []
    return blockQuestion({ reason: reason || 'No reason given.', options, engine, returnsTo: returnOf(task) })
  }
  const plan = edit.plan?.trim() ? edit.plan : null
  const isPlan = edit.lifecycle === 'plan' || (edit.lifecycle === undefined && task.status === 'inbox')
  return plan !== null && isPlan && facts.changes && status === 'todo'
    ? planQuestion({ markdown: plan, engine })
    : null
}

// An answer queues the task again for what it was queued for: to be planned, worked on, or reviewed.
function returnOf({ status, runState }: Task): TaskStatus {
  return runState !== null && (status === 'inbox' || status === 'ready') ? status : 'todo'
}

/** Whether a question about the task has no more use after an edit. */
function endsQuestion(
  task: Task,
  edit: ParsedTaskEdit,
  { status, takesOver }: { readonly status: TaskStatus; readonly takesOver: boolean },
): boolean {
  if (status === 'done' || status === 'archived') return true
  if (edit.lifecycle === 'start') return task.runState !== 'running' || takesOver
  if (edit.lifecycle !== undefined) return true
  if (edit.runState === 'queued') return true
  return task.runState === 'running' && edit.runState === null
}

function nextSnooze(
  task: Task,
  edit: ParsedTaskEdit,
  { isHandoff }: { readonly isHandoff: boolean },
): Date | null | undefined {
  const wanted = edit.snoozedUntil ?? (edit.snoozedUntil === null || isHandoff ? null : undefined)
  return wanted === undefined || isSame(wanted, task.snoozedUntil) ? undefined : wanted
}

function nextNote(old: string | null, edit: ParsedTaskEdit, olderPlan: string | null): string | null {
  const base = edit.note === undefined ? old : edit.note?.trim() ? edit.note : null
  const text = edit.plan?.trim() ? edit.plan : edit.description
  const withNewText =
    edit.keepsText && edit.plan?.trim()
      ? withPlan(base, edit.plan, olderPlan)
      : text === undefined
        ? base
        : withText(base, text ?? '')
  if (edit.criteria === undefined) return isSameNote(base, withNewText) ? base : withNewText
  // Criteria that stand in the new text itself are wanted too.
  const wanted = [...criteriaOf(text ?? null).map((criterion) => criterion.text), ...edit.criteria]
  const next = withCriteria(withNewText, wanted)
  return isSameNote(base, next) ? base : next
}

// Text and criteria that stay leave the note as it was written, byte for byte.
function isSameNote(left: string | null, right: string | null): boolean {
  return (
    textOf(left) === textOf(right) && JSON.stringify(criteriaOf(left)) === JSON.stringify(criteriaOf(right))
  )
}

function nextFocus(
  task: Task,
  focus: boolean | undefined,
  { now, timeZone }: EditFacts,
): Date | null | undefined {
  if (focus === undefined) return undefined
  if (focus) return isFocused(task, { now, timeZone }) ? undefined : now
  return task.focusedAt === null ? undefined : null
}

function changedLabels(task: Task, wanted: readonly string[] | undefined): string[] | null {
  if (wanted === undefined) return null
  const unique = [...new Map(wanted.map((name) => [name.toLowerCase(), name])).values()]
  const same =
    unique.length === task.labels.length &&
    unique.every((name, i) => name.toLowerCase() === task.labels[i]?.name.toLowerCase())
  return same ? null : unique
}

function isSame(left: unknown, right: unknown): boolean {
  return left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right
}
