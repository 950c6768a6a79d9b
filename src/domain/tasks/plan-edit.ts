import type { Actor } from '../actor.ts'
import { DomainError } from '../errors.ts'
import { type DeploySettings, missingForReady } from '../project-settings.ts'
import { isFocused } from './focus.ts'
import { requireTransition } from './lifecycle.ts'
import { criteriaOf, textOf, withCriteria, withText } from './note.ts'
import { changeLogs, type PlannedLog, spokenLogs } from './plan-logs.ts'
import type { ParsedTaskEdit } from './schemas.ts'
import type { Engine, RunState, Task, TaskPriority, TaskStatus } from './task.ts'

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

/** What an edit comes to: nothing is written where `columns`, `labels` and `logs` are all empty. */
export interface EditPlan {
  readonly columns: Partial<TaskColumns>
  readonly labels: readonly string[] | null
  readonly logs: readonly PlannedLog[]
  readonly status: { readonly from: TaskStatus; readonly to: TaskStatus } | null
  readonly runState: { readonly from: RunState | null; readonly to: RunState | null } | null
  /** Names of what changed besides status and run state, as events carry them. */
  readonly changedFields: readonly string[]
}

export interface EditFacts {
  readonly actor: Actor
  readonly now: Date
  /** The owner's, which says what today is. */
  readonly timeZone: string
  readonly deploy: DeploySettings
  /** The pull request of an earlier result, where the project's strategy asks for one. */
  readonly knownPrUrl: string | null
}

/** Works out what an edit changes. Throws `conflict` where the task is not in the state that the edit needs. */
export function planEdit(task: Task, edit: ParsedTaskEdit, facts: EditFacts): EditPlan {
  requireExpected(task, edit.expect)
  const status = nextStatus(task, edit)
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
  set('engine', 'engine', edit.engine, task.engine)
  set('branch', 'branch', edit.branch === '' ? null : edit.branch, task.branch)
  set('due_at', 'dueAt', edit.dueAt, task.dueAt)
  set('focused_at', 'focusedAt', nextFocus(task, edit.focus, facts), task.focusedAt)
  const labels = changedLabels(task, edit.labels)
  if (labels !== null) fields.push('labels')

  const note = nextNote(task.note, edit)
  const noteChanged = note !== task.note
  if (noteChanged) columns.note = note
  const statusChange = status === task.status ? null : { from: task.status, to: status }
  if (statusChange !== null) {
    columns.status = status
    columns.archivedAt = status === 'archived' ? facts.now : null
  }
  const runState = nextRunState(task, edit, statusChange !== null)
  const runStateChange = runState === task.runState ? null : { from: task.runState, to: runState }
  const isSignOfLife = edit.lifecycle === 'start' && runStateChange === null
  if (runStateChange !== null || isSignOfLife) {
    columns.runState = runState
    columns.runStateUpdatedAt = runState === null ? null : facts.now
  }

  const engine = edit.engine ?? edit.result?.engine ?? task.engine
  return {
    columns,
    labels,
    status: statusChange,
    runState: runStateChange,
    changedFields: [
      ...fields,
      ...(noteChanged ? ['note'] : []),
      ...(isSignOfLife ? ['run_state_updated_at'] : []),
    ],
    logs: [
      ...changeLogs(task, { status: statusChange, fields, note: noteChanged ? { to: note } : null }, engine),
      ...spokenLogs(task, edit, facts, engine),
    ],
  }
}

function requireExpected(task: Task, expect: ParsedTaskEdit['expect']): void {
  const asExpected =
    (expect?.status === undefined || expect.status === task.status) &&
    (expect?.runState === undefined || expect.runState === task.runState)
  if (asExpected) return
  throw new DomainError('conflict', `${task.key} changed meanwhile: it is ${task.status} now.`, {
    status: task.status,
    runState: task.runState,
  })
}

function nextStatus(task: Task, edit: ParsedTaskEdit): TaskStatus {
  if (edit.lifecycle !== undefined) {
    if (edit.lifecycle === 'plan' && !edit.plan?.trim()) {
      throw new DomainError('invalid', 'planMarkdown: must not be blank for lifecycle action "plan".')
    }
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

// Any change of status ends the run, and so does every lifecycle action but start.
function nextRunState(task: Task, edit: ParsedTaskEdit, statusChanged: boolean): RunState | null {
  if (edit.lifecycle === 'start') return 'running'
  if (edit.lifecycle !== undefined) return null
  if (edit.runState !== undefined) return edit.runState
  return statusChanged || edit.clearRun ? null : task.runState
}

function nextNote(old: string | null, edit: ParsedTaskEdit): string | null {
  const base = edit.note === undefined ? old : edit.note?.trim() ? edit.note : null
  const text = edit.plan?.trim() ? edit.plan : edit.description
  const withNewText = text === undefined ? base : withText(base, text ?? '')
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
