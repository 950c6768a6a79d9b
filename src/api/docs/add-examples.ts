import type { OpenAPIHono } from '@hono/zod-openapi'
import type { JsonSchema, Schemas } from './json-schema.ts'
import { sampleOf } from './sample.ts'
import { examples } from './sample-values.ts'

/** The API's OpenAPI document, generated from the routes. */
export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

export type Operation = NonNullable<NonNullable<OpenApiDocument['paths']>[string]['get']>

const methods = ['get', 'post', 'patch', 'delete'] as const
const json = 'application/json'

export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** Lists a document's endpoints in order. */
export function endpointsOf(document: OpenApiDocument): Endpoint[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }]
    }),
  )
}

export function schemasOf(document: OpenApiDocument): Schemas {
  // The generator's schema type is wider than what our routes produce.
  return (document.components?.schemas ?? {}) as Schemas
}

/** Returns the JSON content of a request body or a response, if any. */
export function jsonContent(
  part: object | undefined,
): { schema?: JsonSchema; example?: unknown } | undefined {
  const { content } = (part ?? {}) as { content?: Record<string, { schema?: JsonSchema; example?: unknown }> }
  return content?.[json]
}

/** Returns an endpoint's first 2xx response. */
export function successOf({ operation }: Endpoint): { readonly status: string; readonly answer: object } {
  const [status = '', answer = {}] =
    Object.entries(operation.responses ?? {}).find(([code]) => code.startsWith('2')) ?? []
  return { status, answer: answer as object }
}

/** Adds an example to every request body and every successful response. */
export function addExamples(document: OpenApiDocument): OpenApiDocument {
  const schemas = schemasOf(document)
  for (const endpoint of endpointsOf(document)) {
    const own = examples[`${endpoint.method} ${endpoint.path}`]
    const body = jsonContent(endpoint.operation.requestBody)
    if (body?.schema !== undefined) {
      body.example ??= own?.body ?? sampleOf(body.schema, schemas, { onlyRequired: true })
    }
    const answer = jsonContent(successOf(endpoint).answer)
    if (answer?.schema === undefined) continue
    const sample = sampleOf(answer.schema, schemas, { onlyRequired: false }) as Record<string, unknown>
    const row = own?.rows && sampleOf({ $ref: own.rows.of }, schemas, { onlyRequired: false })
    answer.example ??= {
      ...sample,
      ...(own?.rows && { [own.rows.name]: [row] }),
      ...(own?.task && { task: { ...(sample.task as object), ...own.task } }),
    }
  }
  return document
}
