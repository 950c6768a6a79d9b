import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSecurityEvents } from '../../src/domain/access/security.ts'
import { createRedactor } from '../../src/domain/core/redactor.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { wholeDatabase } from '../support/database.ts'

const secrets = {
  'a configured one': 'the metrics token of this board',
  'an agent token': `preq_${'aB3-'.repeat(8)}`,
  'a bot token': `123456789:${'AAx-1_z'.repeat(5)}`,
  OpenAI: `sk-proj-${'a1B2'.repeat(8)}`,
  GitHub: `ghp_${'a1B2'.repeat(9)}`,
  Slack: 'xoxb-123456789012-a1B2c3D4e5F6',
  AWS: 'AKIAIOSFODNN7EXAMPLE',
  'a private key': `-----BEGIN PRIVATE KEY-----\n${`${'a1B2'.repeat(16)}\n`.repeat(2)}-----END PRIVATE KEY-----`,
}

let api: TestApi
beforeAll(async () => {
  api = await openApi({ redactor: createRedactor(secrets['a configured one']) })
})
afterAll(() => api.close())

const keep = async () => {
  const kept = await wholeDatabase(api.db)
  return Object.entries(secrets).filter(([, secret]) => kept.includes(JSON.stringify(secret).slice(1, -1)))
}

test.each(Object.entries(secrets))(
  '%s in a question, a plan, a result or a comment is masked before it is stored',
  async (_, secret) => {
    const words = `Is this right?\n${secret}\nIt failed with it.`
    const oneLine = secret.replaceAll('\n', ' ')
    const options = [`Use ${oneLine}`, { label: 'Another', description: words }]
    const [blocked, planned, done] = [await api.task(), await api.task(), await api.task({ status: 'todo' })]
    const change = (key: string, body: object) => api.call('PATCH', `/api/tasks/${key}`, { body })

    const block = await change(blocked, { lifecycle_action: 'block', result: { reason: words, options } })
    const plan = await change(planned, { planMarkdown: words })
    const result = { summary: words, tests: words, notes: words }
    const complete = await change(done, { lifecycle_action: 'complete', result })
    const comment = await api.call('POST', `/api/tasks/${done}/comments`, { body: { text: words } })
    const log = await api.call('POST', '/api/work-logs', {
      body: { title: oneLine, detail: words, task: done },
    })

    expect([block, plan, complete, comment, log].map(({ status }) => status)).toEqual([
      200, 200, 200, 201, 201,
    ])
    expect(block.body.task.latest_preq_result.blocked_reason).toBe(
      'Is this right?\n[redacted]\nIt failed with it.',
    )
    expect(await keep()).toEqual([])
  },
)

test('a repeated block that contains a secret is the same block', async () => {
  const key = await api.task()
  const body = { lifecycle_action: 'block', result: { reason: `Is ${secrets.GitHub} right?` } }
  const first = await api.call('PATCH', `/api/tasks/${key}`, { body })
  const again = await api.call('PATCH', `/api/tasks/${key}`, { body })

  expect(again.body.task.updated_at).toBe(first.body.task.updated_at)
})

test('a token in the path of a refused request is not in its security event', async () => {
  const token = secrets['an agent token']
  const headers = { 'user-agent': `curl ${token}` }
  const answer = await api.call('GET', `/api/tasks/${token}`, { token: null, headers })

  expect(answer.status).toBe(401)
  const { entries } = await listSecurityEvents(api, { limit: 1 })
  expect(entries).toMatchObject([{ path: '/api/tasks/[redacted]', userAgent: 'curl [redacted]' }])
})
