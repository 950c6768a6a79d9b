import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { agentSessions, questions, runs, sessionRules, tasks } from '../../../src/db/schema.ts'
import { createToken } from '../../../src/domain/access/tokens.ts'
import { listSessionRules, revokeSessionRule } from '../../../src/domain/questions/session-rules.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../../src/domain/tasks/questions/answer.ts'
import { withdrawAbandoned } from '../../../src/domain/tasks/questions/close-questions.ts'
import { lockPermissions } from '../../../src/domain/tasks/questions/lock.ts'
import { undoChange } from '../../../src/domain/undo/undo.ts'
import { openApi, type TestApi } from '../../support/api.ts'
import { askMcp } from '../../support/mcp.ts'

let api: TestApi
let count = 0
let session = ''
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  count += 1
  session = `session-${count}`
  await changeSettings(api.ctx, {
    presence: null,
    locked: null,
    holdClaude: null,
    holdCodex: null,
    holdProxy: null,
  })
})

type Fields = Readonly<Record<string, unknown>>
const bodyOf = (event: string, fields: Fields) => ({
  session_id: session,
  hook_event_name: event,
  cwd: '/repo',
  transcript_path: '/t.jsonl',
  ...fields,
})
const hook = (event: string, fields: Fields = {}, agent = 'claude') =>
  api.call('POST', `/hooks/${agent}`, { body: bodyOf(event, fields) })
const bash = (command: string, fields: Fields = {}) => ({
  tool_name: 'Bash',
  tool_input: { command },
  ...fields,
})
const permission = (command: string, fields: Fields = {}, agent = 'claude') =>
  hook('PermissionRequest', bash(command, fields), agent)

/** Sends a hook whose agent can hang up. */
const cancelable = (event: string, fields: Fields) => {
  const client = new AbortController()
  const body = JSON.stringify(bodyOf(event, fields))
  const request = new Request('http://localhost/hooks/claude', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      // Without it, the limit of bodies wraps the request, which listens to its signal too.
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
    signal: client.signal,
  })
  const listening = vi.spyOn(request.signal, 'addEventListener')
  const answered = Promise.resolve(api.app.request(request))
  const held = () => vi.waitFor(() => expect(listening).toHaveBeenCalled(), { interval: 10 })
  return { answered, held, hangUp: () => client.abort() }
}

const all = () =>
  api.db
    .select()
    .from(questions)
    .where(eq(questions.session, session))
    .orderBy(questions.createdAt, questions.id)
const open = async () => (await all()).filter(({ state }) => state === 'open')
/** Waits until so many questions of the session are open, and returns them. */
const opened = async (length = 1) => {
  await vi.waitFor(async () => expect(await open()).toHaveLength(length), { timeout: 10_000, interval: 10 })
  return open()
}
const first = async () => {
  const [question] = await opened()
  if (question === undefined) throw new Error('no question')
  return question
}
const answer = async (id: string, input: Parameters<typeof answerQuestion>[2]) => {
  const answered = await answerQuestion(api.ctx, id, input)
  api.deps.wakeup.trigger()
  return answered
}
const stateOf = async (id: string) => (await all()).find((question) => question.id === id)
const decision = (body: { hookSpecificOutput?: { decision: unknown } }) => body.hookSpecificOutput?.decision
const sessionRow = async () =>
  (await api.db.select().from(agentSessions).where(eq(agentSessions.session, session)))[0]

describe('a hook', () => {
  test('needs a token', async () => {
    const { status, body } = await api.call('POST', '/hooks/claude', {
      token: null,
      body: bodyOf('Stop', {}),
    })
    expect([status, body]).toEqual([401, { error: 'Unauthorized' }])
  })

  test.each([
    ['GET', '/hooks/claude', {}, 405],
    ['POST', '/hooks/gemini', { body: {} }, 404],
    ['POST', '/hooks/claude', { body: '{' }, 400],
    ['POST', '/hooks/claude', { body: '[]' }, 400],
    ['POST', '/hooks/claude', { body: { hook_event_name: 'Stop' } }, 400],
    ['POST', '/hooks/codex', { body: { hook_event_name: 'Stop', session_id: 'a b' } }, 400],
    ['POST', '/hooks/codex', { body: { hook_event_name: 'Stop', session_id: 'x'.repeat(201) } }, 400],
    ['POST', '/hooks/claude', { body: { pad: 'x'.repeat(1_000_000) } }, 413],
  ])('%s %s with %o is refused as JSON', async (method, path, request, status) => {
    const refused = await api.call(method, path, request)
    expect(refused.status).toBe(status)
    expect(refused.body.error).toEqual(expect.any(String))
  })

  test.each(['SessionStart', 'Notification', 'SomethingNew', 'Stop', 'PermissionRequest'])(
    '%s without anything to decide gets an empty object and is a sign of life',
    async (event) => {
      const { status, body } = await hook(event, { unknown: [{ deep: 1 }] })
      expect([status, body]).toEqual([200, {}])
      expect(await sessionRow()).toMatchObject({ cwd: '/repo', engine: 'claude-code', endedAt: null })
    },
  )

  test('may carry what a database cannot store', async () => {
    const odd = { cwd: '/re\u0000po', agent_id: 'a\u0000\ud800 b', tool_use_id: '\u0000' }
    expect((await hook('PreToolUse', { ...bash('ls\u0000'), ...odd })).body).toEqual({})
    expect(await sessionRow()).toMatchObject({ cwd: '/repo', announced: [{ useId: null }] })
  })

  test('is kept if it comes at the same time as others', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `t${index}`)
    await Promise.all(ids.map((tool_use_id) => hook('PreToolUse', bash('ls', { tool_use_id }))))
    const announced = (await sessionRow())?.announced ?? []
    expect(announced.map(({ useId }) => useId).sort()).toEqual(ids.toSorted())
  })

  test('of Codex has a session of Codex', async () => {
    await hook('SessionStart', {}, 'codex')
    expect(await sessionRow()).toMatchObject({ engine: 'codex' })
  })

  test('has its own rate limit', async () => {
    const limited = api.another({ config: { rateLimit: 1, trustProxy: [] } })
    for (let time = 0; time < 3; time += 1) {
      const { status, headers } = await limited.call('POST', '/hooks/claude', { body: bodyOf('Stop', {}) })
      expect([status, headers.get('ratelimit-limit')]).toEqual([200, '6000'])
    }
    expect((await limited.call('GET', '/api/projects')).status).toBe(200)
  })
})

describe('a permission', () => {
  test('waits for the owner, who allows it', async () => {
    const waiting = permission('npm test', {
      tool_input: { command: 'npm test', description: 'Run the tests' },
    })
    const question = await first()

    await answer(question.id, { options: ['allow'] })

    expect((await waiting).body).toEqual({
      hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'allow' } },
    })
    expect(question).toMatchObject({
      kind: 'permission',
      items: [{ text: 'Run this command?\nRun the tests', options: [{ id: 'allow' }, { id: 'deny' }] }],
      detail: 'npm test',
      tool: { name: 'Bash', useId: null, agentId: null, isDangerous: false },
      taskId: null,
      engine: 'claude-code',
    })
    expect(await stateOf(question.id)).toMatchObject({ state: 'answered', fetchedAt: expect.any(Date) })
  })

  test('is denied with the owner’s words', async () => {
    const waiting = permission('npm publish')
    const question = await first()

    await answer(question.id, { options: ['deny'], text: 'Not before Friday 🙂' })

    expect(decision((await waiting).body)).toEqual({ behavior: 'deny', message: 'Not before Friday 🙂' })
  })

  test('is marked as dangerous', async () => {
    const { answered, hangUp } = cancelable('PermissionRequest', bash('ls && rm -rf build'))
    expect((await first()).tool).toMatchObject({ isDangerous: true })
    hangUp()
    await answered
  })

  test('that is asked twice is one question, and both requests get its answer', async () => {
    const one = permission('make')
    const question = await first()
    const other = permission('make')
    const third = permission('make all')
    const [, another] = await opened(2)

    await answer(question.id, { options: ['allow'] })

    expect(decision((await one).body)).toEqual({ behavior: 'allow' })
    expect(decision((await other).body)).toEqual({ behavior: 'allow' })
    await answer(another?.id ?? '', { options: ['deny'] })
    expect(decision((await third).body)).toMatchObject({ behavior: 'deny' })
  })

  test('masks secrets before it stores anything', async () => {
    const secret = 'ghp_abcdefghijklmnopqrst0123'
    const { answered, hangUp } = cancelable('PermissionRequest', {
      ...bash(`curl -H "x: ${secret}"`),
      tool_input: { command: `curl -H "x: ${secret}"`, description: `With ${secret}` },
    })
    await first()
    const stored = JSON.stringify([await all(), await sessionRow(), api.logged])
    hangUp()
    await answered
    expect(stored).toContain('[redacted]')
    expect(stored).not.toContain(secret)
  })

  test('that differs only in a masked secret is another one', async () => {
    const withSecret = (letter: string) => permission(`curl -H ghp_${letter.repeat(30)}`)
    const one = withSecret('a')
    await first()
    const other = withSecret('b')
    const [earlier, later] = await opened(2)
    expect(earlier?.detail).toBe(later?.detail)

    await answer(earlier?.id ?? '', { options: ['allow'] })
    await answer(later?.id ?? '', { options: ['deny'] })

    expect(decision((await one).body)).toEqual({ behavior: 'allow' })
    expect(decision((await other).body)).toMatchObject({ behavior: 'deny' })
  })

  test.each([
    ['mcp__preqbot__preq_complete_task', {}],
    ['mcp__plugin_preqbot_preqbot__preq_ask_owner', {}],
  ])('for our own %s is allowed at once', async (tool_name, tool_input) => {
    const { body } = await hook('PermissionRequest', { tool_name, tool_input })
    expect(decision(body)).toEqual({ behavior: 'allow' })
    expect(await all()).toEqual([])
  })

  test('that the chat cannot show whole is left to the terminal', async () => {
    expect((await permission('x'.repeat(50_001))).body).toEqual({})
    expect(await all()).toEqual([])
  })
})

describe('the time that a request waits', () => {
  const expiryOf = async (request: ReturnType<typeof cancelable>) => {
    const { createdAt, expiresAt } = await first()
    request.hangUp()
    await request.answered
    return ((expiresAt?.getTime() ?? 0) - createdAt.getTime()) / 1_000
  }

  test('ends without a decision, and a later tap allows nothing', async () => {
    const waiting = permission('npm test')
    const { id } = await first()

    api.clock.advance({ ms: 540_000 })

    expect((await waiting).body).toEqual({})
    expect(await stateOf(id)).toMatchObject({ state: 'expired', answeredBy: 'timeout', answer: null })
    expect(await answer(id, { options: ['allow'] })).toMatchObject({ isLate: true })
    expect(await stateOf(id)).toMatchObject({ state: 'expired', answer: null })
  })

  test('is the owner’s setting', async () => {
    expect(await expiryOf(cancelable('PermissionRequest', bash('ls')))).toBe(540)
    await changeSettings(api.ctx, { holdClaude: 5 })
    expect(await expiryOf(cancelable('PermissionRequest', bash('ls')))).toBe(5)
  })

  test.each([
    [{}, 50],
    [{ presence: 'away' }, 540],
    [{ holdCodex: 20 }, 20],
  ] as const)('of Codex with %o: %i s', async (settings, seconds) => {
    await changeSettings(api.ctx, settings)
    void permission('ls', {}, 'codex')
    const { id, createdAt, expiresAt } = await first()
    await answer(id, { options: ['deny'] })
    expect(((expiresAt?.getTime() ?? 0) - createdAt.getTime()) / 1_000).toBe(seconds)
  })

  test.each([
    [{ host: 'board.example.com' }, 50],
    [{ host: 'localhost:3000', 'x-forwarded-for': '203.0.113.9' }, 50],
    [{ host: '127.0.0.1:3000' }, 540],
  ] as const)('behind PUBLIC_URL with %o: %i s', async (headers, seconds) => {
    const proxied = api.another({
      config: { rateLimit: 100, trustProxy: [], publicUrl: 'https://board.example.com' },
    })
    const waiting = proxied.call('POST', '/hooks/claude', {
      body: bodyOf('PermissionRequest', bash('ls')),
      headers,
    })
    const { id, createdAt, expiresAt } = await first()
    await answer(id, { options: ['allow'] })
    expect(decision((await waiting).body)).toEqual({ behavior: 'allow' })
    expect(((expiresAt?.getTime() ?? 0) - createdAt.getTime()) / 1_000).toBe(seconds)
  })
})

describe('a hang-up', () => {
  test('withdraws its question, so a later tap allows nothing', async () => {
    const { answered, hangUp } = cancelable('PermissionRequest', bash('npm test'))
    const { id } = await first()

    hangUp()
    await answered

    expect(await stateOf(id)).toMatchObject({ state: 'withdrawn', answeredBy: 'agent', answer: null })
    expect(await answer(id, { options: ['allow'] })).toMatchObject({ isLate: true })
  })

  test('of one of two requests leaves the question to the other', async () => {
    const one = cancelable('PermissionRequest', bash('npm test'))
    const { id } = await first()
    const other = cancelable('PermissionRequest', bash('npm test'))
    await other.held()

    one.hangUp()
    await one.answered
    await answer(id, { options: ['allow'] })

    expect(await (await other.answered).json()).toMatchObject({
      hookSpecificOutput: { decision: { behavior: 'allow' } },
    })
  })

  test('of a process that was killed withdraws when the next one starts', async () => {
    const held = new Map<string, number>()
    const second = api.another({ held })
    const waiting = second.call('POST', '/hooks/claude', { body: bodyOf('PermissionRequest', bash('ls')) })
    const { id } = await first()
    const asked = await api.call('POST', '/api/questions', { body: { question: 'Red?' } })
    await vi.waitFor(() => expect(held.get(id)).toBe(1), { interval: 10 })
    api.clock.advance({ ms: 1 })

    expect(await withdrawAbandoned(api.ctx, (one) => held.has(one))).toBe(0)
    expect(await withdrawAbandoned(api.ctx, () => false)).toBe(1)

    expect(await answer(id, { options: ['allow'] })).toMatchObject({ isLate: true })
    expect((await waiting).body).toEqual({})
    const path = `/api/questions/${asked.body.question.id}`
    expect((await api.call('GET', path)).body.question.state).toBe('open')
  })

  test('of the process answers without a decision and withdraws', async () => {
    const stopping = new AbortController()
    const second = api.another({ signal: stopping.signal })
    const waiting = second.call('POST', '/hooks/claude', { body: bodyOf('PermissionRequest', bash('ls')) })
    const { id } = await first()

    stopping.abort()

    expect((await waiting).body).toEqual({})
    expect(await stateOf(id)).toMatchObject({ state: 'withdrawn' })
  })
})

describe('what ends a question', () => {
  const waitAll = async () => {
    const uses = [
      ['t1', bash('make')],
      ['t2', bash('make')],
      ['t3', bash('make', { agent_id: 'sub-1' })],
      ['t4', bash('pwd', { agent_id: 'sub-2' })],
    ] as const
    const waiting: Promise<unknown>[] = []
    for (const [index, [tool_use_id, fields]] of uses.entries()) {
      await hook('PreToolUse', { ...fields, tool_use_id })
      waiting.push(hook('PermissionRequest', fields))
      await opened(index + 1)
    }
    const ids = (await all()).map(({ tool }) => tool?.useId)
    return { waiting, ids }
  }
  const openUses = async () => (await open()).map(({ tool }) => tool?.useId)
  const endAll = async () => {
    await hook('SessionEnd', { reason: 'exit' })
    expect(await open()).toEqual([])
  }

  test('is the end of the same tool use, whatever its input, and of no parallel one', async () => {
    const { waiting, ids } = await waitAll()
    expect(ids).toEqual(['t1', 't2', 't3', 't4'])

    await hook('PostToolUse', { ...bash('make'), tool_use_id: 't2', tool_response: {} })
    expect(await openUses()).toEqual(['t1', 't3', 't4'])
    expect(await Promise.race(waiting)).toMatchObject({ body: {} })
    await hook('PostToolUseFailure', {
      tool_name: 'Bash',
      tool_input: {},
      tool_use_id: 't3',
      agent_id: 'sub-1',
    })
    expect(await openUses()).toEqual(['t1', 't4'])
    await hook('PostToolUse', bash('pwd', { tool_use_id: 't9' }))
    expect(await openUses()).toEqual(['t1', 't4'])
    await endAll()
    await Promise.all(waiting)
    expect((await all()).map(({ state, answeredBy }) => [state, answeredBy])).toEqual(
      Array.from({ length: 4 }, () => ['withdrawn', 'terminal']),
    )
  })

  test.each([
    ['Stop', {}, ['t3', 't4']],
    ['UserPromptSubmit', {}, ['t3', 't4']],
    ['SubagentStop', { agent_id: 'sub-1' }, ['t1', 't2', 't4']],
    ['SessionEnd', {}, []],
    ['Notification', {}, ['t1', 't2', 't3', 't4']],
  ])('is %s with %o for the same agent only', async (event, fields, left) => {
    const { waiting } = await waitAll()

    await hook(event, fields)

    expect(await openUses()).toEqual(left)
    await endAll()
    await Promise.all(waiting)
  })

  test('is the end of a use with the same tool and input if none was announced', async () => {
    const waiting = permission('make', { tool_input: { command: 'make', description: 'Build' } })
    await first()

    await hook('PostToolUse', bash('make', { tool_use_id: 't1', tool_response: {} }))

    expect((await waiting).body).toEqual({})
    expect(await open()).toEqual([])
  })

  test('is nothing of another session', async () => {
    const waiting = permission('make')
    const { id } = await first()
    await api.call('POST', '/hooks/claude', {
      body: { ...bodyOf('SessionEnd', {}), session_id: 'elsewhere' },
    })
    await api.call('POST', '/hooks/claude', { body: { ...bodyOf('Stop', {}), session_id: 'elsewhere' } })
    const { token } = await createToken(api.ctx, { name: 'other' })
    await api.call('POST', '/hooks/claude', { body: bodyOf('SessionEnd', {}), token })

    await answer(id, { options: ['allow'] })

    expect(decision((await waiting).body)).toEqual({ behavior: 'allow' })
  })
})

describe('the owner', () => {
  test('who is here leaves permissions to the terminal, but gets questions and plans', async () => {
    await changeSettings(api.ctx, { presence: 'here' })
    expect((await permission('npm test')).body).toEqual({})
    expect(await all()).toEqual([])

    const waiting = hook('PermissionRequest', { tool_name: 'ExitPlanMode', tool_input: { plan: '# Plan' } })
    const { id } = await first()
    await answer(id, { options: ['approve'] })
    expect(decision((await waiting).body)).toEqual({ behavior: 'allow', updatedInput: { plan: '# Plan' } })
  })

  test('who locks permissions denies those that wait and those that come, until undone', async () => {
    const waiting = permission('npm test')
    const plan = cancelable('PermissionRequest', {
      tool_name: 'ExitPlanMode',
      tool_input: { plan: '# Plan' },
    })
    await opened(2)

    const { auditId, denied } = await lockPermissions(api.ctx)
    api.deps.wakeup.trigger()

    expect(denied).toBe(1)
    const locked = { behavior: 'deny', message: expect.stringContaining('locked') }
    expect(decision((await waiting).body)).toEqual(locked)
    expect(decision((await permission('ls')).body)).toEqual(locked)
    expect(await open()).toMatchObject([{ kind: 'plan' }])
    plan.hangUp()
    await plan.answered
    await undoChange(api.ctx, auditId ?? '')
    const again = cancelable('PermissionRequest', bash('ls'))
    await first()
    again.hangUp()
    await again.answered
  })
})

describe('a rule for a session', () => {
  const allowForSession = async (command: string) => {
    const waiting = permission(command)
    await answer((await first()).id, { options: ['allow'], forSession: true })
    expect(decision((await waiting).body)).toEqual({ behavior: 'allow' })
  }
  const isAsked = async (command: string, fields: Fields = {}) => {
    const request = cancelable('PermissionRequest', { ...bash(command), ...fields })
    const [question] = await Promise.race([opened(), request.answered.then(() => [])])
    request.hangUp()
    await request.answered
    return question !== undefined
  }

  test('allows the same command again, and nothing else', async () => {
    await allowForSession('npm test')

    expect(decision((await permission('npm test')).body)).toEqual({ behavior: 'allow' })
    expect(await isAsked('npm test ')).toBe(true)
    expect(
      await isAsked('npm test', { tool_input: { command: 'npm test', dangerouslyDisableSandbox: true } }),
    ).toBe(true)
    const own = session
    session = `${own}-other`
    expect(await isAsked('npm test')).toBe(true)
  })

  test('is listed and can be revoked', async () => {
    await allowForSession('npm run build')
    const rule = (await listSessionRules(api.scope)).find((one) => one.session === session)
    expect(rule).toMatchObject({
      tool: 'Bash',
      shown: 'npm run build',
      name: 'laptop',
      engine: 'claude-code',
      cwd: '/repo',
    })

    expect(await revokeSessionRule(api.ctx, rule?.id ?? '')).toMatchObject({ shown: 'npm run build' })

    expect(await revokeSessionRule(api.ctx, rule?.id ?? '')).toBeNull()
    expect(await isAsked('npm run build')).toBe(true)
  })

  test('ends with its session', async () => {
    await allowForSession('npm run lint')
    await hook('SessionEnd')
    expect(await sessionRow()).toMatchObject({ endedAt: expect.any(Date) })
    expect(await api.db.select().from(sessionRules).where(eq(sessionRules.session, session))).toEqual([])
    expect(await isAsked('npm run lint')).toBe(true)
    expect(await sessionRow()).toMatchObject({ endedAt: null })
  })

  test('is never made for a dangerous command', async () => {
    const waiting = permission('sudo ls')
    const { id } = await first()

    await expect(answer(id, { options: ['allow'], forSession: true })).rejects.toMatchObject({
      code: 'invalid',
    })

    await answer(id, { options: ['allow'] })
    expect(decision((await waiting).body)).toEqual({ behavior: 'allow' })
    expect(await isAsked('sudo ls')).toBe(true)
  })
})

describe('a question of the agent', () => {
  const input = {
    questions: [
      {
        question: 'Which region?',
        header: 'Region',
        options: [{ label: 'EU' }, { label: 'US' }],
        multiSelect: false,
      },
      {
        question: 'Which tests?',
        header: 'Tests',
        options: [{ label: 'Unit' }, { label: 'Load' }],
        multiSelect: true,
      },
    ],
  }

  test('is answered item by item, with the labels of its options', async () => {
    const waiting = hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: input })
    const { id } = await first()

    await answer(id, { options: ['1'] })
    await answer(id, { options: ['1', '2'] })

    expect(decision((await waiting).body)).toEqual({
      behavior: 'allow',
      updatedInput: { ...input, answers: { 'Which region?': 'EU', 'Which tests?': ['Unit', 'Load'] } },
    })
  })

  test('that is another one while the first is open does not get its answer', async () => {
    const [region, kind] = input.questions
    const send = (question: unknown) =>
      hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: { questions: [question] } })
    const one = send(region)
    await first()
    const other = send(kind)
    const [earlier, later] = await opened(2)

    await answer(earlier?.id ?? '', { options: ['1'] })
    await answer(later?.id ?? '', { options: ['2'] })

    expect(decision((await one).body)).toMatchObject({ updatedInput: { answers: { 'Which region?': 'EU' } } })
    expect(decision((await other).body)).toMatchObject({
      updatedInput: { answers: { 'Which tests?': 'Load' } },
    })
  })

  test('is answered in words', async () => {
    const [question] = input.questions
    const one = { questions: [question] }
    const waiting = hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: one })
    const { id } = await first()

    await answer(id, { text: 'Asia' })

    expect(decision((await waiting).body)).toMatchObject({
      updatedInput: { answers: { 'Which region?': 'Asia' } },
    })
  })

  test('about a plan is approved with edits, or changed in words', async () => {
    const plan = { tool_name: 'ExitPlanMode', tool_input: { plan: '# Plan', planFilePath: '/p.md' } }
    const approved = hook('PermissionRequest', plan)
    await answer((await first()).id, { options: ['approve-edits'] })
    expect(decision((await approved).body)).toMatchObject({
      behavior: 'allow',
      updatedInput: plan.tool_input,
      updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
    })

    const changed = hook('PermissionRequest', plan)
    await answer((await first()).id, { text: 'Tests first' })
    expect(decision((await changed).body)).toEqual({ behavior: 'deny', message: 'Tests first' })
  })
})

describe('a session that works on a task', () => {
  const claim = async () => {
    const key = await api.task({ status: 'todo' })
    await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' } })
    const tool_response = [{ type: 'text', text: JSON.stringify({ task: { task_key: key } }) }]
    await hook('PostToolUse', {
      tool_name: 'mcp__plugin_preqbot_preqbot__preq_start_task',
      tool_input: { taskId: key },
      tool_use_id: 't1',
      tool_response,
    })
    const [task] = await api.db.select().from(tasks).where(eq(tasks.taskKey, key))
    if (task === undefined) throw new Error('no task')
    return task
  }
  const taskOf = async (id: string) => (await api.db.select().from(tasks).where(eq(tasks.id, id)))[0]
  const finish = (key: string) =>
    api.call('PATCH', `/api/tasks/${key}`, {
      body: { status: 'done' },
      headers: { 'preqbot-session': session },
    })

  test('holds its run, and its questions are about the task, whose run goes on', async () => {
    const { id, taskKey } = await claim()
    const [run] = await api.db.select().from(runs).where(eq(runs.taskId, id))
    expect([run?.session, (await sessionRow())?.taskId]).toEqual([session, id])

    const waiting = permission('npm test')
    const question = await first()
    expect(question.taskId).toBe(id)
    expect(await taskOf(id)).toMatchObject({ runState: 'running', status: 'todo' })
    await answer(question.id, { options: ['allow'] })

    expect(decision((await waiting).body)).toEqual({ behavior: 'allow' })
    expect(await taskOf(id)).toMatchObject({ runState: 'running', status: 'todo' })
    await finish(taskKey)
  })

  test('whose run the owner stops is told so, and Undo does not ask again for nobody', async () => {
    const { taskKey } = await claim()
    const waiting = permission('npm test')
    const { id } = await first()

    const { auditId } = await editTask(api.ctx, taskKey, { runState: null })
    api.deps.wakeup.trigger()
    const { body } = await waiting
    expect([body.continue, decision(body)]).toMatchObject([false, { behavior: 'deny' }])
    await undoChange(api.ctx, auditId ?? '')

    expect(await stateOf(id)).toMatchObject({ state: 'withdrawn' })
    expect(await answer(id, { options: ['allow'] })).toMatchObject({ isLate: true })
    await finish(taskKey)
  })

  test('keeps it alive with every hook, at most once a minute', async () => {
    const { id, taskKey } = await claim()
    const aliveAt = async () => (await taskOf(id))?.runStateUpdatedAt?.getTime()
    const started = await aliveAt()

    api.clock.advance({ ms: 59_999 })
    await hook('PreToolUse', bash('ls', { tool_use_id: 't2' }))
    expect(await aliveAt()).toBe(started)
    api.clock.advance({ ms: 1 })
    await hook('PostToolUse', bash('ls', { tool_use_id: 't2' }))
    expect(await aliveAt()).toBe(api.clock.now().getTime())
    await finish(taskKey)
  })

  test('is known by the ID of its tool call, so another session of the token is refused', async () => {
    const key = await api.task({ status: 'todo' })
    const call = async (name: string, args: object, useId: string) => {
      await hook('PreToolUse', { tool_name: `mcp__preqbot__${name}`, tool_input: args, tool_use_id: useId })
      const _meta = { 'claudecode/toolUseId': useId }
      const answer = await askMcp(api, 'tools/call', { name, arguments: args, _meta })
      return answer.result
    }
    await call('preq_start_task', { taskId: key }, `${session}-1`)
    const holder = session
    session = `${session}-other`
    const done = { taskId: key, summary: 'Done' }

    expect(await call('preq_complete_task', done, `${session}-1`)).toMatchObject({ isError: true })
    session = holder
    expect(await call('preq_complete_task', done, `${session}-2`)).not.toMatchObject({ isError: true })
  })

  test('does not take over the run of another session or token', async () => {
    const key = await api.task({ status: 'todo' })
    const headers = { 'preqbot-session': 'elsewhere' }
    await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' }, headers })
    const { token } = await createToken(api.ctx, { name: 'thief', rights: 'full' })
    const report = bodyOf('PostToolUse', {
      tool_name: 'mcp__preqbot__preq_claim_task',
      tool_input: {},
      tool_response: { task: { task_key: key } },
    })

    await api.call('POST', '/hooks/claude', { body: report })
    await api.call('POST', '/hooks/claude', { body: report, token })

    const rows = await api.db
      .select()
      .from(agentSessions)
      .where(and(eq(agentSessions.session, session)))
    expect(rows.map(({ taskId }) => taskId)).toEqual([null, null])
    const [run] = await api.db
      .select({ session: runs.session })
      .from(runs)
      .innerJoin(tasks, eq(tasks.id, runs.taskId))
      .where(eq(tasks.taskKey, key))
    expect(run?.session).toBe('elsewhere')
  })
})
