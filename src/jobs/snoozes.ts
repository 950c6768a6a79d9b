import {
  endAnnouncedSnoozes,
  endSnoozes,
  lockDueSnoozes,
  setSnoozeMessage,
} from '../domain/tasks/edit/snooze.ts'
import { findTasks } from '../domain/tasks/read.ts'
import type { Task } from '../domain/tasks/task.ts'
import { enqueueCards, type NewCard } from '../telegram/store/messages/living-cards.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

const maxAtOnce = 50

/** Ends snoozes that are due, with one message per task. Sends none if the owner has turned notifications off. */
export const snoozesJob: Job = { name: 'snoozes', everyMinutes: 1, run: bringBack }

async function bringBack({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await store.transaction(async (tx) => {
    await endAnnouncedSnoozes(tx)
    const settings = await readBound({ db: tx, ownerId })
    const due = await lockDueSnoozes(tx, { ownerId, now, limit: maxAtOnce })
    if (settings === null || settings.notify.needsYou === 'off') return endSnoozes(tx, due)
    const back = (await findTasks({ db: tx, ownerId }, due)).filter(({ project }) => !project.deleted)
    const cards = back.map((task) => returnedCard(task, settings, now))
    const ids = await enqueueCards(tx, cards, now)
    for (const [index, { id }] of back.entries()) {
      const messageId = ids[index]
      if (messageId !== undefined) await setSnoozeMessage(tx, id, messageId)
    }
    await endSnoozes(
      tx,
      due.filter((id) => !back.some((task) => task.id === id)),
    )
  })
}

/** Builds the card of a returning task. It isn't silent, because the owner asked for it. */
function returnedCard(task: Task, settings: BoundSettings, now: Date): NewCard {
  const { chatId, mutedProjects, notify } = settings
  return {
    chatId,
    threadId: threadFor(settings, task.project.key),
    taskId: task.id,
    group: { kind: 'returned', by: null },
    silent: notify.needsYou === 'silent' || mutedProjects.includes(task.project.key),
    since: now.toISOString(),
  }
}
