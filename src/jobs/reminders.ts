import { changeState, readState, writeState } from '../domain/bot-state.ts'
import { queueMessages } from '../domain/messages.ts'
import { threadFor } from '../domain/project-topics.ts'
import { listTasks } from '../domain/tasks/list.ts'
import type { Task } from '../domain/tasks/task.ts'
import { isDayOnly } from '../domain/time.ts'
import { dueNotice } from '../view/notices.ts'
import { toRequest } from '../view/request.ts'
import { type Job, type JobsDeps, readBound } from './job.ts'

// So many reminders are remembered, for the clock may be set back to before they were due.
const maxTold = 200

type DueTask = Task & { readonly dueAt: Date }

/** Reminds of each due time once; a date without a time is the digest's. */
export const remindersJob: Job = { name: 'reminders', everyMinutes: 1, run: remind }

async function remind({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<string>(store, 'reminded_until', now, async (tx, until) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null || until === undefined) return now.toISOString()
    const { chatId, timeZone } = settings
    const overdue = await listTasks(scope, {
      statuses: ['inbox', 'todo', 'hold', 'ready'],
      dueBefore: new Date(now.getTime() + 1),
    })
    const isNew = (task: Task): task is DueTask =>
      task.dueAt !== null && task.dueAt > new Date(until) && !isDayOnly(task.dueAt, timeZone)
    const fresh = overdue.filter(isNew)
    if (fresh.length === 0) return now.toISOString()
    const told = (await readState<string[]>(tx, 'reminded')) ?? []
    const due = fresh.filter((task) => !told.includes(reminderOf(task)))
    const messages = due.map((task) => {
      const { card, line } = dueNotice(task, { now, timeZone })
      const request = toRequest(card, { line, silent: settings.mutedProjects.includes(task.project.key) })
      const threadId = threadFor(settings, task.project.key)
      return { chatId, threadId, purpose: 'news', taskId: task.id, request, rank: 1 } as const
    })
    await queueMessages(tx, messages, now)
    await writeState(tx, 'reminded', [...told, ...due.map(reminderOf)].slice(-maxTold), now)
    return now.toISOString()
  })
}

function reminderOf({ id, dueAt }: DueTask): string {
  return `${id} ${dueAt.toISOString()}`
}
