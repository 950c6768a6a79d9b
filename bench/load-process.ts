import { Pool } from 'undici'
import { quantile } from './figures.ts'
import type { Load, LoadResult } from './load.ts'

process.on('message', (load: Load) => void makeLoad(load).then((result) => process.send?.(result)))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')

async function makeLoad(load: Load): Promise<LoadResult> {
  const pool = new Pool(load.origin, { connections: load.connections, pipelining: 1 })
  const { method, paths, cycle } = load
  const headers = {
    ...load.headers,
    ...(load.body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const times: number[] = []
  let failed = 0
  let failure: string | null = null
  let taken = 0
  const began = performance.now()
  const end = began + load.seconds * 1_000
  const client = async () => {
    while (performance.now() < end && (cycle || taken < paths.length)) {
      const path = paths[taken++ % paths.length] ?? '/'
      const sent = performance.now()
      const answer = await pool.request({ path, method, headers, body: load.body ?? null })
      const text = await answer.body.text()
      times.push(performance.now() - sent)
      if (answer.statusCode < 300) continue
      failed += 1
      failure = `${answer.statusCode} ${text.slice(0, 300)}`
    }
  }
  await Promise.all(Array.from({ length: load.connections }, client))
  const seconds = (performance.now() - began) / 1_000
  await pool.close()
  const requests = times.length
  return { requests, perSecond: requests / seconds, p95: quantile(times, 0.95), failed, failure }
}
