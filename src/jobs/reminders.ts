import { listTasks } from '../domain/tasks/lists/list.ts'
import type { Task } from '../domain/tasks/task.ts'
import { isDayOnly } from '../domain/time/time.ts'
import { changeState, readState, writeState } from '../telegram/store/bot-state.ts'
import { enqueueCards } from '../telegram/store/messages/living-cards.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { type Job, type JobsDeps, readBound } from './job.ts'

// Remembered in case the clock is set back.
const maxRemembered = 200

type DueTask = Task & { readonly dueAt: Date }

/** Queues one reminder per due time. Due dates without a time are in the digest instead. */
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
    const reminded = (await readState<string[]>(tx, 'reminded')) ?? []
    const due = fresh.filter((task) => !reminded.includes(reminderOf(task)))
    const cards = due.map((task) => ({
      chatId,
      threadId: threadFor(settings, task.project.key),
      taskId: task.id,
      group: { kind: 'due', by: null } as const,
      silent: settings.mutedProjects.includes(task.project.key),
      since: now.toISOString(),
      about: task.dueAt.toISOString(),
    }))
    await enqueueCards(tx, cards, now)
    await writeState(tx, 'reminded', [...reminded, ...due.map(reminderOf)].slice(-maxRemembered), now)
    return now.toISOString()
  })
}

function reminderOf({ id, dueAt }: DueTask): string {
  return `${id} ${dueAt.toISOString()}`
}
