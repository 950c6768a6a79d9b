import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'
import { type JsonSchema, valueFor } from '../support/schema-arbitrary.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[]
  readonly body: JsonSchema | undefined
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >
}

// biome-ignore lint/suspicious/noExplicitAny: the document is plain JSON.
let document: any
let api: TestApi
const ajv = new Ajv2020({ strict: false, validateFormats: false })
const operations: Operation[] = []
beforeAll(async () => {
  api = await openApi()
  for (let made = 0; made < 4; made += 1) await api.task()
  document = (await api.call('GET', '/api/openapi.json')).body
  ajv.addSchema({ $id: 'api', ...document })
  for (const [path, item] of Object.entries<Record<string, never>>(document.paths)) {
    for (const [method, operation] of Object.entries<Record<string, never>>(item)) {
      const {
        parameters = [],
        requestBody,
        responses,
      } = operation as never as {
        parameters?: Operation['parameters']
        requestBody?: { content: { 'application/json': { schema: JsonSchema } } }
        responses: Operation['responses']
      }
      operations.push({
        method,
        path,
        parameters,
        responses,
        body: requestBody?.content['application/json'].schema,
      })
    }
  }
})
afterAll(() => api.close())

const find = (ref: string): JsonSchema => document.components.schemas[ref.split('/').at(-1) ?? '']
const key = fc.constantFrom('PROJ-1', 'proj-2', 'PROJ-3', 'PROJ-99')
// Later rounds would miss what a round deletes.
const doomed = fc.constantFrom('PROJ-4', 'PROJ-99')
const project = fc.constantFrom('PROJ', 'proj')
const known = {
  id: key,
  task: key,
  repo: fc.constant('ada/proj'),
  key: project,
  projectKey: project,
  project_key: project,
}

function requestFor(operation: Operation, junk: number) {
  const own = operation.method === 'delete' ? { ...known, id: doomed } : known
  const source = { find, known: own, junk }
  const parameters = fc.record(
    Object.fromEntries(
      operation.parameters.map(({ name, schema }) => [
        name,
        own[name as keyof typeof own] ?? valueFor(schema, source),
      ]),
    ),
    {
      requiredKeys: operation.parameters.flatMap((parameter) =>
        parameter.in === 'path' ? [parameter.name] : [],
      ),
    },
  )
  return fc.record({
    parameters,
    body: operation.body === undefined ? fc.constant(undefined) : valueFor(operation.body, source),
  })
}

function toPath(operation: Operation, values: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown) =>
    encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed())
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encode(values[name]) || '-')
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.name in values && parameter.name !== 'wait')
    .map((parameter) => `${parameter.name}=${encode(values[parameter.name])}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

function misfit(operation: Operation, status: number, body: unknown): string | null {
  const response = operation.responses[status]
  if (response === undefined) return `${status} is not described`
  const schema = response.content?.['application/json']?.schema
  if (schema === undefined) return null
  const validate = ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('#/components', 'api#/components')),
  )
  return validate(body) ? null : ajv.errorsText(validate.errors)
}

const names = [
  'get /api/tasks',
  'post /api/tasks',
  'get /api/tasks/{id}',
  'patch /api/tasks/{id}',
  'patch /api/tasks/{id}/status',
  'post /api/tasks/claim',
  'get /api/projects',
  'get /api/projects/{key}/settings',
  'get /api/events',
  'get /api/work-logs',
  'post /api/work-logs',
  'get /api/health',
  'delete /api/tasks/{id}',
]

describe.each([
  ['fits', 0],
  ['is wrong in one place of ten', 1],
  ['is mostly wrong', 6],
])('with %s', (_, junk) => {
  test.each(names)('%s never fails and answers as documented', async (name) => {
    const operation = operations.find(({ method, path }) => `${method} ${path}` === name) as Operation
    await fc.assert(
      fc.asyncProperty(requestFor(operation, junk), async ({ parameters, body }) => {
        const sent = typeof body === 'object' && body !== null && 'wait' in body ? { ...body, wait: 0 } : body
        const answer = await api.call(operation.method.toUpperCase(), toPath(operation, parameters), {
          ...(operation.body === undefined ? {} : { body: JSON.stringify(sent) }),
        })
        expect(answer.status, answer.text).toBeLessThan(500)
        expect(misfit(operation, answer.status, answer.body), answer.text).toBeNull()
        if (answer.status >= 400) expect(typeof answer.body.error).toBe('string')
      }),
      { numRuns: 25 },
    )
  })
})
