import type { Store } from '../domain/context.ts'
import { markCardsStale } from '../domain/living-cards.ts'
import { gatherMessages, waitingInGroup } from '../domain/message-turns.ts'
import { type BotMessageRow, type NotificationGroup, priorities, requestOf } from '../domain/messages.ts'
import { readCardFacts, type TaskCardFacts } from '../domain/tasks/card.ts'
import { findTasks } from '../domain/tasks/read.ts'
import { maxListed, type NotificationLine, notificationList, reportLine } from '../view/notification-list.ts'
import { toRequest } from '../view/request.ts'
import { stillHolds } from './classify.ts'
import type { Bound } from './render.ts'

const maxSingle = 5
const maxGathered = 100

/**
 * If more than five reports of one kind by one agent wait for one topic, puts one message that lists them in their place. Returns
 * whether it did.
 */
export async function gatherBefore(
  scope: { readonly db: Store; readonly ownerId: string },
  row: BotMessageRow,
  { chatId, now, timeZone }: Bound,
): Promise<boolean> {
  const group = requestOf(row)?.group
  if (group === undefined || row.state !== 'pending' || row.attempts > 0 || row.topic !== null) return false
  const limit = row.rank === priorities.progress ? maxGathered : maxListed
  const waiting = await waitingInGroup(scope.db, { group, threadId: row.threadId, limit })
  if (waiting.length <= maxSingle) return false
  const ids = waiting.flatMap(({ taskId }) => taskId ?? [])
  const tasks = await readCardFacts(scope, await findTasks(scope, ids))
  const reports = waiting.flatMap((waits) => {
    const line = lineOf(waits, group, tasks, { now, timeZone })
    return line === null ? [] : [{ row: waits, line }]
  })
  if (reports.length <= maxSingle) return false
  const { topic, card } = notificationList(
    group,
    reports.map(({ line }) => line),
  )
  const silent = reports.every((report) => isSilent(report.row))
  await gatherMessages(
    scope.db,
    reports.map((report) => report.row.id),
    { topic, request: toRequest(card, { silent }) },
  )
  await markCardsStale(
    scope.db,
    chatId,
    tasks.map(({ id }) => id),
    now,
  )
  return true
}

/** The line of a report in a list; null for one that doesn't hold any more. */
function lineOf(
  row: BotMessageRow,
  group: NotificationGroup,
  tasks: readonly TaskCardFacts[],
  reader: Pick<Bound, 'now' | 'timeZone'>,
): NotificationLine | null {
  const request = requestOf(row)
  if (request === null) return null
  if (request.method !== 'card') return { html: { html: request.line ?? '' }, task: null }
  const task = tasks.find(({ id }) => id === row.taskId)
  if (task === undefined || !stillHolds(group.kind, task)) return null
  return { html: reportLine(task, group.kind, reader), task }
}

function isSilent(row: BotMessageRow): boolean {
  const request = requestOf(row)
  if (request === null) return true
  return request.method === 'card' ? request.silent : request.parameters.disable_notification === true
}
