import { messagesOfComments } from '../domain/tasks/notes/feedback.ts'
import { takeUnheard } from '../domain/tasks/notes/unheard.ts'
import { enqueue } from '../telegram/store/messages/enqueue.ts'
import { toRequest } from '../view/kit/request.ts'
import { maybeUnheardCard } from '../view/notifications/unheard.ts'
import { type Job, type JobsDeps, readBound } from './job.ts'

/** Tells the owner which comments an agent may not have heard: the process ended before a hook's answer was written. */
export const unheardJob: Job = { name: 'unheard comments', everyMinutes: 1, run: reportUnheard }

async function reportUnheard({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await store.transaction(async (tx) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return
    const { chatId, threadId } = settings
    for (const comment of await takeUnheard(tx, scope, now)) {
      const [written] = await messagesOfComments(scope, [comment])
      const replyTo = written?.chatId === chatId ? written.messageId : undefined
      const request = toRequest(maybeUnheardCard(comment), { silent: true, replyTo })
      const { taskId } = comment
      const message = {
        chatId,
        threadId,
        taskId,
        purpose: 'notification',
        request,
        priority: 'normal',
      } as const
      await enqueue(tx, [message], now)
    }
  })
}
