import { createRoute, z } from '@hono/zod-openapi'
import { readEvents } from '../../domain/core/outbox.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { waitFor } from '../kit/wait.ts'
import { Instant } from '../wire/common.ts'
import { Limit } from '../wire/task-query.ts'
import { addRoute, answers, type Router, security } from './route.ts'

const EventJson = z
  .object({
    id: z.string(),
    eventType: z.string(),
    entityType: z.enum(['task', 'worklog', 'project']),
    entityId: z.string(),
    projectId: z.string().nullable(),
    payload: z.record(z.string(), z.unknown()),
    createdAt: Instant,
  })
  .openapi('Event')

const list = createRoute({
  security,
  tags: ['Events'],
  method: 'get',
  path: '/api/events',
  summary: 'List events after a cursor',
  description:
    'Pass `nextCursor` as `after` to continue. With `wait`, the request is held until there is a new event.',
  request: {
    query: z.object({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .openapi({ type: 'integer', description: 'The last event ID you have read; 0 starts at the oldest' }),
      projectId: z.guid().optional(),
      limit: Limit(100).optional(),
      wait: z.coerce
        .number()
        .min(0)
        .max(55)
        .optional()
        .openapi({ type: 'number', description: 'Seconds to hold the request until there is a new event' }),
    }),
  },
  responses: answers(
    {
      status: 200,
      description: 'Events, oldest first, and the cursor for the next request',
      schema: z.object({ events: z.array(EventJson), nextCursor: z.string() }),
    },
    [400],
  ),
})

/** Adds the event route. */
export function addEventRoutes(router: Router, deps: ApiDeps): void {
  addRoute(router, list, async (c) => {
    const scope = createAgentCtx(deps, c)
    const { after = 0, limit = 50, projectId, wait = 0 } = c.req.valid('query')
    const found = await waitFor(deps, { seconds: wait, client: () => c.req.raw.signal }, async () => {
      const events = await readEvents(scope, { after, limit, projectId })
      return events.length === 0 ? null : events
    })
    const events = (found ?? []).map((event) => ({
      id: String(event.id),
      eventType: event.eventType,
      entityType: event.entityType,
      entityId: event.entityId,
      projectId: event.projectId,
      payload: event.payload ?? {},
      createdAt: event.createdAt.toISOString(),
    }))
    return c.json({ events, nextCursor: events.at(-1)?.id ?? String(after) })
  })
}
