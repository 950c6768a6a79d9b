import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Megabytes that are in use once everything that can be let go is gone. */
export function heapInUse(): number {
  collect()
  return process.memoryUsage().heapUsed / 1_048_576
}

/** How much more the last third of samples took than the first, by their medians. */
export function growth(samples: readonly number[]): number {
  const third = Math.max(1, Math.floor(samples.length / 3))
  return median(samples.slice(-third)) - median(samples.slice(0, third))
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0
}
