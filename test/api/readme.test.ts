import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentKinds, connectLines } from '../../src/view/system/connect.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
  await api.task({ status: 'todo' })
})
afterAll(() => api.close())

const lines = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n')
const curls = lines.filter((line) => line.startsWith('curl -s '))

describe('the README', () => {
  test.each(curls)('%s works as written', async (line) => {
    const [, path = ''] = /"?URL(\/[^\s"]*)"?/.exec(line) ?? []
    const method = /-X (\w+)/.exec(line)?.[1] ?? 'GET'
    const body = /-d '([^']*)'/.exec(line)?.[1]
    expect(line).toContain('-H "Authorization: Bearer preq_…"')
    expect(line.includes('-H "Content-Type: application/json"')).toBe(body !== undefined)
    // A shell may expand a bare ? as a file pattern.
    expect(line.includes('?')).toBe(line.includes('"URL'))
    const answer = await api.call(method, path, body === undefined ? {} : { body })
    expect(answer.status, answer.text).toBeLessThan(300)
  })

  test.each(agentKinds.filter((kind) => kind !== 'Other'))('shows the lines that connect %s', (kind) => {
    const shown = connectLines(kind, { url: 'URL', token: 'preq_…' }).now.split('\n')
    for (const line of shown) expect(lines).toContain(line)
  })
})
