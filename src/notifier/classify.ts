import type { BoardEvent } from '../domain/core/events.ts'
import type { TaskStatus } from '../domain/core/task-values.ts'
import type { NotificationLevel } from '../domain/settings/setting-specs.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { type TurnFacts, turnOf } from '../domain/turn.ts'
import type { ReportKind } from '../telegram/store/stored-request.ts'

/** What an agent, or the board itself, did to a task. */
export type TaskChange =
  | 'asked'
  | 'ready'
  | 'done'
  | 'result'
  | 'created'
  | 'started'
  | 'moved'
  | 'changed'
  | 'deleted'

/** All events of one task as one change, however many events one action made. */
export interface ClassifiedTask {
  readonly taskKey: string
  readonly title: string
  readonly change: TaskChange
  /** Who did it, as the event names the actor. */
  readonly actor: string
  /** The token of the agent who did it. */
  readonly tokenId?: string
  /** Whether a result, a plan or a reason was written along. */
  readonly reported: boolean
  /** When it happened. */
  readonly at: Date
}

/** What a run of events comes to. */
export interface Classified {
  readonly tasks: readonly ClassifiedTask[]
  /** Work logs that an agent wrote by hand on no task. */
  readonly logs: readonly (Pick<ClassifiedTask, 'actor' | 'tokenId' | 'at'> & { readonly logId: string })[]
  /** The owner's comments that an agent has fetched. */
  readonly fetched: readonly { readonly logId: string; readonly taskKey: string }[]
  /** Keys of the tasks that only the owner changed: their cards follow, and nothing is reported. */
  readonly changedByOwner: readonly string[]
}

/** Classifies events in order. What the owner did is never reported to the owner. */
export function classify(events: readonly BoardEvent[]): Classified {
  const tasks = new Map<string, ClassifiedTask>()
  const logs: Classified['logs'][number][] = []
  const fetched: Classified['fetched'][number][] = []
  const byOwner = new Set<string>()
  for (const event of events) {
    const taskKey = taskKeyOf(event)
    const { actor, tokenId } = event.payload
    const by = { actor, ...(tokenId === undefined ? {} : { tokenId }) }
    if (actor === 'owner') {
      if (taskKey !== null) byOwner.add(taskKey)
    } else if (event.type === 'WORKLOG_UPDATED' && event.payload.kind === 'comment') {
      if (taskKey !== null) fetched.push({ logId: event.entityId, taskKey })
    } else if (taskKey !== null) {
      const before = tasks.get(taskKey)
      const next = { taskKey, ...by, at: event.createdAt, change: changeOf(event), ...wordsOf(event, before) }
      tasks.set(taskKey, merge(before, next))
    } else if (event.type === 'WORKLOG_CREATED' && event.payload.kind === 'manual') {
      logs.push({ logId: event.entityId, ...by, at: event.createdAt })
    }
  }
  const changedByOwner = [...byOwner].filter((key) => !tasks.has(key))
  return { tasks: [...tasks.values()], logs, fetched, changedByOwner }
}

function taskKeyOf(event: BoardEvent): string | null {
  if (event.type.startsWith('TASK')) return event.entityId
  return 'taskKey' in event.payload ? event.payload.taskKey : null
}

function wordsOf(
  event: BoardEvent,
  before: ClassifiedTask | undefined,
): Pick<ClassifiedTask, 'title' | 'reported'> {
  const isTask = event.type.startsWith('TASK') && 'title' in event.payload
  const reports = event.type === 'WORKLOG_CREATED' && /^(?:result|plan|blocked)$/.test(event.payload.kind)
  return {
    title: isTask ? String(event.payload.title) : (before?.title ?? ''),
    reported: reports || (before?.reported ?? false),
  }
}

function changeOf(event: BoardEvent): TaskChange {
  switch (event.type) {
    case 'TASK_CREATED':
      return 'created'
    case 'TASK_STATUS_CHANGED': {
      const { lifecycle, to } = event.payload
      if (lifecycle === 'block' || lifecycle === 'plan') return 'asked'
      return to === 'ready' || to === 'done' ? to : 'moved'
    }
    case 'TASK_UPDATED': {
      if (event.payload.lifecycle === 'block' || event.payload.lifecycle === 'plan') return 'asked'
      return event.payload.runState?.to === 'running' ? 'started' : 'changed'
    }
    case 'TASK_DELETED':
      return 'deleted'
    case 'WORKLOG_CREATED': {
      const { kind } = event.payload
      if (kind === 'blocked' || kind === 'plan') return 'asked'
      return kind === 'result' ? 'result' : 'changed'
    }
    default:
      return 'changed'
  }
}

const weights: Record<TaskChange, number> = {
  changed: 0,
  moved: 1,
  started: 2,
  created: 3,
  result: 4,
  done: 5,
  ready: 6,
  asked: 7,
  deleted: 8,
}

const states: readonly TaskChange[] = ['asked', 'ready', 'done']

// A move ends the state before it; anything else counts only if it matters more than what was there.
function merge(before: ClassifiedTask | undefined, next: ClassifiedTask): ClassifiedTask {
  if (before === undefined || weights[next.change] >= weights[before.change]) return next
  const ends = (next.change === 'moved' || states.includes(next.change)) && states.includes(before.change)
  return ends ? next : { ...before, reported: next.reported, at: next.at }
}

// How long an action that asks may take until its events are written.
const maxActionMs = 5_000

/** What is worth a new card about a changed task, as the task is now; null if its living card is enough. */
export function reportOf(
  { change, at }: Pick<ClassifiedTask, 'change' | 'at'>,
  task: TurnFacts,
): ReportKind | null {
  const turn = turnOf(task)
  const { question } = task
  // A plan may come with any change, and is a question all the same.
  if (question !== null && Math.abs(at.getTime() - question.askedAt.getTime()) <= maxActionMs)
    return turn === 'question' ? 'needs-you' : null
  switch (change) {
    case 'asked':
    case 'ready':
      return turn === 'question' || turn === 'review' ? 'needs-you' : null
    case 'done':
      return task.status === 'done' ? 'finished' : null
    case 'created':
      return turn === 'closed' ? null : 'new'
    case 'started':
    case 'result':
      return turn === 'closed' ? null : 'changed'
    default:
      return null
  }
}

/** Whether a report is still worth a sound: what the owner has dealt with in the meantime is not. */
export function stillHolds(kind: ReportKind, task: TurnFacts & { readonly status: TaskStatus }): boolean {
  const turn = turnOf(task)
  if (kind === 'needs-you') return turn === 'question' || turn === 'review'
  return kind === 'finished' ? task.status === 'done' : turn !== 'closed'
}

/** How loud a report is for a project. */
export function loudnessOf(
  kind: ReportKind,
  projectKey: string | null,
  settings: Pick<OwnerSettings, 'notify' | 'mutedProjects'>,
): NotificationLevel {
  const { needsYou, finished, info } = settings.notify
  // Deletions are reported even from muted projects: the owner may want the task back.
  if (kind === 'deleted') return needsYou
  const isMuted = projectKey !== null && settings.mutedProjects.includes(projectKey)
  if (isMuted && kind !== 'needs-you') return 'off'
  return kind === 'needs-you' ? needsYou : kind === 'finished' ? finished : info
}

/** The events up to the end of an action: those of one action have one time, and the last of a full page may have siblings. */
export function wholeActions(events: readonly BoardEvent[], pageSize: number): readonly BoardEvent[] {
  const last = events.at(-1)
  if (last === undefined || events.length < pageSize) return events
  const at = last.createdAt.getTime()
  // Others at the same time may share it: only the end of the page may be left for the next one.
  const end = events.findLastIndex((event) => event.createdAt.getTime() !== at) + 1
  return end > 0 ? events.slice(0, end) : events
}
