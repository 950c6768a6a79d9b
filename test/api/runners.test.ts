import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runners, runs } from '../../src/db/schema.ts'
import { createToken, revokeToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { setProjectSettings } from '../../src/domain/projects/settings.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { connectRunner, queueTask, type TestRun, type TestRunner } from '../support/runners.ts'

let api: TestApi
let runner: TestRunner
let project = ''
let number = 0
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
// Each test has its own project and runner, and therefore its own queue.
beforeEach(async () => {
  number += 1
  project = `R${number}`
  await createProject(api.ctx, { key: project, name: 'Runner' })
  runner = await connectRunner(api, { name: `mac ${number}`, projects: [project] })
})

const queue = (fields: object = {}) => queueTask(api, { projectKey: project, ...fields })
const taken = async (fields: object = {}): Promise<TestRun> => {
  await queue(fields)
  return runner.take()
}
const runRow = async (id: string) => (await api.db.select().from(runs).where(eq(runs.id, id)))[0]

describe('POST /api/runners', () => {
  test('keeps one row per token and name, and returns unknown projects', async () => {
    const again = await runner.hello({ busy: 1, projects: [project.toLowerCase(), 'NOPE'] })
    const other = await runner.hello({ name: 'linux' })
    const [row] = await api.db.select().from(runners).where(eq(runners.id, runner.id))
    expect(again.body).toEqual({
      id: runner.id,
      lease_s: 90,
      stop: [],
      replies: [],
      unknown_projects: ['NOPE'],
    })
    expect(other.body.id).not.toBe(runner.id)
    expect(row).toMatchObject({ busy: 1, projects: [project], host: `mac ${number}.local` })
  })

  test.each([
    { name: '' },
    { name: '\u200b' },
    { name: 'n'.repeat(61) },
    { host: '' },
    { engines: [] },
    { engines: ['vim'] },
    { projects: [] },
    { max: 0 },
    { max: 21 },
    { busy: -1 },
    { wait: 51 },
    { runs: ['x'] },
    { other: 1 },
  ])('refuses %o', async (body) => {
    expect((await runner.hello(body)).status).toBe(400)
  })

  test('answers with the runs that have ended on the board, however they ended', async () => {
    const [stopped, done, deleted, open] = [await taken(), await taken(), await taken(), await taken()]
    await editTask(api.ctx, stopped.key, { runState: null })
    await done.act('complete', { summary: 'Done.' })
    await deleteTask(api.ctx, deleted.key)
    const unknown = crypto.randomUUID()
    const { body } = await runner.hello({
      runs: [stopped.id, stopped.id, done.id, deleted.id, open.id, open.id.toUpperCase(), unknown],
    })
    expect(body.stop.sort()).toEqual([stopped.id, done.id, deleted.id, unknown].sort())
  })

  test("tells a runner to end another runner's run, and doesn't renew its lease", async () => {
    const run = await taken()
    const other = await connectRunner(api, { name: 'other', projects: [project], token: runner.token })
    api.clock.advance({ ms: 30_000 })
    const { body } = await other.hello({ runs: [run.id] })
    expect(body.stop).toEqual([run.id])
    expect((await runRow(run.id))?.heartbeatAt).toEqual((await runRow(run.id))?.startedAt)
  })

  test('answers a waiting request as soon as the owner stops the run', async () => {
    const run = await taken()
    const waiting = runner.hello({ runs: [run.id], wait: 50 })
    await editTask(api.ctx, run.key, { runState: null })
    api.deps.wakeup.trigger()
    expect((await waiting).body.stop).toEqual([run.id])
  })

  test('answers with nothing when its wait ends', async () => {
    const run = await taken()
    const { body } = await runner.hello({ runs: [run.id], wait: 0.05 })
    expect([body.stop, body.replies]).toEqual([[], []])
  })
})

describe("the owner's words for a run", () => {
  test('come once, with the claim, the runner or a fetch', async () => {
    const key = await queue()
    await editTask(api.ctx, key, { comment: 'Before the claim' })
    const run = await runner.take()
    await editTask(api.ctx, key, { comment: 'Use pnpm' })
    const unstarted = await runner.hello({ runs: [] })
    const first = await runner.hello({ runs: [run.id] })
    const second = await runner.hello({ runs: [run.id] })
    expect(run.body.task.feedback).toHaveLength(1)
    expect(unstarted.body.replies).toEqual([])
    expect(first.body.replies).toMatchObject([{ run: run.id, text: 'Use pnpm' }])
    expect(second.body.replies).toEqual([])
  })

  test('reach a waiting runner at once', async () => {
    const run = await taken()
    const waiting = runner.hello({ runs: [run.id], wait: 50 })
    await editTask(api.ctx, run.key, { comment: 'Stop at the tests' })
    api.deps.wakeup.trigger()
    expect((await waiting).body.replies).toMatchObject([{ text: 'Stop at the tests' }])
  })

  test('come either to the hook or to the runner, if both ask at once', async () => {
    const run = await taken()
    const hook = () =>
      run.call('POST', '/hooks/claude', {
        session_id: 'claude-1',
        hook_event_name: 'PostToolUse',
        tool_name: 'Bash',
        tool_input: { command: 'ls' },
        tool_response: {},
      })
    await hook()
    for (let round = 1; round <= 10; round += 1) {
      await editTask(api.ctx, run.key, { comment: `Word ${round}` })
      const [one, other, hooked] = await Promise.all([
        runner.hello({ runs: [run.id] }),
        runner.hello({ runs: [run.id] }),
        hook(),
      ])
      const times = [one.text, other.text, hooked.text].filter((text) => text.includes(`Word ${round}`))
      expect(times, `round ${round}`).toHaveLength(1)
    }
  })
})

describe('POST /api/tasks/claim by a runner', () => {
  test('starts a run with a branch, a base and a token that is stored hashed', async () => {
    await setProjectSettings(api.ctx, project, { deploy_default_branch: 'develop' })
    const key = await queue({ title: 'Fix the login', branch: '' })
    await editTask(api.ctx, key, { branch: null })
    const { body } = await runner.claim()
    const row = await runRow(body.run.id)
    expect(body).toMatchObject({
      objective: 'implement',
      task: { id: key, run_state: 'working', branch: `task/${key.toLowerCase()}/fix-the-login` },
      run: {
        attempt: 1,
        engine: 'claude-code',
        branch: `task/${key.toLowerCase()}/fix-the-login`,
        base: 'develop',
        session: null,
      },
    })
    expect(body.run.token).toMatch(/^preq_run_[\w-]{32}$/)
    expect(row).toMatchObject({ runnerId: runner.id, session: body.run.id, base: 'develop' })
    expect(JSON.stringify(row)).not.toContain(body.run.token)
  })

  test('takes only queued tasks of its projects and engines', async () => {
    await api.task({ projectKey: project, status: 'todo' })
    await queue({ engine: 'gemini' })
    await queueTask(api, { engine: 'codex' })
    const none = await runner.claim()
    const key = await queue({ engine: 'codex' })
    const { body } = await runner.claim({ projects: [project.toLowerCase()] })
    expect([none.status, body.task.id, body.run.engine]).toEqual([204, key, 'codex'])
  })

  test("continues with the last run's engine and the agent's session", async () => {
    const first = await taken()
    await first.report({ session: 'claude-session-1' })
    await first.call('POST', `/api/tasks/${first.key}/release`, {})
    const second = await runner.take({ engines: ['codex', 'claude-code'] })
    await second.call('POST', `/api/tasks/${second.key}/release`, {})
    await editTask(api.ctx, second.key, { engine: 'codex' })
    const third = await runner.take()
    expect(second.body.run).toMatchObject({ attempt: 2, engine: 'claude-code', session: 'claude-session-1' })
    expect(third.body.run).toMatchObject({ attempt: 3, engine: 'codex', session: null })
  })

  test('never gives two runners the same task', async () => {
    const tasks = 12
    for (let made = 0; made < tasks; made += 1) await queue()
    const others = [
      runner,
      await connectRunner(api, { name: 'b', projects: [project] }),
      await connectRunner(api, { name: 'c', projects: [project], token: runner.token }),
    ]
    const answers = await Promise.all(
      Array.from({ length: 6 }).flatMap(() => others.map((one) => one.claim())),
    )
    const keys = answers.flatMap(({ status, body }) => (status === 200 ? [body.task.id] : []))
    expect([keys.length, new Set(keys).size]).toEqual([tasks, tasks])
  })

  test('waits for a task', async () => {
    const key = await api.task({ projectKey: project, status: 'todo' })
    const waiting = runner.claim({ wait: 30 })
    await editTask(api.ctx, key, { runState: 'queued' })
    api.deps.wakeup.trigger()
    expect((await waiting).body.task.id).toBe(key)
  })

  test("is refused for another token's runner, with parts missing, and with an Idempotency-Key", async () => {
    const { token } = await createToken(api.ctx, { name: 'other' })
    const body = { runner: runner.id, engines: ['codex'], projects: [project] }
    const foreign = await api.call('POST', '/api/tasks/claim', { token, body })
    const partial = await api.call('POST', '/api/tasks/claim', { body: { runner: runner.id } })
    const headers = { 'idempotency-key': 'k' }
    const keyed = await api.call('POST', '/api/tasks/claim', { token: runner.token, body, headers })
    expect([foreign.status, partial.status, keyed.status]).toEqual([404, 400, 400])
  })

  test("isn't handed out again to a plain claim of the same token", async () => {
    const run = await taken()
    const plain = await api.call('POST', '/api/tasks/claim', {
      token: runner.token,
      body: { project_key: project },
    })
    expect([plain.status, run.body.resumed]).toEqual([204, undefined])
  })
})

describe('PATCH /api/runs/{id}', () => {
  test('records session, use and files, also after the run has ended', async () => {
    const run = await taken()
    const early = await run.call('PATCH', `/api/runs/${run.id}`, { session: 's-1' })
    await run.act('complete', { summary: 'Done.' })
    const usage = { input_tokens: 80_000, output_tokens: 4_000, cost_usd: 0.42 }
    const late = await run.report({ usage, files: 5, outcome: 'exited' })
    expect(early.body.run).toMatchObject({ session: 's-1', ended_at: null, task_key: run.key })
    expect(late.body.run).toMatchObject({ session: 's-1', outcome: 'completed', usage, files: 5 })
    expect((await runRow(run.id))?.exitedAt).toEqual(api.clock.now())
  })

  test.each([
    { usage: {} },
    { files: -1 },
    { outcome: 'done' },
    { limit: {} },
    { session: '' },
    { other: 1 },
  ])('refuses %o', async (body) => {
    const run = await taken()
    expect((await run.report(body)).status).toBe(400)
  })

  test('is not found for another token and an unknown run', async () => {
    const run = await taken()
    const foreign = await api.call('PATCH', `/api/runs/${run.id}`, { body: { files: 1 } })
    const unknown = await api.call('PATCH', `/api/runs/${crypto.randomUUID()}`, { body: { files: 1 } })
    expect([foreign.status, unknown.status, (await runRow(run.id))?.files]).toEqual([404, 404, null])
  })
})

describe("a run's token", () => {
  test('acts as its runner, with the run as its session', async () => {
    const [run, other] = [await taken(), await taken()]
    const start = await run.act('start')
    const foreign = await api.call('PATCH', `/api/tasks/${run.key}`, {
      token: runner.token,
      headers: { 'preqbot-session': 'terminal' },
      body: { lifecycle_action: 'complete', result: { summary: 'x' } },
    })
    const done = await run.act('complete', { summary: 'Done.' })
    expect([start.status, foreign.status, done.status]).toEqual([200, 409, 200])
    expect(done.body.task.latest_preq_result.summary).toBe('Done.')
    expect((await runRow(other.id))?.endedAt).toBeNull()
  })

  test.each<[string, (run: TestRun) => Promise<unknown>]>([
    ['is completed', (run) => run.act('complete', { summary: 'Done.' })],
    ['is blocked', (run) => run.act('block', { reason: 'Which one?' })],
    ['is released', (run) => run.call('POST', `/api/tasks/${run.key}/release`, {})],
    ['is stopped by the owner', (run) => editTask(api.ctx, run.key, { runState: null })],
    ["loses its task to the owner's deletion", (run) => deleteTask(api.ctx, run.key)],
    ['is lost', (run) => run.report({ outcome: 'lost' })],
  ])('is void once the run %s', async (_, end) => {
    const run = await taken()
    await end(run)
    const after = await run.call('GET', `/api/tasks/${run.key}`)
    expect([after.status, after.body]).toEqual([401, { error: 'Unauthorized' }])
  })

  test("is void once its runner's token is revoked", async () => {
    const run = await taken()
    await revokeToken(api.ctx, runner.tokenId)
    expect((await run.call('GET', `/api/tasks/${run.key}`)).status).toBe(401)
  })

  test('does not share questions and idempotency keys with another run of its token', async () => {
    const [run, other] = [await taken(), await taken()]
    const ask = (one: TestRun) =>
      one.call('POST', '/api/questions', { question: 'Red or blue?', key: 'color' })
    const [asked, askedByOther] = [await ask(run), await ask(other)]
    const seen = await other.call('GET', `/api/questions/${asked.body.question.id}`)
    const create = (one: TestRun, title: string) =>
      api.call('POST', '/api/tasks', {
        token: one.token,
        headers: { 'idempotency-key': 'first' },
        body: { title, projectKey: project },
      })
    const [made, madeByOther] = [await create(run, 'One'), await create(other, 'Two')]
    expect(askedByOther.body.question.id).not.toBe(asked.body.question.id)
    expect([seen.status, made.status, madeByOther.status]).toEqual([404, 201, 201])
  })
})
