import type { Engine, RunState, TaskPriority, TaskStatus, WorkLogKind } from '../../db/schema.ts'
import type { Label } from '../labels/label.ts'
import type { DeploySettings } from '../projects/project-settings.ts'
import type { OpenQuestion } from '../questions/question.ts'
import type { Run } from '../runs/store.ts'
import type { Report } from '../work-logs/facts.ts'
import type { Artifact } from './schemas.ts'

/** A task with its labels in order and its project. */
export interface Task {
  readonly id: string
  readonly key: string
  readonly prefix: string
  readonly number: number
  readonly title: string
  readonly note: string | null
  readonly status: TaskStatus
  readonly priority: TaskPriority
  readonly branch: string | null
  readonly engine: Engine | null
  readonly runState: RunState | null
  readonly runStateUpdatedAt: Date | null
  readonly dueAt: Date | null
  readonly focusedAt: Date | null
  readonly sortOrder: string
  readonly archivedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly labels: readonly Label[]
  readonly project: TaskProject
  /** The oldest open question about it. */
  readonly question: OpenQuestion | null
  /** Its newest run, open or ended. */
  readonly lastRun: Run | null
  /** The end of its snooze. */
  readonly snoozedUntil: Date | null
}

export interface TaskProject {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly repoUrl: string | null
  readonly deleted: boolean
}

/** Returns the open run of a task that an agent works on. */
export function runOf({ runState, lastRun }: Pick<Task, 'runState' | 'lastRun'>): Run | null {
  return runState === 'running' && lastRun?.outcome === null ? lastRun : null
}

/** The detail of single-task answers: the latest result, the comments since then, and the project's delivery settings. */
export interface TaskDetail extends Task {
  readonly latestResult: LatestResult | null
  readonly feedback: readonly Feedback[]
  readonly deploy: DeploySettings
  readonly agentInstructions: string | null
  /** The artifacts of the newest log that has some. */
  readonly artifacts: readonly Artifact[]
  /** The author and time of the note's last change; null if unknown or without a note. */
  readonly noteUpdated: { readonly by: string; readonly at: Date } | null
}

/** An agent's newest report. */
export interface LatestResult extends Report {
  readonly kind: WorkLogKind
  /** `agent:<token name>`, or null if unknown. */
  readonly author: string | null
  readonly title: string
  /** Its Markdown. */
  readonly detail: string | null
  readonly workedAt: Date
}

export interface Feedback {
  readonly text: string
  readonly at: Date
  /** When a hook took it to the agent; null if none did. */
  readonly heardAt: Date | null
  /** When the agent certainly had it; null if it may not have it. */
  readonly receivedAt: Date | null
}
