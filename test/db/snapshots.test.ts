import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outdated, takeSnapshot } from '../../src/db/embedded/snapshots.ts'
import { openTestDatabase } from '../support/database.ts'

const hour = 60 * 60 * 1_000

/** Returns what is left after snapshots at these hours, each followed by a cleanup, newest first. */
const leftAfter = (hours: readonly number[]): number[] => {
  let kept: { readonly at: Date }[] = []
  for (const at of hours) {
    kept = [{ at: new Date(at * hour) }, ...kept]
    const gone = outdated(kept)
    kept = kept.filter((snapshot) => !gone.includes(snapshot))
  }
  return kept.map(({ at }) => at.getTime() / hour)
}

describe('snapshots', () => {
  test.each([
    ['the first stays', [0], [0]],
    ['the last four of a calm day stay', [0, 6, 12, 18, 24, 30], [30, 24, 18, 12]],
    [
      'many short runs do not push out what is older',
      [0, 6, 12, 12.1, 12.2, 12.3, 12.4, 12.5],
      [12.5, 12, 6, 0],
    ],
    ['a run after a long rest keeps what was before it', [0, 6, 100, 100.1, 100.2], [100.2, 100, 6, 0]],
  ])('%s', (_what, hours, left) => {
    expect(leftAfter(hours)).toEqual(left)
  })

  test('are at most four, and the newest is always among them', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 30, noNaN: true }), { minLength: 1 }), (steps) => {
        let at = 0
        const hours = steps.map((step) => (at += step))

        const left = leftAfter(hours)

        expect(left.length).toBeLessThanOrEqual(4)
        expect(left[0]).toBeCloseTo(at, 4)
      }),
    )
  })

  test('reach back more than half a day once there were enough, however often the process restarts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 6, noNaN: true }), { minLength: 200 }), (steps) => {
        let at = 0
        const hours = steps.map((step) => (at += step))
        fc.pre(at > 48)

        const left = leftAfter(hours)

        expect((left[0] ?? 0) - (left.at(-1) ?? 0)).toBeGreaterThan(12)
      }),
    )
  })

  test('delete the remains of a killed process', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-snapshots-'))
    const folder = join(dataDir, 'snapshots')
    mkdirSync(folder)
    writeFileSync(join(folder, '2026-11-24T09-00-00.000Z.jsonl.gz.new'), 'half')
    const database = await openTestDatabase()

    await takeSnapshot(database.db, dataDir, { now: new Date('2026-11-24T15:00:00Z') })

    expect(readdirSync(folder)).toEqual(['2026-11-24T15-00-00.000Z.jsonl.gz'])
    await database.close()
    rmSync(dataDir, { recursive: true })
  })
})
