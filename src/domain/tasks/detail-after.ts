import { type Actor, toActorName } from '../core/actor.ts'
import type { Label } from '../labels/label.ts'
import { type ProjectSettings, toDeploySettings } from '../projects/project-settings.ts'
import { toReport } from '../work-logs/facts.ts'
import type { PlannedLog } from '../work-logs/work-logs.ts'
import type { Task, TaskDetail } from './task.ts'

/** A task's detail with every label of the board, for callers that assign labels. */
export type DetailWithLabels = TaskDetail & { readonly boardLabels: readonly Label[] }

const reportKinds: readonly PlannedLog['kind'][] = ['result', 'plan', 'blocked']

/** Returns a task's detail after a change that writes these logs, as reading it again would. */
export function detailAfter(
  before: DetailWithLabels,
  task: Task,
  change: {
    readonly actor: Actor
    readonly logs: readonly PlannedLog[]
    /** The owner's words that the change keeps as comments. */
    readonly kept: readonly string[]
    readonly now: Date
  },
): DetailWithLabels {
  const { logs, now } = change
  const author = toActorName(change.actor)
  const report = logs.findLast(({ kind }) => reportKinds.includes(kind))
  const answersFeedback = report !== undefined && report.kind !== 'plan'
  const comments = author === 'owner' ? logs.filter(({ kind }) => kind === 'comment') : []
  const added = [...comments.map(({ detail }) => detail ?? ''), ...change.kept].map((text) => ({
    text,
    at: now,
    heardAt: null,
    receivedAt: null,
  }))
  const noted = logs.some(({ kind }) => kind === 'note')
  return {
    ...before,
    ...task,
    latestResult:
      report === undefined
        ? before.latestResult
        : {
            kind: report.kind,
            author,
            title: report.title,
            detail: report.detail,
            workedAt: now,
            ...toReport(report.data ?? {}),
          },
    feedback: answersFeedback ? added : [...before.feedback, ...added],
    artifacts:
      logs.findLast(({ data }) => data?.artifacts !== undefined)?.data?.artifacts ?? before.artifacts,
    noteUpdated: noted ? { by: author, at: now } : before.noteUpdated,
    boardLabels: withNew(before.boardLabels, task.labels),
  }
}

function withNew(known: readonly Label[], labels: readonly Label[]): readonly Label[] {
  const created = labels.filter(({ id }) => !known.some((label) => label.id === id))
  if (created.length === 0) return known
  const name = (label: Label) => label.name.toLowerCase()
  return [...known, ...created].sort((left, right) => (name(left) < name(right) ? -1 : 1))
}

/** Returns the detail of a new task. */
export function newDetail(
  task: Task,
  facts: {
    readonly settings: ProjectSettings
    readonly boardLabels: readonly Label[]
    readonly author: string
  },
): DetailWithLabels {
  return {
    ...task,
    latestResult: null,
    feedback: [],
    deploy: toDeploySettings(facts.settings),
    agentInstructions: facts.settings.agent_instructions || null,
    artifacts: [],
    noteUpdated: task.note === null ? null : { by: facts.author, at: task.createdAt },
    boardLabels: withNew(facts.boardLabels, task.labels),
  }
}
