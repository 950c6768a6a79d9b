import { renderDocs } from '../docs-page.ts'
import { describeApi, type OpenApiDocument } from '../openapi.ts'
import type { Door } from './route.ts'

/** Adds the document of the API and the page that shows it. Both are made once, when first asked for. */
export function addDocRoutes({ app }: Door): void {
  let described: OpenApiDocument | undefined
  const document = () => {
    described ??= describeApi(app)
    return described
  }
  app.get('/api/openapi.json', (c) => c.json(document()))
  app.get('/api/docs', (c) => {
    // Set here, for the frame's headers come before and know no page.
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(renderDocs(document()))
  })
}
