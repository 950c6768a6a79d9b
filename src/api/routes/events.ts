import { createRoute, z } from '@hono/zod-openapi'
import { entityOf } from '../../domain/events.ts'
import { readEvents } from '../../domain/outbox.ts'
import type { ApiDeps } from '../deps.ts'
import { waitFor } from '../wait.ts'
import { Instant } from '../wire/common.ts'
import { Limit } from '../wire/task-query.ts'
import { addRoute, answers, type Door, security } from './route.ts'

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
  summary: 'Read what happened after a cursor, in order',
  request: {
    query: z.object({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .openapi({ type: 'integer', description: 'The cursor: the last id that was read' }),
      projectId: z.guid().optional(),
      limit: Limit(100).optional(),
      wait: z.coerce
        .number()
        .min(0)
        .max(55)
        .optional()
        .openapi({ type: 'number', description: 'Seconds to wait for something new' }),
    }),
  },
  responses: answers(
    {
      status: 200,
      description: 'The events, and the cursor to go on from',
      schema: z.object({ events: z.array(EventJson), nextCursor: z.string() }),
    },
    [400],
  ),
})

/** Adds the route of events. */
export function addEventRoutes(door: Door, deps: ApiDeps): void {
  const scope = { db: deps.db, ownerId: deps.ownerId }
  addRoute(door, list, async (c) => {
    const { after = 0, limit = 50, projectId, wait = 0 } = c.req.valid('query')
    const found = await waitFor(deps, { seconds: wait, client: () => c.req.raw.signal }, async () => {
      const events = await readEvents(scope, { after, limit, projectId })
      return events.length === 0 ? null : events
    })
    const events = (found ?? []).map((event) => ({
      id: String(event.id),
      eventType: event.type,
      entityType: entityOf(event.type),
      entityId: event.entityId,
      projectId: event.projectId,
      payload: event.payload,
      createdAt: event.createdAt.toISOString(),
    }))
    return c.json({ events, nextCursor: events.at(-1)?.id ?? String(after) })
  })
}
