import { hourMs } from '../domain/core/durations.ts'
import type { BoardEvent } from '../domain/core/events.ts'
import type { TaskStatus } from '../domain/core/task-values.ts'
import type { OpenQuestion } from '../domain/questions/question.ts'
import type { NotificationLevel } from '../domain/settings/setting-specs.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { type TurnFacts, turnOf } from '../domain/turn.ts'
import type { ReportKind } from '../telegram/store/messages/stored-request.ts'

/** What an agent or the board itself did to a task. */
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

type KnownEvent = Exclude<BoardEvent, { readonly type: 'other' }>

/** All events of one task as one change. */
export interface ClassifiedTask {
  readonly taskKey: string
  readonly title: string
  readonly change: TaskChange
  /** The event's actor. */
  readonly actor: string
  /** The agent's token. */
  readonly tokenId?: string
  /** Whether a result, plan, reason or question came with the change. */
  readonly reported: boolean
  readonly at: Date
}

/** The result of classifying a batch of events. */
export interface Classified {
  readonly tasks: readonly ClassifiedTask[]
  /** An agent's manual work logs that belong to no task. */
  readonly logs: readonly (Pick<ClassifiedTask, 'actor' | 'tokenId' | 'at'> & { readonly logId: string })[]
  /** The owner's comments that an agent has fetched. */
  readonly fetched: readonly { readonly logId: string; readonly taskKey: string }[]
  /** Keys of tasks that only the owner or another program changed. Their cards are edited, and nothing is reported. */
  readonly changedQuietly: readonly string[]
}

/** Classifies events in order. The owner's own changes are never reported. */
export function classify(events: readonly BoardEvent[]): Classified {
  const tasks = new Map<string, ClassifiedTask>()
  const logs: Classified['logs'][number][] = []
  const fetched: Classified['fetched'][number][] = []
  const quiet = new Set<string>()
  for (const event of events) {
    if (event.type === 'other') {
      if (event.entityType === 'task') quiet.add(event.entityId)
      continue
    }
    const taskKey = taskKeyOf(event)
    const { actor, tokenId } = event.payload
    const by = { actor, ...(tokenId === undefined ? {} : { tokenId }) }
    if (actor === 'owner') {
      if (taskKey !== null) quiet.add(taskKey)
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
  const changedQuietly = [...quiet].filter((key) => !tasks.has(key))
  return { tasks: [...tasks.values()], logs, fetched, changedQuietly }
}

function taskKeyOf(event: KnownEvent): string | null {
  if (event.type.startsWith('TASK')) return event.entityId
  return 'taskKey' in event.payload ? event.payload.taskKey : null
}

function wordsOf(
  event: KnownEvent,
  before: ClassifiedTask | undefined,
): Pick<ClassifiedTask, 'title' | 'reported'> {
  const isTask = event.type.startsWith('TASK') && 'title' in event.payload
  const reports =
    event.type === 'WORKLOG_CREATED'
      ? /^(?:result|plan|blocked)$/.test(event.payload.kind)
      : event.type === 'TASK_UPDATED' && event.payload.lifecycle === 'ask'
  return {
    title: isTask ? String(event.payload.title) : (before?.title ?? ''),
    reported: reports || (before?.reported ?? false),
  }
}

function changeOf(event: KnownEvent): TaskChange {
  switch (event.type) {
    case 'TASK_CREATED':
      return 'created'
    case 'TASK_STATUS_CHANGED': {
      const { lifecycle, to } = event.payload
      if (lifecycle === 'block' || lifecycle === 'plan') return 'asked'
      return to === 'ready' || to === 'done' ? to : 'moved'
    }
    case 'TASK_UPDATED': {
      if (/^(?:block|plan|ask)$/.test(event.payload.lifecycle ?? '')) return 'asked'
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

const importance: Record<TaskChange, number> = {
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

// A move ends an earlier state; any other change replaces the earlier one only if it is at least as important.
function merge(before: ClassifiedTask | undefined, next: ClassifiedTask): ClassifiedTask {
  if (before === undefined || importance[next.change] >= importance[before.change]) return next
  const ends = (next.change === 'moved' || states.includes(next.change)) && states.includes(before.change)
  return ends ? next : { ...before, reported: next.reported, at: next.at }
}

// An action that asks a question writes its events within this time.
const maxActionMs = 5_000

/** Tests whether a change asked this question. */
export function isJustAsked({ askedAt }: Pick<OpenQuestion, 'askedAt'>, at: Date): boolean {
  return Math.abs(at.getTime() - askedAt.getTime()) <= maxActionMs
}

/** Returns the report to post as a new card; null if editing the living card is enough. */
export function reportOf(
  { change, at }: Pick<ClassifiedTask, 'change' | 'at'>,
  task: TurnFacts,
): ReportKind | null {
  const turn = turnOf(task)
  const { question } = task
  // A plan that comes with another change is still a question.
  if (question !== null && isJustAsked(question, at)) return turn === 'question' ? 'needs-you' : null
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

/** Returns whether a report is still true. The owner may have acted in the meantime. */
export function stillHolds(kind: ReportKind, task: TurnFacts & { readonly status: TaskStatus }): boolean {
  const turn = turnOf(task)
  if (kind === 'needs-you') return turn === 'question' || turn === 'review'
  return kind === 'finished' ? task.status === 'done' : turn !== 'closed'
}

// Progress on a task whose card is older than this posts a new card.
const cardLifetimeMs = 48 * hourMs

/** Tests whether a report is only progress. */
export function isProgress(kind: ReportKind): boolean {
  return kind === 'new' || kind === 'changed'
}

/** Returns whether a card that the chat shows, or is about to, is enough for a report: progress only edits it. */
export function isEditEnough(
  kind: ReportKind,
  { sentAt }: { readonly sentAt: Date | null },
  now: Date,
): boolean {
  return isProgress(kind) && (sentAt === null || now.getTime() - sentAt.getTime() <= cardLifetimeMs)
}

/** Returns how noticeable a report about this project is. */
export function loudnessOf(
  kind: ReportKind,
  projectKey: string | null,
  settings: Pick<OwnerSettings, 'notify' | 'mutedProjects'>,
): NotificationLevel {
  const { needsYou, finished, info } = settings.notify
  // Deletions are reported even from muted projects, so the owner can restore the task.
  if (kind === 'deleted') return needsYou
  const isMuted = projectKey !== null && settings.mutedProjects.includes(projectKey)
  if (isMuted && kind !== 'needs-you') return 'off'
  return kind === 'needs-you' ? needsYou : kind === 'finished' ? finished : info
}

/** Cuts a full page at the end of an action: its events share one timestamp, and more of them may be on the next page. */
export function wholeActions(events: readonly BoardEvent[], pageSize: number): readonly BoardEvent[] {
  const last = events.at(-1)
  if (last === undefined || events.length < pageSize) return events
  const at = last.createdAt.getTime()
  // If the whole page has one timestamp, it can't be cut.
  const end = events.findLastIndex((event) => event.createdAt.getTime() !== at) + 1
  return end > 0 ? events.slice(0, end) : events
}
