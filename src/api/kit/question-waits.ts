import { createCtx } from '../../domain/core/context.ts'
import { findQuestions, findWatched, markFetched } from '../../domain/questions/store.ts'
import { expireQuestions } from '../../domain/tasks/questions/close-questions.ts'
import type { ApiDeps, QuestionWaits } from './deps.ts'
import { createSharedWaits } from './shared-waits.ts'

/** Builds the waits of a process for answers. */
export function createQuestionWaits(
  deps: Pick<ApiDeps, 'db' | 'ownerId' | 'now' | 'wakeup' | 'signal' | 'log'>,
): QuestionWaits {
  const { db, ownerId, now, log } = deps
  const expire = () => expireQuestions(createCtx({ db, ownerId, actor: { kind: 'system' }, now }))
  const wait = createSharedWaits(deps, async (ids) => {
    const { closed, isDue } = await findWatched({ db, ownerId }, ids, now())
    // A question that can't be expired must not hold up the answers of others.
    if (isDue)
      await expire().catch((error: unknown) =>
        log.warn({ err: error }, "couldn't end questions whose time is up; trying again in a second"),
      )
    return closed
  })
  return {
    wait: async (id, waiting) => {
      await wait(id, waiting)
      const [question] = await findQuestions({ db, ownerId }, [id])
      if (question === undefined) throw new Error(`question ${id} is gone`)
      const isReceived = question.answer !== null && question.fetchedAt === null && !waiting.until.aborted
      if (isReceived) await markFetched(db, id, now())
      return question
    },
  }
}
