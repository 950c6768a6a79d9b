import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLogs, questions } from '../../src/db/schema.ts'
import { labelsOf } from '../../src/playground/client/virtual-user.ts'
import { launchProcess } from '../support/process.ts'
import { openProcessWorld, type ProcessWorld } from '../support/process-world.ts'
import { createRandom } from '../support/random.ts'
import { updatesBy } from '../support/updates.ts'

// QUESTIONS=200 asks 200 questions, five around each kill; SEED repeats a run.
const asked = Number(process.env.QUESTIONS ?? 5)
const perKill = 5
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: ProcessWorld

beforeAll(async () => {
  world = await openProcessWorld()
}, 120_000)

afterAll(async () => {
  await world.close()
})

test(`${asked} questions, each with a kill between asking and the answer, with ${updatesBy}: each is answered once, and its agent gets the answer (seed ${seed})`, {
  timeout: 120_000 + asked * 10_000,
}, async () => {
  const random = createRandom(seed)
  const answers: Answered[] = []

  for (let first = 0; first < asked; first += perKill) {
    const killed = await launchProcess(world.env)
    await killed.ready
    const names = Array.from({ length: perKill }, (_, index) => first + index)
    const done = new AbortController()
    const agents = names.map((name) => askUntilAnswered(name))
    const owner = answerEach(names, random, done.signal)
    await pause(random() * 2_500)
    await killed.kill()
    const next = await launchProcess(world.env)
    answers.push(...(await Promise.all(agents)))
    done.abort()
    await owner
    await next.stop()
  }

  expect(answers).toEqual(answers.map(({ name }) => ({ name, state: 'answered', text: `Yes ${name}` })))
  const found = await world.board.look(async ({ db }) => ({
    questions: await db.select().from(questions),
    audit: await db.select().from(auditLogs).where(eq(auditLogs.action, 'task.answer')),
  }))
  expect(found.questions).toHaveLength(asked)
  expect(found.questions.filter(({ state }) => state !== 'answered')).toEqual([])
  const closed = found.audit.flatMap(({ meta }) => meta?.closedQuestions as string[])
  expect(closed.toSorted()).toEqual(found.questions.map(({ id }) => id).toSorted())
  expect(world.playground.world.violations).toEqual([])
})

interface Answered {
  readonly name: number
  readonly state: string
  readonly text: string
}

/** Claims a task and asks with a key, again after each lost connection, until the question is closed. */
async function askUntilAnswered(name: number): Promise<Answered> {
  const session = `session-${name}`
  const { task } = await callUntilDone('POST', '/api/tasks', session, {
    title: `Task ${name}`,
    projectKey: 'API',
    status: 'todo',
  })
  await callUntilDone('PATCH', `/api/tasks/${task.id}`, session, { lifecycle_action: 'start' })
  for (;;) {
    const { question } = await callUntilDone('POST', '/api/questions', session, {
      task: task.id,
      question: `Question ${name}?`,
      options: [`Yes ${name}`, `No ${name}`],
      key: session,
      wait: 5,
    })
    if (question.state !== 'open') return { name, state: question.state, text: question.answer?.text }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of several routes.
async function callUntilDone(method: string, path: string, session: string, body: object): Promise<any> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${world.env.PORT}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${world.board.token}`,
        'content-type': 'application/json',
        'preqbot-session': session,
        'idempotency-key': `${session} ${method} ${path.slice(0, 14)}`.replaceAll(' ', '-'),
      },
      body: JSON.stringify(body),
    }).catch(() => null)
    if (response?.ok) return response.json()
    await pause(100)
  }
}

/** Taps Yes on each question at a random moment, and again if its buttons are still there a while later. */
async function answerEach(names: readonly number[], random: () => number, done: AbortSignal): Promise<void> {
  const user = world.user
  await Promise.all(
    names.map(async (name) => {
      while (!done.aborted) {
        await pause(random() * 1_500)
        const yes = `Yes ${name}`
        const message = user.messages().findLast((one) => labelsOf(one).flat().includes(yes))
        if (message !== undefined) {
          user.tap(yes, message)
          await pause(2_000)
        }
      }
    }),
  )
}
