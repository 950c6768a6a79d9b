import { afterEach, expect, inject, test, vi } from 'vitest'
import { requireSafeTiming } from '../../src/db/postgres/lead.ts'
import { openPostgres } from '../../src/db/postgres/postgres.ts'
import { openTestDatabase } from '../support/database.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test.each([
  [7_999, true],
  [8_000, false],
  [8_001, false],
])(
  'a leader that is certain for %d ms is safe with a server that waits for 8000 ms: %s',
  (certainMs, isSafe) => {
    const check = () => requireSafeTiming({ certainMs, silenceMs: 8_000 })
    if (isSafe) expect(check).not.toThrow()
    else expect(check).toThrow(`certain for ${certainMs} ms`)
  },
)

test.skipIf(inject('templateDatabase') === null).each([
  ['the steady clock', () => vi.spyOn(performance, 'now')],
  ['the wall clock', () => vi.spyOn(Date, 'now')],
])(
  'the lock is certain for less than 6 s by %s (skipped on the embedded database: nobody else can have its lock)',
  async (_clock, stop) => {
    const { url, close } = await openTestDatabase()
    const database = await openPostgres(url ?? '', () => {}, { migrate: false })
    const clock = stop()
    clock.mockReturnValue(1_000_000)
    const lead = await new Promise<ReturnType<typeof database.lead>>((resolve) => {
      const wait = database.lead(
        'preqbot-test:certain',
        () => resolve(wait),
        () => {},
      )
    })

    const held = [5_999, 6_000, 6_001].map((ms) => {
      clock.mockReturnValue(1_000_000 + ms)
      return lead.holds()
    })

    clock.mockRestore()
    await lead.stop()
    await database.close()
    await close()
    expect(held).toEqual([true, false, false])
  },
)
