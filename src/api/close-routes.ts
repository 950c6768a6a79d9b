import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './env.ts'

/** Answers every other method of the paths that have routes so far: OPTIONS with what there is, the rest with 405. */
export function closeRoutes(app: OpenAPIHono<ApiEnv>): void {
  const closed = new Set(app.routes.flatMap(({ method, path }) => (method === 'ALL' ? [path] : [])))
  const open = app.routes.filter(({ path }) => !closed.has(path))
  for (const path of new Set(open.map((route) => route.path))) {
    const own = new Set(open.flatMap((route) => (route.path === path ? [route.method] : [])))
    const allow = [...own, ...(own.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
    app.all(path, (c) => {
      c.header('Allow', allow)
      return c.req.method === 'OPTIONS' ? c.body(null, 204) : c.json({ error: 'Method not allowed' }, 405)
    })
  }
}
