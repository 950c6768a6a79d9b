import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { listSecurityEvents } from '../../src/domain/access/security.ts'
import { createToken, listTokens, revokeToken } from '../../src/domain/access/tokens.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
// Failures from one address share one row per minute, so every test starts in its own minute.
beforeEach(() => api.clock.advance({ hours: 3 }))

const changes = async () => (await listSecurityEvents(api.scope, { limit: 50 })).entries

describe('a token', () => {
  test('is accepted with the scheme in any case', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${api.token}` }
      expect((await api.call('GET', '/api/projects', { token: null, headers })).status).toBe(200)
    }
  })

  test('looks the same from outside if it is missing, malformed, unknown, expired or revoked', async () => {
    const expired = await createToken(api.ctx, {
      name: 'old',
      expiresAt: new Date(api.clock.now().getTime() + 60_000),
    })
    const revoked = await createToken(api.ctx, { name: 'lost' })
    await revokeToken(api.ctx, revoked.row.id)
    api.clock.advance({ hours: 2 })
    const tokens = [null, 'preq_short', `preq_${'A'.repeat(32)}`, expired.token, revoked.token]
    const answers = await Promise.all(tokens.map((token) => api.call('GET', '/api/tasks', { token })))
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([401, { error: 'Unauthorized' }])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="preqstation"')
    }
  })

  test.each([
    ['GET', '/api/tasks'],
    ['POST', '/api/tasks'],
    ['GET', '/api/tasks/PROJ-1'],
    ['PATCH', '/api/tasks/PROJ-1'],
    ['PATCH', '/api/tasks/PROJ-1/status'],
    ['DELETE', '/api/tasks/PROJ-1'],
    ['GET', '/api/projects'],
    ['GET', '/api/projects/PROJ/settings'],
    ['GET', '/api/events'],
    ['GET', '/api/work-logs'],
    ['POST', '/api/work-logs'],
    ['POST', '/api/tasks/claim'],
    ['POST', '/api/runners'],
    ['PATCH', '/api/runs/1f0a3c52-6f0e-4d54-9c3e-0a3c3f0c7b11'],
    ['POST', '/mcp'],
  ])('is required by %s %s', async (method, path) => {
    expect((await api.call(method, path, { token: null })).status).toBe(401)
  })

  test('stops working with the first request after its revocation, in a second process too', async () => {
    const { token, row } = await createToken(api.ctx, { name: 'lost' })
    const second = api.another()
    const ask = () => second.call('GET', '/api/tasks', { token })
    expect((await ask()).status).toBe(200)
    await revokeToken(api.ctx, row.id)
    expect((await ask()).status).toBe(401)
  })

  test('records its last use at most once a minute', async () => {
    const used = async () =>
      (await listTokens(api.scope)).find((row) => row.id === api.tokenId)?.lastUsedAt?.toISOString()
    api.clock.set('2026-12-25T09:00:00.000Z')
    await api.call('GET', '/api/projects')
    api.clock.advance({ ms: 30_000 })
    await api.call('GET', '/api/projects')
    expect(await used()).toBe('2026-12-25T09:00:00.000Z')
    api.clock.advance({ ms: 30_000 })
    await api.call('GET', '/api/projects')
    expect(await used()).toBe('2026-12-25T09:01:00.000Z')
  })
})

describe('security events', () => {
  test('contain the reason and never the token, in one row per minute and address', async () => {
    for (let time = 0; time < 5; time += 1) {
      await api.call('GET', '/api/tasks', {
        token: `preq_${'B'.repeat(32)}`,
        headers: { 'user-agent': 'curl/8' },
      })
    }
    await api.call('GET', '/api/tasks', { token: null, from: '198.51.100.7' })
    const events = (await changes()).filter(
      (event) => event.createdAt.getTime() === api.clock.now().getTime(),
    )
    expect(events).toHaveLength(2)
    expect(events[1]).toMatchObject({
      eventType: 'auth.token',
      outcome: 'failure',
      ipAddress: '192.0.2.1',
      userAgent: 'curl/8',
      path: '/api/tasks',
      detail: { reason: 'unknown' },
    })
    expect(JSON.stringify(events)).not.toContain('BBBB')
  })

  test('record the first use of a token from an address once', async () => {
    const { token, row } = await createToken(api.ctx, { name: 'new' })
    await api.call('GET', '/api/projects', { token })
    await api.call('GET', '/api/projects', { token })
    await api.another().call('GET', '/api/projects', { token })
    await api.call('GET', '/api/projects', { token, from: '198.51.100.7' })
    const uses = (await changes()).filter((event) => event.detail?.tokenId === row.id)
    const use = { tokenId: row.id, token: 'new', newAddress: true }
    expect(uses.map(({ outcome, ipAddress, detail }) => ({ outcome, ipAddress, detail }))).toEqual([
      { outcome: 'success', ipAddress: '198.51.100.7', detail: { ...use, knownAddresses: 1 } },
      { outcome: 'success', ipAddress: '192.0.2.1', detail: { ...use, knownAddresses: 0 } },
    ])
  })

  test('record one use of a token for all addresses of a /64', async () => {
    const { token, row } = await createToken(api.ctx, { name: 'roaming' })
    const from = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::1', '2001:db8:1:3::1']
    for (const address of from) await api.another().call('GET', '/api/projects', { token, from: address })
    const uses = (await changes()).filter((event) => event.detail?.tokenId === row.id)
    expect(uses.map(({ ipAddress, detail }) => [ipAddress, detail?.knownAddresses]).reverse()).toEqual([
      ['2001:db8:1:2::1', 0],
      ['2001:db8:1:3::1', 1],
    ])
  })
})

describe('rate limits', () => {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-24T09:00:00Z') })
  })
  afterAll(() => {
    vi.useRealTimers()
  })

  test('refuse a token over its limit until the next minute', async () => {
    const limited = api.another({ config: { rateLimit: 3, trustProxy: [] } })
    const statuses: number[] = []
    for (let time = 0; time < 4; time += 1) statuses.push((await limited.call('GET', '/api/projects')).status)
    const refused = await limited.call('GET', '/api/projects')
    expect(statuses).toEqual([200, 200, 200, 429])
    expect([refused.status, refused.body]).toEqual([429, { error: 'Too many requests' }])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    vi.setSystemTime(Date.now() + 61_000)
    const later = await limited.call('GET', '/api/projects')
    expect([later.status, later.headers.get('ratelimit-remaining')]).toEqual([200, '2'])
  })

  test('are in the headers of every answer', async () => {
    const second = api.another()
    const ok = await second.call('GET', '/api/projects')
    const failed = await second.call('GET', '/api/projects', { token: null })
    const open = await second.call('GET', '/api/health', { token: null })
    const none = await second.call('GET', '/api/none')
    const of = (answer: typeof ok) =>
      ['limit', 'remaining', 'reset'].map((name) => answer.headers.get(`ratelimit-${name}`))
    expect(of(ok)).toEqual(['100000', '99999', '60'])
    expect(of(failed)).toEqual(['20', '19', '60'])
    expect(of(open)).toEqual(['20', '19', '60'])
    expect(of(none)).toEqual(['20', '19', '60'])
  })

  test('refuse an address after 20 wrong tokens a minute, but not valid tokens from there or other addresses', async () => {
    const fail = (from: string) => api.call('GET', '/api/tasks', { token: 'wrong', from })
    for (let time = 0; time < 20; time += 1) expect((await fail('203.0.113.9')).status).toBe(401)
    const refused = await fail('203.0.113.9')
    expect([refused.status, refused.body]).toEqual([429, { error: 'Too many requests' }])
    expect(refused.headers.get('retry-after')).toBe('60')
    expect((await fail('203.0.113.10')).status).toBe(401)
    expect((await api.call('GET', '/api/tasks', { from: '203.0.113.9' })).status).toBe(200)
  })

  test('count the wrong tokens of all addresses of a /64 together', async () => {
    const fail = (from: string) => api.call('GET', '/api/tasks', { token: 'wrong', from })
    const statuses: number[] = []
    for (let time = 0; time < 20; time += 1)
      statuses.push((await fail(`2001:db8:0:7:${time}::${time + 1}`)).status)

    const one = await fail('2001:db8::7:ffff:0:0:1')
    const neighbor = await fail('2001:db8:0:8::1')

    expect([...new Set(statuses), one.status, neighbor.status]).toEqual([401, 429, 401])
    const rows = (await changes()).filter(({ ipAddress }) => ipAddress?.startsWith('2001:db8:0:7:'))
    expect(rows).toHaveLength(1)
  })
})

describe('the client’s address', () => {
  const seen = async (trustProxy: string[], from: string, forwarded: string) => {
    const proxied = api.another({ config: { rateLimit: 100, trustProxy } })
    await proxied.call('GET', '/api/tasks', { token: null, from, headers: { 'x-forwarded-for': forwarded } })
    const [event] = (await listSecurityEvents(api.scope, { limit: 1 })).entries
    return event?.ipAddress
  }

  test.each([
    [[], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
    [[], '::ffff:192.0.2.1', '', '192.0.2.1'],
    [['10.0.0.1'], '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [['10.0.0.0/8'], '10.9.9.9', '203.0.113.5, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    [['10.0.0.1'], '10.0.0.1', 'not an address', '10.0.0.1'],
    [['10.0.0.1'], '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    [['2001:db8::/32'], '2001:db8::1', '2001:db9::7', '2001:db9::7'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 198.51.100.1:5555', '198.51.100.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, "198.51.100.1:5555", 10.0.0.7', '198.51.100.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, [2001:db8::1]:443', '2001:db8::1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, "[2001:db8::1]"', '2001:db8::1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, ::ffff:198.51.100.1', '198.51.100.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, unknown', '10.0.0.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, unknown, 10.0.0.7', '10.0.0.7'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 198.51.100.1 10.0.0.3', '10.0.0.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6,', '10.0.0.1'],
    [['10.0.0.0/8'], '10.0.0.1', '10.0.0.4, 10.0.0.3', '10.0.0.4'],
  ])(
    'with %j trusted, from %s, with X-Forwarded-For "%s", is %s',
    async (trust, from, forwarded, expected) => {
      expect(await seen(trust, from, forwarded)).toBe(expected)
    },
  )
})
