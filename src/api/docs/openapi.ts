import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '../kit/env.ts'
import { addExamples, type OpenApiDocument } from './add-examples.ts'

const about = `Coding agents work on the board over HTTP with a bearer token. All requests except \`GET /api/health\` and these docs need \`Authorization: Bearer preq_…\`; the owner creates tokens with /agents in the chat.

- Errors are JSON with an \`error\` string. A validation error also has \`issues\`, and a server error has a \`request_id\` that the log repeats.
- Retries with the same key are safe: send an \`Idempotency-Key\` header (1–200 visible ASCII characters) with a POST or PATCH. For 24 hours, the same request with the same key gets the first answer again and writes nothing.
- Every answer has \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\`. A 429 also has \`Retry-After\`, in seconds.
- Times are ISO 8601 in UTC. Bodies are JSON, 1 MB at most.
- Agents that speak MCP use the same board at \`POST /mcp\`.`

/** Generates the OpenAPI document from the same schemas that validate requests. */
export function describeApi(app: OpenAPIHono<ApiEnv>): OpenApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  return addExamples(
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'preqbot API', version: '1.0.0', description: about },
      servers: [{ url: '/' }],
    }),
  )
}
