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

  async function watch(): Promise<void> {
    isWatching = true
    while (waiting.size > 0 && !signal.aborted) {
      // Subscribe before checking, so an answer in between still wakes us.
      const trigger = wakeup.wait(recheckMs, signal)
      await check()
      await trigger
    }
    isWatching = false
  }

  async function check(): Promise<void> {
    try {
      const { closed, isDue } = await findWatched({ db, ownerId }, [...waiting.keys()], now())
      for (const id of closed) for (const wake of waiting.get(id) ?? []) wake()
      if (isDue) await expireQuestions(createCtx({ db, ownerId, actor: { kind: 'system' }, now }))
    } catch (error) {
      log.warn({ err: error }, "couldn't look for answers; trying again in a second")
    }
  }

  const read = async (id: string) => {
    const [question] = await findQuestions({ db, ownerId }, [id])
    if (question === undefined) throw new Error(`question ${id} is gone`)
    if (question.answer !== null && question.fetchedAt === null) await markFetched(db, [id], now())
    return question
  }

  return {
    read,
    wait: async (id, { seconds, until }) => {
      await new Promise<void>((resolve) => {
        const ends = [signal, until]
        const wake = () => {
          clearTimeout(timer)
          for (const end of ends) end.removeEventListener('abort', wake)
          const others = waiting.get(id)
          others?.delete(wake)
          if (others?.size === 0) waiting.delete(id)
          resolve()
        }
        const timer = setTimeout(wake, seconds * 1_000)
        if (seconds <= 0 || ends.some(({ aborted }) => aborted)) return wake()
        for (const end of ends) end.addEventListener('abort', wake, { once: true })
        waiting.set(id, (waiting.get(id) ?? new Set()).add(wake))
        // Its answer may have come before it was watched.
        void (isWatching ? check() : watch())
      })
      return read(id)
    },
  }
}
