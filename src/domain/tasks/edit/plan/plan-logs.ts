import type { Actor } from '../../../core/actor.ts'
import { toActorName } from '../../../core/actor.ts'
import type { Engine, TaskStatus } from '../../../core/task-values.ts'
import type { DeploySettings } from '../../../projects/project-settings.ts'
import type { WorkLogData } from '../../../work-logs/facts.ts'
import {
  agentCommentTitle,
  commentTitle,
  fieldsTitle,
  noteDetail,
  noteTitle,
  resultDetail,
  resultTitle,
  statusTitle,
} from '../../../work-logs/work-log-texts.ts'
import type { PlannedLog } from '../../../work-logs/work-logs.ts'
import type { Artifact, ParsedTaskEdit } from '../../schemas.ts'
import type { Task } from '../../task.ts'

/** Builds the logs of what changed: status, fields, note. `task` is its previous state. */
export function changeLogs(
  task: Task,
  change: {
    readonly status: { readonly from: TaskStatus; readonly to: TaskStatus } | null
    readonly fields: readonly string[]
    readonly artifacts?: readonly Artifact[] | undefined
    readonly note: { readonly to: string | null } | null
  },
  engine: Engine | null,
): PlannedLog[] {
  const logs: PlannedLog[] = []
  if (change.status !== null) {
    const title = statusTitle(task.key, change.status.from, change.status.to)
    const { from, to } = change.status
    logs.push({ kind: 'status', title, detail: null, engine, data: { from, to } })
  }
  if (change.fields.length > 0) {
    const title = fieldsTitle(task.key, change.fields)
    const { fields } = change
    const data = { fields, ...(fields.includes('artifacts') ? { artifacts: change.artifacts } : {}) }
    logs.push({ kind: 'fields', title, detail: null, engine, data })
  }
  if (change.note !== null) {
    const notes = { previousNote: task.note, updatedNote: change.note.to }
    const detail = noteDetail({ taskKey: task.key, taskTitle: task.title, ...notes })
    logs.push({ kind: 'note', title: noteTitle(task.key), detail: fitNoteDetail(detail), engine })
  }
  return logs
}

// Two notes of 50,000 characters plus JSON escapes may exceed the column's limit; then the log omits them.
function fitNoteDetail(detail: string): string | null {
  return [...detail].length <= 100_000 ? detail : null
}

function toData({ engine: _, options: __, ...result }: NonNullable<ParsedTaskEdit['result']>): WorkLogData {
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => value !== undefined && value.length > 0),
  )
}

/** Builds the logs of an edit's words: an agent's result or plan, a comment. */
export function reportLogs(
  task: Task,
  edit: ParsedTaskEdit,
  facts: Pick<EditFacts, 'actor' | 'now'> & {
    /** Whether the edit changes the task: a repeated plan adds nothing new. */
    readonly isNew: boolean
  },
  engine: Engine | null,
): PlannedLog[] {
  const logs: PlannedLog[] = []
  const titleOf = facts.actor.kind === 'agent' ? agentCommentTitle : commentTitle
  const plan = edit.plan?.trim()
  const isPlan = edit.lifecycle === 'plan' || (edit.lifecycle === undefined && Boolean(plan))
  const isNewPlan = isPlan && plan && facts.actor.kind === 'agent' && facts.isNew
  const report = edit.result ?? (isNewPlan ? { summary: plan } : undefined)
  if (report !== undefined) {
    const isBlocked = edit.lifecycle === 'block' || Boolean(report.blockedReason?.trim())
    const title = edit.title ?? task.title
    logs.push({
      kind: isBlocked ? 'blocked' : isPlan ? 'plan' : 'result',
      title: resultTitle(isPlan ? 'plan' : 'result', title),
      detail: resultDetail({
        taskKey: task.key,
        taskTitle: title,
        result: report,
        engine,
        at: facts.now,
        source: facts.actor.kind === 'agent' ? facts.actor.name : toActorName(facts.actor),
      }),
      engine,
      data: { ...toData(report), ...(isPlan && plan ? { plan } : {}) },
    })
  }
  if (edit.comment?.trim())
    logs.push({ kind: 'comment', title: titleOf(task.key), detail: edit.comment.trim(), engine })
  return logs
}

/** The facts that decide an edit, besides the task and the edit. */
export interface EditFacts {
  readonly actor: Actor
  readonly now: Date
  /** The owner's time zone, which determines today. */
  readonly timeZone: string
  readonly deploy: DeploySettings
  /** The pull request of an earlier result, if the project's strategy requires one. */
  readonly knownPrUrl: string | null
  /** The agent's last plan, if a new one keeps the owner's text. */
  readonly olderPlan?: string | null
  /** Earlier artifacts, if the edit has artifacts without a result. */
  readonly artifacts?: readonly Artifact[]
}
