import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentSessions, sessionRules } from '../../src/db/schema.ts'
import { countSessions, deleteExpiredSessions } from '../../src/domain/sessions/sessions.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const sessions = () => api.db.select().from(agentSessions)
const rest = (session: string) => api.call('GET', '/api/tasks', { headers: { 'preqbot-session': session } })
const mcp = (headers: Readonly<Record<string, string>>, meta: object = {}) =>
  api.call('POST', '/mcp', {
    headers: { accept: 'application/json, text/event-stream', ...headers },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'preq_list_projects', arguments: {}, _meta: meta },
    },
  })

test('a session named over REST or MCP is stored with its engine, first and last use', async () => {
  const first = api.clock.now()
  await rest('rest-one')
  await mcp({ 'mcp-session-id': 'codex.00000000-0000-4000-8000-000000000000' })
  await mcp({}, { sessionId: 'meta-one' })
  await api.call('GET', '/api/tasks')
  api.clock.advance({ minutes: 2 })
  await rest('rest-one')

  const found = await sessions()

  const last = api.clock.now()
  expect(found).toHaveLength(3)
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ session: 'rest-one', engine: null, firstSeenAt: first, lastSeenAt: last }),
      expect.objectContaining({ session: 'codex.00000000-0000-4000-8000-000000000000', engine: 'codex' }),
      expect.objectContaining({ session: 'meta-one', tokenId: api.tokenId, lastSeenAt: first }),
    ]),
  )
  expect(await countSessions(api.scope, last)).toEqual(new Map([[api.tokenId, 3]]))
})

test.each([
  [59_999, 0],
  [60_000, 1],
])('a session seen again after %i ms is written %i more times', async (ms, times) => {
  const session = `after-${ms}`
  await rest(session)
  const before = api.clock.now().getTime()
  api.clock.advance({ ms })
  await rest(session)

  const row = (await sessions()).find((one) => one.session === session)

  expect(row?.lastSeenAt.getTime()).toBe(before + ms * times)
})

test('an invalid session name is refused', async () => {
  const answer = await rest('a b')

  expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining('Preqbot-Session')])
})

test('a session that is deleted takes along what was allowed for its rest', async () => {
  await api.db.delete(agentSessions)
  const rule = { tokenId: api.tokenId, tool: 'Bash', input: 'hash', shown: 'ls', createdAt: api.clock.now() }
  await rest('old')
  api.clock.advance({ minutes: 2 })
  await rest('new')
  await api.db.insert(sessionRules).values(['old', 'new'].map((session) => ({ ...rule, session })))

  await deleteExpiredSessions(api.db, api.clock.now())

  expect((await api.db.select().from(sessionRules)).map(({ session }) => session)).toEqual(['new'])
})

test('sessions are deleted 30 days after their last use', async () => {
  await api.db.delete(agentSessions)
  await rest('old')
  const seen = api.clock.now().getTime()

  const kept = await deleteExpiredSessions(api.db, new Date(seen))
  const gone = await deleteExpiredSessions(api.db, new Date(seen + 1))

  expect([kept, gone]).toEqual([0, 1])
})
