import { botMessages } from '../src/db/schema.ts'
import { virtualUser } from '../src/playground/client/virtual-user.ts'
import { within } from './board.ts'
import { startChatApp } from './chat-app.ts'
import { type Figure, quantile } from './figures.ts'
import type { BenchStore } from './store.ts'

const seconds = 60
// Each edit makes two events: the change and its work log.
const editsPerSecond = 82
const edited = 200
const secondsPerBlock = 4
const pauseSeconds = 180

/** Measures 10,000 events in a minute with Telegram's limits enforced: mostly progress, occasionally one that needs the owner. */
export async function measureBurst(store: BenchStore): Promise<Figure[]> {
  const { telegram, app, token, stop } = await startChatApp(store)
  const patch = async (key: string, body: object) => {
    const response = await fetch(`${app.url}/api/tasks/${key}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
  try {
    telegram.world.limits.enabled = true
    let refused = 0
    const unsubscribe = telegram.world.subscribe((event) => {
      if (event.type === 'call' && event.call.error?.code === 429) refused += 1
    })
    const waits: Promise<number>[] = []
    const memory: number[] = []
    const blocked: string[] = []
    const post = (match: string | RegExp) =>
      virtualUser(telegram.world).nextPost(match, { within: pauseSeconds * 1_000 })
    const began = performance.now()
    for (let second = 0; second < seconds; second += 1) {
      if (second % secondsPerBlock === 0) {
        const key = `RUN-${edited + 1 + second / secondsPerBlock}`
        const from = performance.now()
        waits.push(post(new RegExp(`\\b${key}\\b`)).then(() => performance.now() - from))
        blocked.push(key)
        await patch(key, {
          lifecycle_action: 'block',
          result: { reason: 'The access to the bucket is missing.' },
        })
      }
      for (let edit = 0; edit < editsPerSecond; edit += 1) {
        const key = `RUN-${1 + ((second * editsPerSecond + edit) % edited)}`
        await patch(key, { title: `Edited in second ${second}` })
      }
      memory.push(app.memory().now)
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, began + (second + 1) * 1_000 - performance.now())),
      )
    }
    const took = (performance.now() - began) / 1_000
    const needsYou = await Promise.all(waits)
    // In the end, the cards in the chat match the board.
    const lastStates = blocked.map((key) => `The last of ${key}`)
    const shown = Promise.allSettled(lastStates.map((title) => post(title)))
    for (const [index, key] of blocked.entries()) await patch(key, { title: lastStates[index] })
    const wrong = (await shown).filter(({ status }) => status === 'rejected').length
    unsubscribe()
    await app.stop()
    const events = seconds * editsPerSecond * 2 + waits.length * 3
    const [early, late] = [memory.slice(10, 20), memory.slice(-10)].map((part) => quantile(part, 0.5)) as [
      number,
      number,
    ]
    const undelivered = await within(
      store,
      async ({ db }) => (await db.select().from(botMessages)).filter((row) => row.state === 'failed').length,
    )
    const common = { on: store.kind }
    return [
      { ...common, what: 'burst: events', value: events, unit: '', note: `in ${took.toFixed(0)} s` },
      { ...common, what: 'burst: flood-limit errors', value: refused, unit: '', bar: { atMost: 1 } },
      {
        ...common,
        what: 'burst: needs you, p95',
        value: quantile(needsYou, 0.95),
        unit: 'ms',
        bar: { atMost: 3_000 },
      },
      {
        ...common,
        what: 'burst: stale cards',
        value: wrong,
        unit: '',
        bar: { atMost: 0 },
        note: `of ${blocked.length}`,
      },
      { ...common, what: 'burst: failed messages', value: undelivered, unit: '', bar: { atMost: 0 } },
      {
        ...common,
        what: 'burst: memory, end vs. start',
        value: late / early,
        unit: '×',
        bar: { atMost: 1.15 },
        note: `${early.toFixed(0)} vs. ${late.toFixed(0)} MB`,
      },
    ]
  } finally {
    await stop()
  }
}
