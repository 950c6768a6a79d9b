import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { nextLocalTime } from '../../src/domain/time/time.ts'
import { digestJob } from '../../src/jobs/digest.ts'
import { day } from '../../src/view/kit/when.ts'
import { type JobBoard, openJobBoard } from '../support/jobs.ts'
import { createRandom } from '../support/random.ts'
import { addTask } from '../support/tasks.ts'

let board: JobBoard
beforeEach(async () => {
  board = await openJobBoard()
})
afterEach(() => board.close())

const times = async () => (await board.queued()).map(({ at }) => at)

describe('the digest', () => {
  test('is sent once a day at its time in the owner’s zone', async () => {
    await changeSettings(board.ctx, { timeZone: 'Europe/Berlin', digestTime: '09:00' })
    board.clock.set('2026-11-24T06:00:00Z')
    await board.runFor(digestJob, { hours: 51, everyMinutes: 20 })
    expect(await times()).toEqual([
      '2026-11-24T08:00:00.000Z',
      '2026-11-25T08:00:00.000Z',
      '2026-11-26T08:00:00.000Z',
    ])
  })

  test('isn’t sent for a time that had passed before its first run', async () => {
    board.clock.set('2026-11-24T15:00:00Z')
    await board.run(digestJob)
    await board.run(digestJob)
    expect(await times()).toEqual([])
  })

  const zones = [
    // The clock moves from 02:00 to 03:00, and back from 03:00 to 02:00.
    [
      'Europe/Berlin',
      '02:30',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'Europe/Berlin',
      '02:30',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'America/New_York',
      '02:30',
      '2026-03-07T12:00:00Z',
      ['2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z'],
    ],
    [
      'America/New_York',
      '01:30',
      '2026-10-31T12:00:00Z',
      ['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'],
    ],
  ] as const
  test.each(zones)(
    'is sent once a date in %s at %s across daylight saving changes',
    async (timeZone, digestTime, start, expected) => {
      await changeSettings(board.ctx, { timeZone, digestTime })
      board.clock.set(start)
      await board.runFor(digestJob, { hours: 46, everyMinutes: 30 })
      // Mondays also have the review.
      expect([...new Set(await times())]).toEqual(expected)
    },
  )

  test.each([
    // 09:00 in Berlin has passed; 09:00 in New York is later on the same date and sends nothing.
    ['Europe/Berlin', '2026-11-24T10:00:00Z', 'America/New_York', ['2026-11-24T08:00:00.000Z']],
    // Tokyo's 09:00 passed before the owner moved there, so the next one is tomorrow.
    ['Europe/Berlin', '2026-11-24T06:00:00Z', 'Asia/Tokyo', []],
    // 09:00 is still ahead in Berlin and in New York.
    ['Europe/Berlin', '2026-11-24T06:00:00Z', 'America/New_York', ['2026-11-24T14:00:00.000Z']],
  ] as const)(
    'is sent at most once a date if the owner moves from %s at %s to %s',
    async (timeZone, moves, to, expected) => {
      await changeSettings(board.ctx, { timeZone, digestTime: '09:00' })
      board.clock.set('2026-11-24T05:00:00Z')
      const hours = (new Date(moves).getTime() - board.clock.now().getTime()) / 3_600_000
      await board.runFor(digestJob, { hours, everyMinutes: 10 })
      await changeSettings(board.ctx, { timeZone: to })
      await board.runFor(digestJob, { hours: 15 - hours, everyMinutes: 10 })
      expect(await times()).toEqual(expected)
    },
  )

  test('is sent late and says so if the process was down at its time', async () => {
    board.clock.set('2026-11-24T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T15:00:00Z')
    await board.run(digestJob)
    await board.run(digestJob)
    const queued = await board.queued()
    expect(queued).toHaveLength(1)
    expect(queued[0]?.text).toContain('sent late – I was offline at 09:00')
  })

  test('is sent once after days of downtime, for the current day', async () => {
    board.clock.set('2026-11-20T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T15:00:00Z')
    await board.run(digestJob)
    const queued = await board.queued()
    expect(queued).toHaveLength(1)
    expect(queued[0]?.text).toContain('Tue 24 Nov')
  })

  test('waits for its next time if the missed one is from yesterday', async () => {
    board.clock.set('2026-11-23T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T08:30:00Z')
    await board.run(digestJob)
    expect(await times()).toEqual([])
    board.clock.set('2026-11-24T09:00:00Z')
    await board.run(digestJob)
    expect(await times()).toEqual(['2026-11-24T09:00:00.000Z'])
  })

  test('is sent once if two schedulers race', async () => {
    board.clock.set('2026-11-24T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T09:00:00Z')
    await Promise.all([board.run(digestJob), board.run(digestJob), board.run(digestJob)])
    expect(await times()).toEqual(['2026-11-24T09:00:00.000Z'])
  })

  test('isn’t sent again on a day whose time was moved later', async () => {
    board.clock.set('2026-11-24T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T09:00:00Z')
    await board.run(digestJob)
    await changeSettings(board.ctx, { digestTime: '18:00' })
    await board.runFor(digestJob, { hours: 12, everyMinutes: 30 })
    expect(await times()).toEqual(['2026-11-24T09:00:00.000Z'])
  })

  test('is sent at a time that was set within the last minute', async () => {
    board.clock.set('2026-11-24T08:00:00Z')
    await changeSettings(board.ctx, { timeZone: 'UTC', digestTime: '18:00' })
    await board.run(digestJob)
    board.clock.set('2026-11-24T16:29:40Z')
    await changeSettings(board.ctx, { digestTime: '16:30' })
    board.clock.set('2026-11-24T16:30:00Z')
    await board.run(digestJob)
    await board.run(digestJob)
    expect(await times()).toEqual(['2026-11-24T16:30:00.000Z'])
  })

  test('isn’t sent while it is off, nor for times in that period', async () => {
    await changeSettings(board.ctx, { digestEnabled: false })
    board.clock.set('2026-11-24T08:00:00Z')
    await board.runFor(digestJob, { hours: 3, everyMinutes: 15 })
    await changeSettings(board.ctx, { digestEnabled: true })
    await board.run(digestJob)
    expect(await times()).toEqual([])
  })

  test('numbers its lines so that a reply can refer to them', async () => {
    const late = await addTask(board, board.project, {
      title: 'Overdue',
      dueAt: new Date('2026-11-23T10:00:00Z'),
    })
    const ready = await addTask(board, board.project, { title: 'Look at this', status: 'ready' })
    board.clock.set('2026-11-24T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T09:00:00Z')
    await board.run(digestJob)
    const [row] = await board.db.query.botMessages.findMany()
    expect(row?.topic).toEqual({ kind: 'digest', taskIds: [ready.id, late.id] })
    const [digest] = await board.queued()
    expect(digest?.text).toContain(`2. 📥 ${late.key} Overdue · yesterday`)
    expect(digest?.text).toContain(`1. 🏁 ${ready.key}: Look at this`)
  })

  test('shows an empty day in one line', async () => {
    board.clock.set('2026-11-24T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-24T09:00:00Z')
    await board.run(digestJob)
    expect((await board.queued())[0]?.text).toBe('☀️ Tue 24 Nov – all clear.')
  })

  test('is followed by the weekly review on Mondays', async () => {
    board.clock.set('2026-11-25T10:00:00Z')
    const task = await addTask(board, board.project)
    board.clock.advance({ hours: 5 })
    await editTask(board.ctx, task.key, { status: 'done' })
    board.clock.set('2026-11-30T08:00:00Z')
    await board.run(digestJob)
    board.clock.set('2026-11-30T09:00:00Z')
    await board.run(digestJob)
    const [, review] = await board.queued()
    expect(review?.text).toBe(
      [
        '🗓 Your week · 23 – 29 Nov 2026',
        '✅ 1 task done, 1 more than the week before',
        '⏱ Cycle time: median 5 h, 90% within 5 h',
        '📦 SHOP\u00a01',
        '🤖 No\u00a0engine\u00a01',
      ].join('\n'),
    )
  })
})

/** Returns the dates in the first lines of the digests since the last check, without reviews. */
const dates = async () =>
  (await board.queued()).flatMap(({ text }) => /^☀️ (\w+ \d+ \w+)/.exec(text)?.[1] ?? [])

describe('a clock change', () => {
  const at = async (...times: readonly string[]) => {
    for (const time of times) {
      board.clock.set(`2026-${time}:00Z`)
      await board.run(digestJob)
    }
  }

  test.each([
    ['back by an hour', ['11-24T08:00', '11-24T09:00', '11-24T08:30', '11-24T09:00'], ['Tue 24 Nov']],
    ['back by an hour before its time', ['11-24T08:59', '11-24T07:59', '11-24T09:00'], ['Tue 24 Nov']],
    [
      'back by two days',
      ['11-24T08:00', '11-24T09:00', '11-22T10:00', '11-23T09:00', '11-24T09:00', '11-25T09:00'],
      ['Tue 24 Nov', 'Mon 23 Nov', 'Wed 25 Nov'],
    ],
    [
      'back to where each day has had its own',
      [
        '11-22T08:00',
        '11-22T09:00',
        '11-23T09:00',
        '11-22T08:30',
        '11-22T09:00',
        '11-23T09:00',
        '11-24T09:00',
      ],
      ['Sun 22 Nov', 'Mon 23 Nov', 'Tue 24 Nov'],
    ],
    ['ahead by hours', ['11-24T08:00', '11-24T14:00', '11-25T09:00'], ['Tue 24 Nov', 'Wed 25 Nov']],
    [
      'ahead by ten days and right again',
      ['11-24T08:00', '12-04T09:30', '11-24T08:02', '11-24T09:00', '11-25T09:00', '11-26T09:00'],
      ['Fri 4 Dec', 'Tue 24 Nov', 'Wed 25 Nov', 'Thu 26 Nov'],
    ],
  ] as const)(
    '%s gives each date its digest once, and none of a future day',
    async (_what, times, expected) => {
      await at(...times)
      expect(await dates()).toEqual(expected)
    },
  )
})

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

describe.each([
  ['Europe/Berlin', '2026-03-27T00:00:00Z', '02:30'],
  ['Europe/Berlin', '2026-10-23T00:00:00Z', '02:30'],
  ['America/New_York', '2026-03-06T00:00:00Z', '02:30'],
  ['America/New_York', '2026-10-30T00:00:00Z', '01:30'],
] as const)('%s from %s on at %s', (timeZone, start, digestTime) => {
  test(`gives each date one digest, however often the process is down, restarts and races another (seed ${seed})`, async () => {
    const random = createRandom(seed)
    await changeSettings(board.ctx, { timeZone, digestTime })
    board.clock.set(start)
    await board.run(digestJob)
    const due = Array.from({ length: 5 }, (_, day) => {
      const from = new Date(new Date(start).getTime() + day * 24 * 60 * 60_000)
      return nextLocalTime(from, digestTime, timeZone)
    })
    for (const dueAt of due) {
      // Down until some time around it, at most ten hours late.
      const late = (random() < 0.5 ? -1 : 1) * Math.floor(random() * (random() < 0.5 ? 3 : 600)) * 60_000
      const up = Math.max(board.clock.now().getTime(), dueAt.getTime() + Math.max(late, -60 * 60_000))
      board.clock.set(new Date(up))
      for (let restart = 0; restart < 3; restart += 1) {
        await Promise.all([board.run(digestJob), board.run(digestJob)])
        board.clock.advance({ minutes: Math.floor(random() * 5) })
      }
      if (board.clock.now() < dueAt) board.clock.set(dueAt)
      await Promise.all([board.run(digestJob), board.run(digestJob)])
    }
    const expected = due.map((dueAt) => day(dueAt, dueAt, timeZone))
    expect(await dates()).toEqual(expected)
  })
})
