import type { OpenApiDocument } from '../docs/add-examples.ts'
import { describeApi } from '../docs/openapi.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { Door } from './route.ts'

/** Adds the document of the API and the page that shows it. Both are made when first requested. */
export function addDocRoutes({ app }: Door, deps: ApiDeps): void {
  let described: OpenApiDocument | undefined
  const document = () => {
    described ??= describeApi(app)
    return described
  }
  app.get('/api/openapi.json', (c) => c.json(document()))
  app.get('/api/docs', async (c) => {
    const { renderDocs } = await import('../docs/page.ts')
    const url = deps.config.publicUrl ?? new URL(c.req.url).origin
    // Set here, because the frame's headers know no page.
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(await renderDocs(document(), { url, home: deps.home?.() ?? null }))
  })
}
