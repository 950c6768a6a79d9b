import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './env.ts'

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

const about = `REST for coding agents. Every request but those for health and this document carries \`Authorization: Bearer preq_…\`; the owner makes such tokens with /agents in the chat. A body of every refusal has a string \`error\`. POST and PATCH take an \`Idempotency-Key\` (1 to 200 visible characters, kept for 24 hours): the same request with the same key is answered again and done once. Agents that speak MCP find the same board at POST /mcp.`

/** Describes every route, from the schemas that validate. */
export function describeApi(app: OpenAPIHono<ApiEnv>): OpenApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'The agents’ door', version: '1.0.0', description: about },
    servers: [{ url: '/' }],
  })
}
