import { createRoute, z } from '@hono/zod-openapi'
import { requireOwnQuestion, withdrawOwnQuestion } from '../../domain/tasks/questions/close-questions.ts'
import { askAndWait } from '../kit/ask.ts'
import type { ApiParts } from '../kit/deps.ts'
import { createAgentCtx, readIdempotencyKey } from '../kit/perform.ts'
import { QuestionBody, QuestionJson, toQuestionJson } from '../wire/question.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const common = { security, tags: ['Questions'] }
const params = z.object({ id: z.guid() })
const answer = z.object({ question: QuestionJson })

const ask = createRoute({
  ...common,
  method: 'post',
  path: '/api/questions',
  summary: 'Ask the owner and keep the run',
  description:
    'The question appears in the chat with its options as buttons. With `wait`, the request is held until there is an answer; without one in time, ask again by the ID. The same `key`, or the same open question of the same session, is the same question.',
  request: { body: body(QuestionBody) },
  responses: answers({ status: 201, description: 'The question', schema: answer }, [400, 404, 409, 413, 415]),
})
const read = createRoute({
  ...common,
  method: 'get',
  path: '/api/questions/{id}',
  summary: 'Read a question that you asked, and its answer',
  request: {
    params,
    query: z.object({
      wait: z.coerce
        .number()
        .min(0)
        .max(50)
        .optional()
        .openapi({ type: 'number', description: 'Seconds to wait for the answer' }),
    }),
  },
  responses: answers({ status: 200, description: 'The question', schema: answer }, [400, 404]),
})
const withdraw = createRoute({
  ...common,
  method: 'delete',
  path: '/api/questions/{id}',
  summary: 'Withdraw a question that you asked',
  request: { params },
  responses: answers({ status: 200, description: 'The question', schema: answer }, [404]),
})

/** Adds the routes with which agents ask the owner. */
export function addQuestionRoutes(router: Router, deps: ApiParts): void {
  addRoute(router, ask, async (c) => {
    const { wait = 0, timeout_s: timeoutS, key, ...asking } = c.req.valid('json')
    const named = key ?? readIdempotencyKey(c)
    const question = await askAndWait(
      deps,
      createAgentCtx(deps, c),
      { ...asking, timeoutS, ...(named === null ? {} : { key: named }) },
      { seconds: wait, until: c.req.raw.signal },
    )
    return c.json({ question: toQuestionJson(question) }, 201)
  })

  addRoute(router, read, async (c) => {
    const { id } = await requireOwnQuestion(createAgentCtx(deps, c), c.req.valid('param').id)
    const { wait = 0 } = c.req.valid('query')
    const question = await deps.questions.wait(id, { seconds: wait, until: c.req.raw.signal })
    return c.json({ question: toQuestionJson(question) })
  })

  addRoute(router, withdraw, async (c) => {
    const question = await withdrawOwnQuestion(createAgentCtx(deps, c), c.req.valid('param').id, 'agent')
    return c.json({ question: toQuestionJson(question) })
  })
}
