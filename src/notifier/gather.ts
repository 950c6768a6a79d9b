import type { Store } from '../domain/context.ts'
import { gatherMessages, waitingNews } from '../domain/message-turns.ts'
import type { BotMessageRow, StoredRequest } from '../domain/messages.ts'
import { findTasks } from '../domain/tasks/read.ts'
import type { Task } from '../domain/tasks/task.ts'
import { statusSign } from '../view/names.ts'
import { changeLine, type NewsGroup, type NewsLine, newsList } from '../view/news-list.ts'
import { toRequest } from '../view/request.ts'
import { ranks } from './decide.ts'

const most = 5
// Twenty lines of two hundred characters fit one message.
const mostInOne = 20

/**
 * Where more than five pieces of news of one kind wait for one topic, puts one message that lists them in their place. Returns whether it did.
 */
export async function gatherBefore(
  scope: { readonly db: Store; readonly ownerId: string },
  row: BotMessageRow,
): Promise<boolean> {
  const group = groupOf(row)
  if (group === null || row.attempts > 0 || row.topic !== null) return false
  const waiting = await waitingNews(scope.db, {
    rank: row.rank,
    threadId: row.threadId,
    limit: mostInOne,
  })
  if (waiting.length <= most) return false
  const tasks = await findTasks(
    scope,
    waiting.flatMap(({ taskId }) => taskId ?? []),
  )
  const list = newsList(group, linesOf(waiting, tasks))
  const silent = waiting.every(isSilent)
  await gatherMessages(
    scope.db,
    waiting.map(({ id }) => id),
    { topic: list.topic, request: toRequest(list.card, { silent }) },
  )
  return true
}

function groupOf({ purpose, rank, state }: BotMessageRow): NewsGroup | null {
  if (state !== 'pending' || (purpose !== 'news' && purpose !== 'card')) return null
  if (rank === ranks['needs-you']) return 'needs-you'
  return rank === ranks.finished ? 'finished' : 'changed'
}

/** A line for each task, the last word on it; news without a task has a line each. */
function linesOf(waiting: readonly BotMessageRow[], tasks: readonly Task[]): NewsLine[] {
  const lines = new Map<string, NewsLine>()
  for (const row of waiting) {
    const task = tasks.find(({ id }) => id === row.taskId) ?? null
    const stored = (row.request as unknown as StoredRequest | null)?.line
    const html =
      stored !== undefined
        ? { html: stored }
        : task === null
          ? null
          : changeLine(task, statusSign[task.status])
    if (html !== null) lines.set(task?.id ?? `row ${row.id}`, { html, task })
  }
  return [...lines.values()]
}

function isSilent(row: BotMessageRow): boolean {
  const request = row.request as unknown as StoredRequest | null
  return request === null || request.parameters.disable_notification === true
}
