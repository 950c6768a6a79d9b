import { createCtx } from '../../domain/core/context.ts'
import { findQuestions, findWatched, markFetched } from '../../domain/questions/store.ts'
import { expireQuestions } from '../../domain/tasks/questions/close-questions.ts'
import type { ApiDeps, QuestionWaits } from './deps.ts'

const recheckMs = 1_000

/** Builds the waits of a process. */
export function createQuestionWaits(
  deps: Pick<ApiDeps, 'db' | 'ownerId' | 'now' | 'wakeup' | 'signal' | 'log'>,
): QuestionWaits {
  const { db, ownerId, now, wakeup, signal, log } = deps
  const waiting = new Map<string, Set<() => void>>()
  let isWatching = false
  // One listener for all of them.
  signal.addEventListener('abort', () => {
    for (const wakes of [...waiting.values()]) for (const wake of [...wakes]) wake()
  })

  async function watch(): Promise<void> {
    isWatching = true
    while (waiting.size > 0 && !signal.aborted) {
      // Subscribe before checking, so an answer in between still wakes us.
      const trigger = wakeup.wait(recheckMs, signal)
      await check([...waiting.keys()])
      await trigger
    }
    isWatching = false
  }

  async function check(ids: readonly string[]): Promise<void> {
    try {
      const { closed, isDue } = await findWatched({ db, ownerId }, ids, now())
      for (const id of closed) for (const wake of [...(waiting.get(id) ?? [])]) wake()
      if (isDue) await expireQuestions(createCtx({ db, ownerId, actor: { kind: 'system' }, now }))
    } catch (error) {
      log.warn({ err: error }, "couldn't look for answers; trying again in a second")
    }
  }

  return {
    wait: async (id, { seconds, until }) => {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          until.removeEventListener('abort', wake)
          const others = waiting.get(id)
          others?.delete(wake)
          if (others?.size === 0) waiting.delete(id)
          resolve()
        }
        const timer = setTimeout(wake, seconds * 1_000)
        if (seconds <= 0 || signal.aborted || until.aborted) return wake()
        until.addEventListener('abort', wake, { once: true })
        waiting.set(id, (waiting.get(id) ?? new Set()).add(wake))
        // Its answer may have come before it was watched.
        void (isWatching ? check([id]) : watch())
      })
      const [question] = await findQuestions({ db, ownerId }, [id])
      if (question === undefined) throw new Error(`question ${id} is gone`)
      const isReceived = question.answer !== null && question.fetchedAt === null && !until.aborted
      if (isReceived) await markFetched(db, id, now())
      return question
    },
  }
}
