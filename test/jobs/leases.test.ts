import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runners, runs } from '../../src/db/schema.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import type { TimedWork } from '../../src/jobs/job.ts'
import { leasesJob } from '../../src/jobs/leases.ts'
import { retentionJob } from '../../src/jobs/retention.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { openLog } from '../../src/log.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { openJobBoard } from '../support/jobs.ts'
import { connectRunner, queueTask, type TestRun, type TestRunner } from '../support/runners.ts'

let api: TestApi
let runner: TestRunner
let queued: Awaited<ReturnType<typeof openJobBoard>>['queued']
beforeEach(async () => {
  const board = await openJobBoard()
  queued = board.queued
  api = await openApi({}, board)
  runner = await connectRunner(api)
})
afterEach(() => api.close())

const log = openLog({ level: 'silent', write: () => {} })
const runJob = (job: TimedWork, since?: Date) =>
  job.run({
    store: api.db,
    ownerId: api.ownerId,
    now: api.clock.now,
    log,
    ...(since === undefined ? {} : { since }),
  })
const pass = (seconds: number) => api.clock.advance({ ms: seconds * 1_000 })
const outcomeOf = async ({ id }: TestRun) =>
  (await api.db.select().from(runs).where(eq(runs.id, id)))[0]?.outcome
const taskOf = ({ key }: TestRun) => requireTask(api.scope, key)
const take = async (fields: Readonly<Record<string, unknown>> = {}) => {
  await queueTask(api, fields)
  return runner.take()
}

describe('the lease of a run', () => {
  test.each([
    [89, null],
    [90, 'lost'],
    [91, 'lost'],
  ])('after %i s without its runner: %s', async (seconds, outcome) => {
    const run = await take()
    pass(seconds)
    await runJob(leasesJob)
    expect(await outcomeOf(run)).toBe(outcome)
  })

  test('starts over with each report of the run, and with nothing else', async () => {
    const [kept, lost] = [await take(), await take()]
    pass(60)
    await runner.hello({ runs: [kept.id] })
    await lost.act('start')
    pass(89)
    await runJob(leasesJob)
    expect([await outcomeOf(kept), await outcomeOf(lost)]).toEqual([null, 'lost'])
  })

  test.each([
    [89, null],
    [90, 'lost'],
  ])('does not count before the board started: %i s after the start it is %s', async (seconds, outcome) => {
    const run = await take()
    pass(3_600)
    const start = api.clock.now()
    pass(seconds)
    await runJob(leasesJob, start)
    expect(await outcomeOf(run)).toBe(outcome)
  })

  test.each([
    [29, null],
    [30, 'lost'],
  ])('ends if its runner reports without it %i s after it was last known: %s', async (seconds, outcome) => {
    const run = await take()
    pass(seconds)
    await runner.hello({ runs: [] })
    expect(await outcomeOf(run)).toBe(outcome)
  })

  test('of an agent without a runner never ends', async () => {
    const key = await queueTask(api)
    await api.call('POST', '/api/tasks/claim', { body: {} })
    pass(3_600)
    await runJob(leasesJob)
    expect((await requireTask(api.scope, key)).runState).toBe('running')
  })

  test('keeps a run from being reported as silent as long as it is renewed', async () => {
    const run = await take()
    for (let minute = 0; minute < 40; minute += 1) {
      pass(60)
      await runner.hello({ runs: [run.id] })
      await runJob(staleRunsJob)
    }
    expect(await queued()).toEqual([])
  })

  test("keeps another agent from taking the run over while it's renewed", async () => {
    const run = await take()
    pass(45 * 60)
    await runner.hello({ runs: [run.id] })
    const start = await api.call('PATCH', `/api/tasks/${run.key}`, { body: { lifecycle_action: 'start' } })
    expect(start.status).toBe(409)
  })
})

test('a runner is deleted 30 days after it was last heard', async () => {
  const known = () => api.db.$count(runners)
  pass(30 * 24 * 3_600)
  await runJob(retentionJob)
  const before = await known()
  pass(1)
  await runJob(retentionJob)
  expect([before, await known()]).toEqual([1, 0])
})

describe('a lost run', () => {
  test('puts its task on hold with a question, and nothing starts again by itself', async () => {
    const run = await take({ engine: 'codex' })
    pass(12 * 60)
    await runner.hello({ runs: [run.id] })
    pass(90)
    await runJob(leasesJob)
    const { status, runState, question } = await taskOf(run)
    expect([status, runState, await outcomeOf(run)]).toEqual(['hold', null, 'lost'])
    expect(question).toMatchObject({
      kind: 'block',
      items: [
        {
          text: 'Codex on mac was lost after 12 min.',
          options: [
            { id: 'queue', label: 'Queue again' },
            { id: 'hold', label: 'Keep on hold' },
          ],
        },
      ],
    })
    expect((await runner.claim()).status).toBe(204)
    expect((await runner.hello({ runs: [run.id] })).body.stop).toEqual([run.id])
  })

  test('is known at once if a restarted runner reports it, and only the first time', async () => {
    const run = await take()
    const first = await run.report({ outcome: 'lost' })
    const { question } = await taskOf(run)
    const second = await run.report({ outcome: 'lost' })
    expect([first.body.run.outcome, second.body.run.outcome]).toEqual(['lost', 'lost'])
    expect(question?.items[0]?.text).toBe('Claude Code on mac was lost after less than a minute.')
    expect((await taskOf(run)).question?.id).toBe(question?.id)
  })

  test('is queued again for what it was doing, without a comment', async () => {
    const key = await api.task({ status: 'inbox' })
    await editTask(api.ctx, key, { runState: 'queued' })
    const run = await runner.take()
    await run.report({ outcome: 'lost' })
    const { question } = await taskOf(run)
    const { task } = await answerQuestion(api.ctx, question?.id ?? '', { options: ['queue'] })
    const again = await runner.take()
    expect([task?.status, task?.runState]).toEqual(['inbox', 'queued'])
    expect([again.key, again.body.objective, again.body.run.attempt, again.body.task.feedback]).toEqual([
      key,
      'plan',
      2,
      [],
    ])
  })

  test('stays on hold if the owner says so', async () => {
    const run = await take()
    await run.report({ outcome: 'lost' })
    const { question } = await taskOf(run)
    await answerQuestion(api.ctx, question?.id ?? '', { options: ['hold'] })
    const task = await taskOf(run)
    expect([task.status, task.runState, task.question]).toEqual(['hold', null, null])
  })

  test('takes what the owner writes as feedback and is queued again', async () => {
    const run = await take()
    await run.report({ outcome: 'lost' })
    const { question } = await taskOf(run)
    await answerQuestion(api.ctx, question?.id ?? '', { text: 'Smaller steps, please' })
    const again = await runner.take()
    expect(again.body.task.feedback).toMatchObject([{ text: 'Smaller steps, please' }])
  })

  test('offers only to keep it on hold after the second loss in a row', async () => {
    const labels: string[][] = []
    const run = await take()
    await run.report({ outcome: 'lost' })
    for (const end of ['lost', 'exited', 'lost'] as const) {
      const { question } = await taskOf(run)
      labels.push(question?.items[0]?.options.map(({ label }) => label) ?? [])
      if (question !== null) await answerQuestion(api.ctx, question.id, { text: 'Try again' })
      const next = await runner.take()
      if (end === 'exited') {
        await next.act('block', { reason: 'Exit code 1' })
        const blocked = await taskOf(run)
        await answerQuestion(api.ctx, blocked.question?.id ?? '', { text: 'Again' })
        const retry = await runner.take()
        await retry.report({ outcome: 'lost' })
      } else await next.report({ outcome: 'lost' })
    }
    const { question } = await taskOf(run)
    labels.push(question?.items[0]?.options.map(({ label }) => label) ?? [])
    const both = ['Queue again', 'Keep on hold']
    expect(labels).toEqual([both, ['Keep on hold'], both, ['Keep on hold']])
  })
})
