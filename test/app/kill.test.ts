import { setTimeout as pause } from 'node:timers/promises'
import { asc, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  auditLogs,
  botMessages,
  botState,
  botUpdates,
  eventsOutbox,
  tasks,
  workLogs,
} from '../../src/db/schema.ts'
import { launchProcess } from '../support/process.ts'
import { openProcessWorld, type ProcessWorld } from '../support/process-world.ts'
import { createRandom } from '../support/random.ts'
import { startTraffic } from '../support/traffic.ts'
import { updatesBy } from '../support/updates.ts'

// KILLS=200 runs longer, TEST_UPDATES=webhook uses the other intake, SEED repeats a run.
const kills = Number(process.env.KILLS ?? 2)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: ProcessWorld

beforeAll(async () => {
  world = await openProcessWorld({ keepCalls: 1_000_000 })
}, 120_000)

afterAll(async () => {
  await world.close()
})

test(`${kills} kills at random moments while the owner writes, agents work and reports are sent, with ${updatesBy}: nothing is lost or done twice (seed ${seed})`, {
  timeout: 120_000 + kills * 30_000,
}, async () => {
  const random = createRandom(seed)
  const user = world.user
  const traffic = startTraffic({
    url: `http://127.0.0.1:${world.env.PORT}`,
    token: world.board.token,
    agents: 3,
    restMs: 500,
    random,
  })
  let sentTexts = 0
  const write = async (untilMs: number) => {
    for (let waited = 0; waited < untilMs; ) {
      const restMs = Math.min(random() * 500, untilMs - waited)
      await pause(restMs)
      waited += restMs
      sentTexts += 1
      user.sendText(`Message number ${sentTexts}.`)
    }
  }

  for (let kill = 0; kill < kills; kill += 1) {
    const process = await launchProcess(world.env)
    // One in four is killed while it starts, the others within the first 2 s of work.
    if (random() < 0.75) await process.ready
    await write(random() * 2_000)
    await process.kill()
  }
  const lastProcess = await launchProcess(world.env)
  await lastProcess.ready
  await traffic.end()
  await lastProcess.stop()
  await cleanUp()

  const { expected } = traffic
  const found = await world.board.look(async ({ db }) => ({
    tasks: await db.select().from(tasks),
    logs: await db.select().from(workLogs),
    events: await db.select().from(eventsOutbox).orderBy(asc(eventsOutbox.id)),
    audit: await db.select().from(auditLogs),
    updates: await db.select().from(botUpdates),
    state: await db.select().from(botState),
    failed: (await db.select().from(botMessages)).filter(({ state }) => state === 'failed'),
  }))
  const titles = found.tasks.map(({ title }) => title)
  const sent = world.playground.world.calls.filter(
    ({ method, ok }) => ok && method.toLowerCase() === 'sendmessage',
  )
  const texts = sent.map(({ params }) => String((params as { text: string }).text))

  // Each of the owner's messages is one task, and none was given up.
  expect(found.updates.filter(({ finishedAt, error }) => finishedAt === null || error !== null)).toEqual([])
  expect(titles.filter((title) => title.startsWith('Message')).toSorted()).toEqual(
    Array.from({ length: sentTexts }, (_, n) => `Message number ${n + 1}.`).toSorted(),
  )

  // What agents were told succeeded is there exactly once.
  expect(expected.strange).toEqual([])
  expect(amiss(expected.tasks, titles)).toEqual([])
  expect(
    amiss(
      expected.logs,
      found.logs.map(({ title }) => title),
    ),
  ).toEqual([])
  const results = found.logs.flatMap(({ detail }) => /report [\d.]+\./.exec(detail ?? '')?.[0] ?? [])
  expect(amiss(new Map([...expected.reports].map(([words, { times }]) => [words, times])), results)).toEqual(
    [],
  )
  const runs = found.events.filter(
    ({ payload }) => (payload?.runState as { to?: string } | undefined)?.to === 'running',
  )
  const withRun = new Set(runs.map(({ entityId }) => entityId))
  expect([...expected.started, ...expected.claimed].filter((key) => !withRun.has(key))).toEqual([])
  expect(new Set(expected.claimed).size).toBe(expected.claimed.length)
  expect(expected.busy.withoutTime).toBe(0)

  // What needs the owner was delivered.
  const reported = [...expected.reports]
    .filter(([words]) => results.includes(words))
    .map(([, report]) => report)
  const unheard = reported.filter(
    ({ key }) =>
      !texts.some(
        (text) =>
          text.includes(`<b>${key}:</b>`) || (text.includes('need you') && text.includes(`<b>${key}</b>`)),
      ),
  )
  expect(unheard).toEqual([])
  expect(
    reported.filter(({ key, to }) => found.tasks.find((task) => task.taskKey === key)?.status !== to),
  ).toEqual([])
  expect(found.failed).toEqual([])

  // Repeated messages are marked, and there are no more of them than kills.
  const repeats = repeatsIn(sent.map(({ params }) => params as unknown as SentTexts))
  expect(repeats.unmarked).toEqual([])
  expect(repeats.count).toBeLessThanOrEqual(kills)

  // Events and audit entries match the rows, and the outbox reader saw everything exactly once.
  // Pending messages may still become tasks after the reader stopped.
  const ids = found.events.map(({ id }) => String(id))
  expect(expected.events).toEqual(ids.slice(0, expected.events.length))
  expect(expected.events.length).toBeGreaterThan(0)
  expect(found.state.find(({ key }) => key === 'notifier_cursor')?.value).toBe(found.events.at(-1)?.id)
  expect(untraced(found)).toEqual([])
  expect(world.playground.world.violations).toEqual([])
  console.log(
    `${kills} kills by ${updatesBy}, seed ${seed}: ${sentTexts} messages, ${expected.tasks.size} tasks and ${reported.length} reports of agents, ${found.events.length} events, ${sent.length} sent, of them ${repeats.count} repeats`,
  )
})

test('after a kill, the next process respects a flood limit that the killed one had met', {
  timeout: 120_000,
}, async () => {
  const { playground, env } = world
  const metrics = { METRICS_TOKEN: 'a-token-for-metrics' }
  const killed = await launchProcess({ ...env, ...metrics })
  const url = await killed.ready
  playground.world.calls.length = 0
  playground.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 20 })
  await fetch(`${url}/api/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.board.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Held back.', projectKey: 'API' }),
  })
  const headers = { authorization: `Bearer ${metrics.METRICS_TOKEN}` }
  const outcomes = async () => (await fetch(`${url}/metrics`, { headers })).text()
  await expect.poll(outcomes, { timeout: 15_000 }).toContain('outcome="later"')
  await killed.kill()

  const next = await launchProcess(world.env)
  await next.ready
  await world.user.nextMessage('Held back.', { within: 60_000 })
  await next.stop()

  const [refused, sent, ...more] = playground.world.calls.filter(
    ({ method }) => method.toLowerCase() === 'sendmessage',
  )
  expect([refused?.error?.code, sent?.ok, more]).toEqual([429, true, []])
  expect(Number(sent?.at) - Number(refused?.at)).toBeGreaterThanOrEqual(20_000)
  expect(playground.world.violations).toEqual([])
})

/** Runs the process until it has nothing left to do. */
async function cleanUp(): Promise<void> {
  for (;;) {
    const left = await world.board.look(async ({ db }) => {
      const messages = await db.select().from(botMessages)
      const waiting = messages.filter(
        ({ state, stale }) =>
          state === 'pending' || state === 'uncertain' || state === 'sending' || (state === 'sent' && stale),
      )
      return waiting.length + (await db.$count(botUpdates, isNull(botUpdates.finishedAt)))
    })
    if (left === 0 && world.playground.world.updates.pending().length === 0) return
    const process = await launchProcess(world.env)
    await process.ready
    await pause(4_000)
    await process.stop()
  }
}

/** Returns what isn't there as often as it must be. */
function amiss(expected: ReadonlyMap<string, 'once' | 'maybe'>, found: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...expected].flatMap(([name, times]) => {
    const count = counts.get(name) ?? 0
    return count === 1 || (count === 0 && times === 'maybe') ? [] : [`${name} is there ${count} times`]
  })
}

interface SentTexts {
  readonly text: string
  readonly reply_parameters?: { readonly message_id: number }
}

const mark = '🔁 possibly a repeat\n'

/** Returns messages that repeat an earlier one's text or answer. */
function repeatsIn(sentTexts: readonly SentTexts[]): {
  readonly count: number
  readonly unmarked: readonly string[]
} {
  const first = new Set<string>()
  const again = sentTexts.filter(({ text, reply_parameters }) => {
    const about =
      reply_parameters === undefined ? text.replace(mark, '') : `answer ${reply_parameters.message_id}`
    const isAgain = first.has(about)
    first.add(about)
    return isAgain
  })
  return {
    count: again.length,
    unmarked: again.map(({ text }) => text).filter((text) => !text.startsWith(mark)),
  }
}

/** Returns rows whose state doesn't follow from their events, and changes that lack an event or an audit entry. */
function untraced(found: {
  readonly tasks: readonly (typeof tasks.$inferSelect)[]
  readonly logs: readonly (typeof workLogs.$inferSelect)[]
  readonly events: readonly (typeof eventsOutbox.$inferSelect)[]
  readonly audit: readonly (typeof auditLogs.$inferSelect)[]
}): string[] {
  const faults: string[] = []
  const statuses = new Map<string, unknown>()
  for (const { id, eventType, entityId, payload } of found.events) {
    if (eventType === 'TASK_CREATED') {
      if (statuses.has(entityId)) faults.push(`${entityId} is made twice, at ${id}`)
      statuses.set(entityId, payload?.status)
    }
    if (eventType !== 'TASK_STATUS_CHANGED') continue
    if (statuses.get(entityId) !== payload?.from)
      faults.push(`${entityId} does not come from ${payload?.from} at ${id}`)
    statuses.set(entityId, payload?.to)
  }
  for (const { taskKey, status } of found.tasks)
    if (statuses.get(taskKey) !== status)
      faults.push(`${taskKey} is ${status}, its events say ${statuses.get(taskKey)}`)
  const logEvents = found.events
    .filter(({ eventType }) => eventType === 'WORKLOG_CREATED')
    .map(({ entityId }) => entityId)
  faults.push(...amiss(new Map(found.logs.map(({ id }) => [id, 'once'])), logEvents))

  const board = new Set(['task', 'worklog', 'project'])
  const eventTimes = new Set(found.events.map(({ createdAt }) => createdAt.getTime()))
  const auditTimes = new Set(found.audit.map(({ createdAt }) => createdAt.getTime()))
  for (const { id, createdAt } of found.events)
    if (!auditTimes.has(createdAt.getTime())) faults.push(`event ${id} has no audit entry`)
  for (const { id, action, targetType, createdAt } of found.audit)
    if (board.has(targetType) && !eventTimes.has(createdAt.getTime()))
      faults.push(`audit entry ${id} (${action}) has no event`)
  return faults
}
