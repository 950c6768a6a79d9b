import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const create = (fields: object) => api.call('POST', '/api/tasks', { body: { projectKey: 'PROJ', ...fields } })
const esc = '\u001b'

describe('a title', () => {
  test.each([
    ['Deploy\u202e ✅ yb detpeccA', 'Deploy ✅ yb detpeccA'],
    ['a\u2066b\u2069c\u200bd\u2060e\ufefff', 'abcdef'],
    ['bell\u0007 and \u0085next', 'bell and next'],
    [
      `${esc}[1;31mred${esc}[0m and ${esc}]8;;https://evil.example${esc}\\link${esc}]8;;${esc}\\`,
      'red and link',
    ],
    ['\u009b31mred', 'red'],
    ['hidden\u{e0041}\u{e0042} tags', 'hidden tags'],
    ['filler\u3164', 'filler'],
    ['two\nlines\tand a tab', 'two lines and a tab'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 👩‍💻 می‌خواهم ❤️',
      '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 👩‍💻 می‌خواهم ❤️',
    ],
  ])('%j is stored as %j', async (given, stored) => {
    const made = await create({ title: given, labels: [given.slice(0, 40)] })

    expect([made.status, made.body.task.title]).toEqual([201, stored])
  })

  test.each([
    '\u200b',
    '\u3164',
    '\u202e\u2066',
    '\u{e0041}',
    '\u2800',
    ' \u00a0',
    '\u200d\ufe0f',
    '\u0301',
    `${esc}[31m`,
  ])('%j is refused because it has no visible character', async (title) => {
    const made = await create({ title })

    expect([made.status, made.body.error]).toEqual([400, 'Invalid payload'])
  })
})

describe('a branch', () => {
  const refused = [
    ['-rf', 'begin with -'],
    ['$(touch pwn)', 'contain spaces'],
    ['a..b', 'contain ..'],
    ['a b', 'contain spaces'],
    ['two\nlines', 'contain spaces'],
    ['x.lock', '.lock'],
    ['a~1', '~'],
    ['HEAD', 'be @ or HEAD'],
  ] as const

  test.each(refused)('%j is refused over REST: it must not %s', async (branch, rule) => {
    const key = await api.task()

    const made = await create({ title: 'x', branch })
    const changed = await api.call('PATCH', `/api/tasks/${key}`, { body: { branch } })

    for (const answer of [made, changed]) {
      expect(answer.status).toBe(400)
      const [issue] = answer.body.issues
      expect(issue.message).toContain('is not a branch that git accepts: it must not ')
      expect(issue.message).toContain(rule)
    }
  })

  test('is refused over MCP with the same message', async () => {
    const key = await api.task({ status: 'todo' })
    const answer = await api.call('POST', '/mcp', {
      headers: { accept: 'application/json, text/event-stream' },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: 'preq_complete_task',
          arguments: { taskId: key, summary: 'Done', branchName: '-rf' },
        },
      },
    })

    expect(answer.text).toContain('is not a branch that git accepts: it must not begin with -')
    expect((await api.call('GET', `/api/tasks/${key}`)).body.task.status).toBe('todo')
  })

  test('is stored without control characters and bidi overrides', async () => {
    const made = await create({ title: 'x', branch: `fix/\u202e${esc}[31mlogin\u0007` })

    expect(made.body.task.branch).toBe('fix/login')
  })
})

test('a result is stored without terminal codes and control characters', async () => {
  const key = await api.task({ status: 'todo' })

  const result = { summary: `${esc}[32m✓${esc}[39m 3 passed\u0007\nAll\tgreen`, tests: `\u009b1mok` }
  await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'complete', result } })

  const { task } = (await api.call('GET', `/api/tasks/${key}`)).body
  expect(task.latest_preq_result.summary).toBe('✓ 3 passed\nAll\tgreen')
})
