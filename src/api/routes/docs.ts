import type { OpenApiDocument } from '../docs/add-examples.ts'
import { describeApi } from '../docs/openapi.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { Router } from './route.ts'

/** Adds the OpenAPI document and the page that shows it. The document is built on the first request. */
export function addDocRoutes({ app }: Router, deps: ApiDeps): void {
  let described: OpenApiDocument | undefined
  const document = () => {
    described ??= describeApi(app)
    return described
  }
  app.get('/api/openapi.json', (c) => c.json(document()))
  app.get('/api/docs', async (c) => {
    const { renderDocs } = await import('../docs/page.ts')
    const url = deps.config.publicUrl ?? new URL(c.req.url).origin
    // The common headers don't allow the page's inline styles.
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(await renderDocs(document(), { url, home: deps.home?.() ?? null }))
  })
}
