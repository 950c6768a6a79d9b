import type { AppProcess } from './app-process.ts'
import { startChatApp } from './chat-app.ts'
import { type Figure, quantile } from './figures.ts'
import type { Scale } from './scale.ts'
import type { BenchStore } from './store.ts'

// Unsolicited messages are sent about once a second.
const betweenMs = 1_200

/** Measures the time from the owner's message to its answer and from an agent's action to its notification, over loopback. */
export async function measureChat(store: BenchStore, scale: Scale): Promise<Figure[]> {
  const { user, app, token, stop } = await startChatApp(store)
  try {
    const notifier: number[] = []
    for (let round = 1; round <= scale.messages; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, betweenMs))
      const key = `RUN-${round}`
      const began = performance.now()
      await complete(app, token, key)
      await user.nextMessage(new RegExp(`\\b${key}\\b`))
      notifier.push(performance.now() - began)
    }
    await new Promise((resolve) => setTimeout(resolve, scale.restSeconds * 1_000))
    const answers: number[] = []
    for (let round = 0; round < scale.samples; round += 1) {
      const began = performance.now()
      user.sendText(`Count the boxes ${round} #stock !high`)
      await user.nextMessage(`Count the boxes ${round}`)
      answers.push(performance.now() - began)
    }
    const onPostgres = store.kind === 'Postgres'
    return [
      {
        what: 'update received → answer sent, p95',
        on: store.kind,
        value: quantile(answers, 0.95),
        unit: 'ms',
        ...(onPostgres ? { bar: { atMost: 50 } } : {}),
        note: `capturing a task; median ${quantile(answers, 0.5).toFixed(0)} ms`,
      },
      {
        what: 'event committed → message handed to Telegram, p95',
        on: store.kind,
        value: quantile(notifier, 0.95),
        unit: 'ms',
        bar: { atMost: 150 },
        note: `from the request; median ${quantile(notifier, 0.5).toFixed(0)} ms`,
      },
    ]
  } finally {
    await stop()
  }
}

async function complete(app: AppProcess, token: string, key: string): Promise<void> {
  const response = await fetch(`${app.url}/api/tasks/${key}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      lifecycle_action: 'complete',
      result: { summary: 'Done and tried.', tests: 'pass' },
    }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}
