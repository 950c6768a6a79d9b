import type { Store } from '../domain/core/context.ts'
import { readCardFacts, type TaskCardFacts } from '../domain/tasks/card.ts'
import { findTasks } from '../domain/tasks/read.ts'
import type { Task } from '../domain/tasks/task.ts'
import { markCardsStale } from '../telegram/store/messages/living-cards.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import { gatherMessages, waitingInGroup } from '../telegram/store/messages/queue.ts'
import type { NotificationGroup } from '../telegram/store/messages/stored-request.ts'
import { toRequest } from '../view/kit/request.ts'
import { maxListed, type NotificationLine, notificationList, reportLine } from '../view/notifications/list.ts'
import { stillHolds } from './classify.ts'
import type { Bound } from './render.ts'

const maxSingle = 5
// The most messages to combine. After a flood, the rest becomes the next list.
const maxGathered = 1_000

/** Combines more than five waiting reports of one kind, token and topic into one list. Returns whether it did. */
export async function gatherBefore(
  scope: { readonly db: Store; readonly ownerId: string },
  row: BotMessageRow,
  { chatId, now, timeZone }: Bound,
): Promise<boolean> {
  const { group, sender } = row.request ?? {}
  if (group === undefined || row.state !== 'pending' || row.attempts > 0 || row.topic !== null) return false
  const query = { group, sender, threadId: row.threadId, limit: maxGathered }
  const waiting = await waitingInGroup(scope.db, query)
  if (waiting.length <= maxSingle) return false
  const ids = waiting.flatMap(({ taskId }) => taskId ?? [])
  const tasks = new Map((await findTasks(scope, ids)).map((task) => [task.id, task]))
  const reports = waiting.filter((report) => stillReports(report, group, tasks))
  if (reports.length <= maxSingle) return false
  const shown = reports.slice(0, maxListed)
  const cards = await readCardFacts(
    scope,
    shown.flatMap(({ taskId }) => tasks.get(taskId ?? '') ?? []),
  )
  const lines = shown.map((report) => lineOf(report, group, cards, { now, timeZone }))
  const last = (reports.at(-1) ?? row).request
  const deletion = last?.method === 'card' ? undefined : last?.deletion
  const { topic, card } = notificationList(group, lines, { count: reports.length, deletion })
  const silent = reports.every(isSilent)
  await gatherMessages(
    scope.db,
    reports.map(({ id }) => id),
    { topic, request: { ...toRequest(card, { silent }), ...(sender === undefined ? {} : { sender }) } },
  )
  await markCardsStale(scope.db, chatId, [...tasks.keys()], now)
  return true
}

function stillReports(
  row: BotMessageRow,
  { kind }: NotificationGroup,
  tasks: ReadonlyMap<string, Task>,
): boolean {
  if (row.request?.method !== 'card') return true
  const task = tasks.get(row.taskId ?? '')
  return task !== undefined && stillHolds(kind, task)
}

function lineOf(
  row: BotMessageRow,
  { kind }: NotificationGroup,
  cards: readonly TaskCardFacts[],
  viewer: Pick<Bound, 'now' | 'timeZone'>,
): NotificationLine {
  const request = row.request
  const task = cards.find(({ id }) => id === row.taskId)
  if (request?.method === 'card' && task !== undefined) return { html: reportLine(task, kind, viewer), task }
  return { html: { html: (request?.method !== 'card' && request?.line) || '' }, task: null }
}

function isSilent(row: BotMessageRow): boolean {
  const request = row.request
  if (request === null) return true
  return request.method === 'card' ? request.silent : request.parameters.disable_notification === true
}
