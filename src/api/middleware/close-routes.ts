import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '../kit/env.ts'

/** Builds a function that answers other methods on the paths routed so far: OPTIONS with `Allow`, the rest with 405. */
export function createCloser(app: OpenAPIHono<ApiEnv>): () => void {
  const closed = new Set<string>()
  return () => {
    const routes = app.routes.filter(({ path, method }) => method !== 'ALL' && !closed.has(path))
    for (const path of new Set(routes.map((route) => route.path))) {
      closed.add(path)
      const own = new Set(routes.flatMap((route) => (route.path === path ? [route.method] : [])))
      const allow = [...own, ...(own.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
      app.all(path, (c) => {
        c.header('Allow', allow)
        return c.req.method === 'OPTIONS' ? c.body(null, 204) : c.json({ error: 'Method not allowed' }, 405)
      })
    }
  }
}
