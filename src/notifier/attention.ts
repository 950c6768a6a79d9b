import type { BoardEvent } from '../domain/events.ts'
import type { NotificationLevel } from '../domain/setting-specs.ts'
import type { OwnerSettings } from '../domain/settings.ts'
import type { TaskStatus } from '../domain/tasks/task.ts'
import type { Happening } from '../view/news.ts'

/** How much of the owner's attention something wants. */
export type Attention = 'needs-you' | 'finished' | 'info'

/** What happened to one task, from all events of it: one piece of news, however many events one action made. */
export interface TaskNews {
  readonly taskKey: string
  readonly title: string
  readonly what: Happening | 'deleted'
  /** Who did it, as the event says. */
  readonly actor: string
  /** Whether a result, a plan or a reason was written along. */
  readonly reported: boolean
}

/** A work log that an agent wrote by hand. */
interface LogNews {
  readonly logId: string
  readonly taskKey: string | null
  readonly actor: string
}

/** What a stretch of events comes to. */
export interface Weighed {
  readonly tasks: readonly TaskNews[]
  readonly logs: readonly LogNews[]
  /** Comments of the owner's that an agent has fetched. */
  readonly fetched: readonly { readonly logId: string; readonly taskKey: string }[]
  /** Keys of the tasks that changed by the owner alone: their cards follow, but nothing is said. */
  readonly changedByOwner: readonly string[]
}

/** Weighs events in order. What the owner did himself is no news to him. */
export function weigh(events: readonly BoardEvent[]): Weighed {
  const news = new Map<string, TaskNews>()
  const logs: LogNews[] = []
  const fetched: Weighed['fetched'][number][] = []
  const byOwner = new Set<string>()
  for (const event of events) {
    const taskKey = taskKeyOf(event)
    const { actor } = event.payload
    if (actor === 'owner') {
      if (taskKey !== null) byOwner.add(taskKey)
    } else if (event.type === 'WORKLOG_CREATED' && event.payload.kind === 'manual') {
      logs.push({ logId: event.entityId, taskKey, actor })
    } else if (event.type === 'WORKLOG_UPDATED' && event.payload.kind === 'comment') {
      if (taskKey !== null) fetched.push({ logId: event.entityId, taskKey })
    } else if (taskKey !== null) {
      const before = news.get(taskKey)
      const after = merge(before, { taskKey, actor, what: happeningOf(event), ...told(event, before) })
      news.set(taskKey, after)
    }
  }
  const changedByOwner = [...byOwner].filter((key) => !news.has(key))
  return { tasks: [...news.values()], logs, fetched, changedByOwner }
}

function taskKeyOf(event: BoardEvent): string | null {
  if (event.type.startsWith('TASK')) return event.entityId
  return 'taskKey' in event.payload ? event.payload.taskKey : null
}

function told(event: BoardEvent, before: TaskNews | undefined): Pick<TaskNews, 'title' | 'reported'> {
  const isTask = event.type.startsWith('TASK') && 'title' in event.payload
  const reports = event.type === 'WORKLOG_CREATED' && /^(?:result|plan|blocked)$/.test(event.payload.kind)
  return {
    title: isTask ? String(event.payload.title) : (before?.title ?? ''),
    reported: reports || (before?.reported ?? false),
  }
}

function happeningOf(event: BoardEvent): TaskNews['what'] {
  switch (event.type) {
    case 'TASK_CREATED':
      return 'created'
    case 'TASK_STATUS_CHANGED': {
      const { lifecycle, to } = event.payload
      if (lifecycle === 'block') return 'blocked'
      return to === 'ready' || to === 'done' ? to : 'moved'
    }
    case 'TASK_UPDATED': {
      if (event.payload.lifecycle === 'block') return 'blocked'
      return event.payload.runState?.to === 'running' ? 'started' : 'changed'
    }
    case 'TASK_DELETED':
      return 'deleted'
    case 'WORKLOG_CREATED': {
      const { kind } = event.payload
      return kind === 'blocked' || kind === 'result' || kind === 'plan' ? kind : 'changed'
    }
    default:
      return 'changed'
  }
}

const weights: Record<TaskNews['what'], number> = {
  changed: 0,
  moved: 1,
  started: 2,
  plan: 3,
  created: 4,
  result: 5,
  done: 6,
  ready: 7,
  blocked: 8,
  deleted: 9,
}

const states: readonly TaskNews['what'][] = ['blocked', 'ready', 'done']

// A move ends the state that came before it; anything else tells only where it matters more than what was there.
function merge(before: TaskNews | undefined, next: TaskNews): TaskNews {
  if (before === undefined || weights[next.what] >= weights[before.what]) return next
  const ends = (next.what === 'moved' || states.includes(next.what)) && states.includes(before.what)
  return ends ? next : { ...before, reported: next.reported }
}

/** How much attention a happening wants. */
export function attentionOf(what: TaskNews['what']): Attention {
  if (what === 'blocked' || what === 'ready') return 'needs-you'
  return what === 'done' || what === 'result' ? 'finished' : 'info'
}

/** Whether the owner still needs to hear of it: what he has dealt with meanwhile is only a change. */
export function stillHolds(what: Happening, status: TaskStatus): boolean {
  if (what === 'blocked') return status === 'hold'
  if (what === 'ready') return status === 'ready'
  return true
}

/** How loud news of a kind is for a project. */
export function loudnessOf(
  attention: Attention,
  projectKey: string | null,
  settings: Pick<OwnerSettings, 'notify' | 'mutedProjects'>,
): NotificationLevel {
  if (projectKey !== null && settings.mutedProjects.includes(projectKey)) return 'off'
  const { needsYou, finished, info } = settings.notify
  return attention === 'needs-you' ? needsYou : attention === 'finished' ? finished : info
}

/** The events up to the end of an action: those of one action have one time, and the last of a full page may have siblings. */
export function wholeActions(events: readonly BoardEvent[], pageSize: number): readonly BoardEvent[] {
  const last = events.at(-1)
  if (last === undefined || events.length < pageSize) return events
  const at = last.createdAt.getTime()
  // Others at once may have had the same time: nothing but the end of the page may be left for the next.
  const end = events.findLastIndex((event) => event.createdAt.getTime() !== at) + 1
  return end > 0 ? events.slice(0, end) : events
}
