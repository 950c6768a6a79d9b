import type { Question } from '../domain/questions/question.ts'
import { findQuestions } from '../domain/questions/store.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { enqueue, type NewMessage } from '../telegram/store/messages/enqueue.ts'
import {
  findDueQuestions,
  linkQuestion,
  unlinkQuestion,
} from '../telegram/store/messages/question-messages.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { toRequest } from '../view/kit/request.ts'
import { questionFile } from '../view/notifications/report-file.ts'
import { type Decider, debounced } from './event-messages.ts'

/**
 * Queues a message for each question that no card shows: those without a task, and further ones of a task. Queues the edit or removal
 * of those that are closed. Returns whether anything was queued.
 */
export async function queueQuestions(
  { store, ownerId, now: clock }: Decider,
  settings: OwnerSettings & { readonly chatId: number },
): Promise<boolean> {
  const now = clock()
  const due = await findDueQuestions(store, ownerId)
  if (due.length === 0) return false
  await store.transaction(async (tx) => {
    const ids = due.map(({ id }) => id)
    for (const question of await findQuestions({ db: tx, ownerId }, ids)) {
      const { messageRow = null } = due.find(({ id }) => id === question.id) ?? {}
      if (messageRow === null) {
        const rows = await enqueue(tx, messagesOf(question, settings), now)
        await linkQuestion(tx, question.id, rows.at(-1) ?? 0)
      } else {
        // The bot itself shows what the owner answered.
        const isShown = question.answeredBy === 'chat'
        await unlinkQuestion(tx, { id: question.id, messageRow }, isShown ? debounced(now) : now)
      }
    }
  })
  return true
}

/** The question's message, after a file with what doesn't fit. A question that can't be answered elsewhere comes even if needs-you is off. */
function messagesOf(question: Question, settings: OwnerSettings & { readonly chatId: number }): NewMessage[] {
  const { chatId } = settings
  const { id, taskId, tokenId, name, askedAt } = question
  const sender = tokenId === null ? {} : { sender: tokenId }
  const threadId = threadFor(settings, projectOf(question))
  const to = { chatId, threadId, taskId, priority: 'urgent' } as const
  const long = questionFile(question)
  const request = {
    method: 'card',
    group: { kind: 'needs-you', by: name },
    ...sender,
    silent: settings.notify.needsYou !== 'loud',
    since: askedAt.toISOString(),
  } as const
  return [
    ...(long === null
      ? []
      : [
          {
            ...to,
            purpose: 'notification' as const,
            request: { ...toRequest(long.caption, { silent: true, file: long.file }), ...sender },
          },
        ]),
    { ...to, purpose: 'question', topic: { kind: 'question', questionId: id }, request },
  ]
}

function projectOf({ taskKey }: Question): string | null {
  return taskKey === null ? null : taskKey.slice(0, taskKey.lastIndexOf('-'))
}
