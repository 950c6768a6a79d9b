import { startApp } from './app-process.ts'
import { type Figure, median } from './figures.ts'
import type { Scale } from './scale.ts'
import type { BenchStore } from './store.ts'

const bars = {
  Postgres: { ready: 0.5, idle: 110 },
  embedded: { ready: 1.5, idle: 200 },
}

/** Measures the time from start to ready and the memory of an idle process. */
export async function measureStart(
  store: BenchStore,
  telegram: Readonly<Record<string, string>>,
  scale: Scale,
): Promise<Figure[]> {
  const ready: number[] = []
  const idle: number[] = []
  for (let round = 0; round < scale.starts; round += 1) {
    const app = await startApp({ ...store.env, ...telegram })
    await new Promise((resolve) => setTimeout(resolve, scale.idleSeconds * 1_000))
    ready.push(app.readyMs / 1_000)
    idle.push(app.memory().now)
    await app.stop()
  }
  const bar = bars[store.kind]
  const common = { on: store.kind }
  return [
    {
      ...common,
      what: 'start to ready',
      value: median(ready),
      unit: 's',
      bar: { atMost: bar.ready },
      note: `first start ${(ready[0] ?? 0).toFixed(2)} s`,
    },
    { ...common, what: 'memory, idle', value: median(idle), unit: 'MB', bar: { atMost: bar.idle } },
  ]
}
