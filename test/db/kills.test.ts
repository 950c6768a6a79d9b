import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listSnapshots } from '../../src/db/embedded/snapshots.ts'

// KILLS=50 runs it at full length; SEED repeats a run.
const kills = Number(process.env.KILLS ?? 3)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

const writer = fileURLToPath(new URL('../support/writer.ts', import.meta.url))

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'preqbot-kills-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

interface Run {
  /** The rows found at the start; a negative number is a row of which only a part was found. */
  readonly found: readonly number[]
  readonly acknowledged: readonly number[]
}

/** Starts the writer and kills it this many milliseconds after its first answer, or before it with `Infinity`. */
async function runUntilKilled(afterMs: number): Promise<Run> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, dataDir])
  const closed = once(child, 'close')
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const lines = createInterface({ input: child.stdout })
  const sentTexts: string[] = []
  lines.on('line', (line) => sentTexts.push(line))
  await Promise.race([once(lines, 'line'), closed])
  await delay(afterMs)
  child.kill('SIGKILL')
  await closed
  if (sentTexts.length === 0) throw new Error(`the database did not open:\n${errors}`)
  return { found: JSON.parse(sentTexts[0] ?? '[]'), acknowledged: sentTexts.slice(1).map(Number) }
}

describe('an embedded database whose process is killed during writes', () => {
  test(
    `reopens each time with everything that was acknowledged (${kills} kills, seed ${seed})`,
    async () => {
      const moments = fc.sample(fc.integer({ min: 5, max: 700 }), { numRuns: kills, seed })
      const acknowledged = new Set<number>()

      for (const moment of [...moments, 0]) {
        const run = await runUntilKilled(moment)

        expect(run.found.filter((n) => n < 0)).toEqual([])
        expect([...acknowledged].filter((n) => !run.found.includes(n))).toEqual([])
        for (const n of run.acknowledged) acknowledged.add(n)
      }

      expect(acknowledged.size).toBeGreaterThan(kills)
    },
    60_000 + kills * 30_000,
  )

  test('starts over if the very first start was killed', async () => {
    for (const moment of [0, 100, 200, 400, 800]) {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, dataDir], { stdio: 'ignore' })
      const closed = once(child, 'close')
      while (readdirSync(dataDir).length === 0) await delay(5)
      await delay(moment)
      child.kill('SIGKILL')
      await closed
    }

    const run = await runUntilKilled(0)

    expect(run.found.filter((n) => n < 0)).toEqual([])
  }, 120_000)

  test('reopens completely if it was killed during a snapshot, and ignores a partial snapshot', async () => {
    const written = await runUntilKilled(300)
    const snapshotter = spawn(process.execPath, ['--import', 'tsx', writer, dataDir, 'snapshots'])
    const closed = once(snapshotter, 'close')
    const snapshots = join(dataDir, 'snapshots')
    while (!existsSync(snapshots) || readdirSync(snapshots).length === 0) await delay(1)
    snapshotter.kill('SIGKILL')
    await closed

    const run = await runUntilKilled(0)

    expect(written.acknowledged.filter((n) => !run.found.includes(n))).toEqual([])
    for (const { path } of listSnapshots(dataDir)) expect(() => gunzipSync(readFileSync(path))).not.toThrow()
  }, 120_000)

  test('that two processes start at once on a new folder goes to one, and the other is refused by name', async () => {
    const start = async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, dataDir])
      const [errors, lines] = [text(child.stderr), createInterface({ input: child.stdout })]
      const closed = once(child, 'close').then(() => 'refused' as const)
      const end = await Promise.race([once(lines, 'line').then(() => 'won' as const), closed])
      return { child, end, errors: end === 'refused' ? await errors : '' }
    }
    const both = await Promise.all([start(), start()])
    const winner = both.find(({ end }) => end === 'won')
    winner?.child.kill('SIGKILL')
    if (winner !== undefined) await once(winner.child, 'close')

    const refused = both.find(({ end }) => end === 'refused')
    expect(refused?.errors).toContain(
      `The database in ${dataDir} is in use by process ${winner?.child.pid}. Stop it`,
    )
    expect((await runUntilKilled(0)).found.filter((n) => n < 0)).toEqual([])
  }, 120_000)
})
