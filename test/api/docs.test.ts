import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpointsOf } from '../../src/api/docs/add-examples.ts'
import { exampleRequest, toCurl } from '../../src/api/docs/curl.ts'
import { exampleCall } from '../../src/api/docs/mcp.ts'
import { sampleOf } from '../../src/api/docs/sample.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { createMetrics } from '../../src/metrics.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface Part {
  readonly content?: Record<string, { schema: object; example?: unknown }>
}

function operationsOf(document: { paths: Record<string, Record<string, object>> }) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation: operation as { requestBody?: Part; responses: Record<string, Part> },
    })),
  )
}

async function callMcp(method: string, params: object) {
  const answer = await api.call('POST', '/mcp', {
    headers: { accept: 'application/json, text/event-stream' },
    body: { jsonrpc: '2.0', id: 1, method, params },
  })
  const [, data = answer.text] = /^data: (.+)$/m.exec(answer.text) ?? []
  return JSON.parse(data).result
}

describe('GET /api/openapi.json', () => {
  test('describes every endpoint of the contract and which ones need a token', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null })
    const described = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: unknown[] }>).map(
        ([method, operation]) => `${method} ${path}${operation.security === undefined ? ' public' : ''}`,
      ),
    )
    expect(described.sort()).toEqual([
      'delete /api/questions/{id}',
      'delete /api/tasks/{id}',
      'get /api/events',
      'get /api/health public',
      'get /api/me',
      'get /api/projects',
      'get /api/projects/{key}/settings',
      'get /api/questions/{id}',
      'get /api/tasks',
      'get /api/tasks/{id}',
      'get /api/tasks/{id}/comments',
      'get /api/tasks/{id}/log',
      'get /api/work-logs',
      'patch /api/runs/{id}',
      'patch /api/tasks/{id}',
      'patch /api/tasks/{id}/status',
      'post /api/questions',
      'post /api/runners',
      'post /api/tasks',
      'post /api/tasks/claim',
      'post /api/tasks/{id}/comments',
      'post /api/tasks/{id}/release',
      'post /api/work-logs',
      'post /hooks/claude',
      'post /hooks/codex',
    ])
    expect(body.openapi).toBe('3.1.0')
    expect(body.components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } })
  })

  test('is generated from the schemas that validate', async () => {
    const { components } = (await api.call('GET', '/api/openapi.json')).body
    expect(components.schemas.NewTask.required).toEqual(['title'])
    expect(components.schemas.NewTask.properties.title).toMatchObject({ type: 'string', maxLength: 180 })
    expect(components.schemas.NewTask.properties.labels).toMatchObject({ type: 'array', maxItems: 50 })
    expect(components.schemas.TaskPatch.properties.lifecycle_action.enum).toEqual([
      'start',
      'plan',
      'complete',
      'review',
      'block',
    ])
  })
})

describe('the examples', () => {
  test('exist for every request and successful answer with a body, and fit their schemas', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null })
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'api', ...body })
    const problems: string[] = []
    const check = (name: string, part?: Part) => {
      const content = part?.content?.['application/json']
      if (content === undefined) return
      const validate = ajv.compile(
        JSON.parse(JSON.stringify(content.schema).replaceAll('#/components', 'api#/components')),
      )
      if (!validate(content.example)) problems.push(`${name}: ${ajv.errorsText(validate.errors)}`)
    }
    for (const { name, operation } of operationsOf(body)) {
      check(`${name} body`, operation.requestBody)
      for (const [status, answer] of Object.entries(operation.responses)) {
        if (status.startsWith('2')) check(`${name} ${status}`, answer)
      }
    }
    expect(problems).toEqual([])
  })

  test('are valid requests', async () => {
    const board = await openApi()
    await createProject(board.ctx, {
      key: 'WEB',
      name: 'Web shop',
      repoUrl: 'https://github.com/ada/web-shop',
    })
    for (let made = 0; made < 12; made += 1) await board.task({ projectKey: 'WEB', status: 'todo' })
    const { body } = await board.call('GET', '/api/openapi.json')
    const requests = endpointsOf(body).map((endpoint) => exampleRequest(endpoint))
    // Deleted last because the other requests need the task.
    requests.sort((left, right) => Number(left.method === 'DELETE') - Number(right.method === 'DELETE'))
    for (const { method, path, body } of requests) {
      const answer = await board.call(method, path.replace(/wait=\d+/, 'wait=0'), {
        ...(body === undefined
          ? {}
          : { body: { ...(body as object), ...('wait' in Object(body) && { wait: 0 }) } }),
      })
      // Some need a question, a run or an owner's permission that this board lacks.
      expect([400, 405, 415, 500], `${method} ${path}: ${answer.text}`).not.toContain(answer.status)
    }
    await board.close()
  })

  test.each([
    ['a nullable text', { type: ['string', 'null'] }, 'text'],
    ['a UUID', { type: 'string', format: 'uuid' }, expect.stringMatching(/^[0-9a-f-]{36}$/)],
    [
      'a described reference',
      { allOf: [{ $ref: '#/components/schemas/Kind' }, { description: 'x' }] },
      'ask',
    ],
    ['a choice', { anyOf: [{ type: 'integer', minimum: 30 }, { type: 'string' }] }, 30],
    ['a list', { type: 'array', items: { type: 'boolean' } }, [true]],
    [
      'an object',
      { type: 'object', properties: { limit: { type: 'integer' }, gone: { not: {} } } },
      { limit: 1 },
    ],
  ])('are generated as %s for a schema without a written example', (_what, schema, value) => {
    const schemas = { Kind: { type: 'string', enum: ['ask', 'block'] } }
    expect(sampleOf(schema, schemas, { onlyRequired: false })).toEqual(value)
  })

  test('quote a body for the shell', () => {
    const curl = toCurl({ method: 'POST', path: '/api/x', needsToken: true, body: { title: "It's here" } })
    expect(curl).toContain(`-d '{"title":"It'\\''s here"}'`)
  })
})

describe('GET /api/docs', () => {
  const load = async () => (await api.call('GET', '/api/docs', { token: null })).text

  test('is one page without external resources', async () => {
    const page = await api.call('GET', '/api/docs', { token: null })
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
    expect(page.text).not.toMatch(/<script|src=|<link|@import|url\(/)
    expect(page.text).toContain('<title>preqbot API</title>')
  })

  test('shows each endpoint under a heading with a request and an answer', async () => {
    const page = await load()
    const { body } = await api.call('GET', '/api/openapi.json')
    const operations = operationsOf(body)
    expect(page.match(/<article /g)).toHaveLength(operations.length)
    for (const { name, method, path } of operations) {
      const id = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/-$/, '')
      const article =
        page.slice(page.indexOf(`<article aria-labelledby="${id}"`)).split('</article>')[0] ?? ''
      const [, heading = ''] = /<h3[^>]*>([\s\S]*?)<\/h3>/.exec(article) ?? []
      expect(heading.replace(/<[^>]+>/g, '').trim()).toBe(`${method} ${path}`)
      expect(article).toContain('curl -s')
      expect(article, name).toMatch(/Example answer: |No body/)
    }
  })

  test('renders the Markdown of descriptions', async () => {
    const page = await load()
    expect(page.replace(/<pre[\s\S]*?<\/pre>/g, '')).not.toContain('`')
    expect(page).toContain('<code>Idempotency-Key</code>')
  })

  test('lists the MCP tools that the server lists, with how to connect each agent', async () => {
    const page = await load()
    const answer = await callMcp('tools/list', {})
    const served = answer.tools.map(({ name }: { name: string }) => name)
    const section = page.slice(page.indexOf('id="tools"'), page.indexOf('id="schemas"'))
    expect([...section.matchAll(/<dt><code>(\w+)<\/code>/g)].map(([, name]) => name)).toEqual(served)
    for (const line of [
      'claude mcp add --transport http preqbot http://localhost/mcp',
      'codex mcp add preqbot --url http://localhost/mcp',
      'gemini mcp add --scope user --transport http preqbot http://localhost/mcp',
    ]) {
      expect(page).toContain(line)
    }
  })

  test('shows an MCP call that the server answers like the example', async () => {
    await api.task({ status: 'todo' })
    const { request, result } = exampleCall
    const { structuredContent, isError } = await callMcp(request.method, request.params)
    const { status, run_state } = result.task
    expect(isError).toBeFalsy()
    expect(structuredContent.task).toMatchObject({ status, run_state })
    expect(Object.keys(structuredContent.task)).toEqual(expect.arrayContaining(Object.keys(result.task)))
  })

  test('shows the public URL, and links to the chat once it is known', async () => {
    const open = { rateLimit: 100, trustProxy: [], publicUrl: 'https://preqbot.example.com' }
    const unknown = await api.another({ config: open, home: () => null }).call('GET', '/api/docs')
    const known = await api
      .another({ config: open, home: () => 'https://t.me/ada_bot' })
      .call('GET', '/api/docs')
    expect(unknown.text).toContain('export PREQBOT_URL=https://preqbot.example.com')
    expect(unknown.text).not.toContain('Open the chat')
    expect(known.text).toContain('<a href="https://t.me/ada_bot">Open the chat</a>')
  })

  test('escapes markup in the Host header', async () => {
    const page = await api
      .another({ config: { rateLimit: 100, trustProxy: [], publicUrl: '"><i>' } })
      .call('GET', '/api/docs')
    expect(page.text).not.toContain('<i>')
  })
})

describe('GET /metrics', () => {
  const metricsToken = 'a-metrics-token-of-its-own'

  test('does not exist without its own token', async () => {
    expect((await api.call('GET', '/metrics')).status).toBe(404)
  })

  test('counts requests by route, changes by action, and the process', async () => {
    const metrics = await createMetrics({ enabled: true })
    const second = api.another({ metrics, config: { rateLimit: 100, trustProxy: [], metricsToken } })
    await second.call('POST', '/api/tasks', { body: { title: 'Counted', projectKey: 'PROJ' } })
    await second.call('GET', '/api/tasks/PROJ-1')
    await second.call('GET', '/api/tasks/PROJ-99999')
    await second.call('GET', '/api/none')
    metrics.countDelivery('sent')
    metrics.countUpdate('handled')
    metrics.setLastPoll(new Date('2026-11-24T09:00:00Z'))
    metrics.setOutboxLag(3)
    const answer = await second.call('GET', '/metrics', { token: metricsToken })
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    for (const line of [
      'preqbot_http_request_seconds_count{method="POST",route="/api/tasks",status="201"} 1',
      'preqbot_http_request_seconds_count{method="GET",route="/api/tasks/:id",status="200"} 1',
      'preqbot_http_request_seconds_count{method="GET",route="/api/tasks/:id",status="404"} 1',
      'preqbot_http_request_seconds_count{method="GET",route="/api/*",status="404"} 1',
      'preqbot_verbs_total{action="task.create"} 1',
      'preqbot_deliveries_total{outcome="sent"} 1',
      'preqbot_updates_total{outcome="handled"} 1',
      'preqbot_last_poll_timestamp_seconds 1795510800',
      'preqbot_outbox_lag_events 3',
    ]) {
      expect(answer.text).toContain(line)
    }
    expect(answer.text).toMatch(/preqbot_process_resident_memory_bytes \d+/)
  })

  test('refuses agents’ tokens and requests without a token', async () => {
    const metrics = await createMetrics({ enabled: true })
    const second = api.another({ metrics, config: { rateLimit: 100, trustProxy: [], metricsToken } })
    for (const token of [null, api.token, 'wrong']) {
      const answer = await second.call('GET', '/metrics', { token })
      expect([answer.status, answer.body]).toEqual([401, { error: 'Unauthorized' }])
    }
  })
})
