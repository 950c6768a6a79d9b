import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/metrics.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe('GET /api/openapi.json', () => {
  it('describes every endpoint of the contract and says which want a token', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null })
    const described = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: unknown[] }>).map(
        ([method, operation]) => `${method} ${path}${operation.security === undefined ? ' public' : ''}`,
      ),
    )
    expect(described.sort()).toEqual([
      'delete /api/tasks/{id}',
      'get /api/events',
      'get /api/health public',
      'get /api/projects',
      'get /api/projects/{key}/settings',
      'get /api/tasks',
      'get /api/tasks/{id}',
      'get /api/work-logs',
      'patch /api/tasks/{id}',
      'patch /api/tasks/{id}/status',
      'post /api/tasks',
      'post /api/tasks/claim',
      'post /api/work-logs',
    ])
    expect(body.openapi).toBe('3.1.0')
    expect(body.components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } })
  })

  it('is made of the schemas that validate', async () => {
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

describe('GET /api/docs', () => {
  it('shows each endpoint with a curl line, and needs nothing from elsewhere', async () => {
    const page = await api.call('GET', '/api/docs', { token: null })
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
    expect(page.text).toContain('curl -s -X PATCH')
    expect(page.text).toContain('/api/tasks/{id}/status')
    expect(page.text).not.toMatch(/<script|src=|href="https?:/)
  })
})

describe('GET /metrics', () => {
  const metricsToken = 'a-metrics-token-of-its-own'

  it('is not there without a token of its own', async () => {
    expect((await api.call('GET', '/metrics')).status).toBe(404)
  })

  it('counts requests by route, changes by action, and the process', async () => {
    const metrics = await createMetrics({ enabled: true })
    const door = api.another({ metrics, config: { rateLimit: 100, trustProxy: [], metricsToken } })
    await door.call('POST', '/api/tasks', { body: { title: 'Counted', projectKey: 'PROJ' } })
    await door.call('GET', '/api/tasks/PROJ-1')
    await door.call('GET', '/api/tasks/PROJ-99999')
    await door.call('GET', '/api/none')
    metrics.countDelivery('sent')
    metrics.countUpdate('handled')
    metrics.setLastPoll(new Date('2026-11-24T09:00:00Z'))
    metrics.setOutboxLag(3)
    const answer = await door.call('GET', '/metrics', { token: metricsToken })
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

  it('is closed to agents’ tokens and to none', async () => {
    const metrics = await createMetrics({ enabled: true })
    const door = api.another({ metrics, config: { rateLimit: 100, trustProxy: [], metricsToken } })
    for (const token of [null, api.token, 'wrong']) {
      const answer = await door.call('GET', '/metrics', { token })
      expect([answer.status, answer.body]).toEqual([401, { error: 'Unauthorized' }])
    }
  })
})
