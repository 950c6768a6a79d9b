import { setMaxListeners } from 'node:events'
import type { AppProcess } from './app-process.ts'
import { startChatApp } from './chat-app.ts'
import { type Figure, quantile } from './figures.ts'
import type { Scale } from './scale.ts'
import type { BenchStore } from './store.ts'

// Unsolicited messages are sent about once a second.
const betweenMs = 1_200
const sessions = 50
const hooksPerSession = 5
const betweenHooksMs = 2_000
const waiting = 500
const restMs = 3_000

interface Agent {
  readonly app: AppProcess
  readonly token: string
}

/** Measures the time from a tap on an answer to the agent's response, and the memory of 500 waiting requests. */
export async function measureQuestions(store: BenchStore, scale: Scale): Promise<Figure[]> {
  const { user, app, token, stop } = await startChatApp(store)
  const agent = { app, token }
  try {
    const taps: number[] = []
    for (let round = 1; round <= scale.messages; round += 1) {
      await pause(betweenMs)
      const task = `RUN-${round}`
      await call(agent, 'PATCH', `/api/tasks/${task}`, { lifecycle_action: 'start' })
      const answer = ask(agent, { task, question: `Go on with ${round}?`, options: ['Yes', 'No'], wait: 50 })
      const card = await user.nextMessage(`Go on with ${round}?`)
      const began = performance.now()
      user.tap('Yes', card)
      const { state } = await answer
      taps.push(performance.now() - began)
      if (state !== 'answered') throw new Error(`the question is ${state}`)
    }
    const hooks = await measureHooks(agent)
    // Grow V8's young generation first, or its growth would count as the cost of the waiting requests.
    for (let round = 0; round < 300; round += 1)
      await Promise.all(Array.from({ length: 10 }, () => call(agent, 'GET', '/api/tasks/RUN-1')))
    const before = app.memory().now
    const { id } = await ask(agent, { question: 'Are you there?', wait: 0 })
    const leaving = new AbortController()
    setMaxListeners(waiting, leaving.signal)
    const held = Array.from({ length: waiting }, () =>
      call(agent, 'GET', `/api/questions/${id}?wait=50`, undefined, leaving.signal).catch(() => null),
    )
    await pause(restMs)
    const during = app.memory().now
    leaving.abort()
    await Promise.all(held)
    return [
      {
        what: 'tap on an answer → waiting request answered, p95',
        on: store.kind,
        value: quantile(taps, 0.95),
        unit: 'ms',
        bar: { atMost: store.kind === 'Postgres' ? 60 : 100 },
        note: `median ${quantile(taps, 0.5).toFixed(0)} ms`,
      },
      {
        what: 'hook (PostToolUse) answered, p95',
        on: store.kind,
        value: quantile(hooks, 0.95),
        unit: 'ms',
        bar: { atMost: 20 },
        note: `${sessions} sessions, ${sessions / (betweenHooksMs / 1_000)} a second; median ${quantile(hooks, 0.5).toFixed(0)} ms`,
      },
      {
        what: `memory of ${waiting} waiting requests`,
        on: store.kind,
        value: during - before,
        unit: 'MB',
        bar: { atMost: 20 },
      },
    ]
  } finally {
    await stop()
  }
}

/** Lets sessions report uses of tools at a steady pace. Returns the milliseconds of each request. */
async function measureHooks(agent: Agent): Promise<number[]> {
  const times: number[] = []
  await Promise.all(
    Array.from({ length: sessions }, async (_, session) => {
      await pause((session * betweenHooksMs) / sessions)
      for (let use = 0; use < hooksPerSession; use += 1) {
        const began = performance.now()
        await call(agent, 'POST', '/hooks/claude', {
          session_id: `session-${session}`,
          hook_event_name: 'PostToolUse',
          cwd: '/home/me/web',
          tool_name: 'Bash',
          tool_input: { command: 'npm test' },
          tool_use_id: `use-${session}-${use}`,
          tool_response: { stdout: '148 passed' },
        })
        times.push(performance.now() - began)
        await pause(betweenHooksMs)
      }
    }),
  )
  return times
}

async function ask(agent: Agent, body: object): Promise<{ readonly id: string; readonly state: string }> {
  return (await call(agent, 'POST', '/api/questions', body)).question
}

async function call(
  { app, token }: Agent,
  method: string,
  path: string,
  body?: object,
  signal: AbortSignal | null = null,
): Promise<{ readonly question: { readonly id: string; readonly state: string } }> {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json() as Promise<{ readonly question: { readonly id: string; readonly state: string } }>
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
