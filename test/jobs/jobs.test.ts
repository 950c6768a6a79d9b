import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { eventsOutbox } from '../../src/db/schema.ts'
import { recordSecurityEvent } from '../../src/domain/access/security.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import { undoChange } from '../../src/domain/undo/undo.ts'
import { runJob, startJobs } from '../../src/jobs/jobs.ts'
import { morningJob } from '../../src/jobs/morning.ts'
import { remindersJob } from '../../src/jobs/reminders.ts'
import { retentionJob } from '../../src/jobs/retention.ts'
import { securityJob } from '../../src/jobs/security.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { tokenExpiryJob } from '../../src/jobs/token-expiry.ts'
import { openLog } from '../../src/log.ts'
import { readState, writeState } from '../../src/telegram/store/bot-state.ts'
import { enqueue } from '../../src/telegram/store/messages/enqueue.ts'
import { agent } from '../support/board.ts'
import { type JobBoard, openJobBoard } from '../support/jobs.ts'
import { addTask } from '../support/tasks.ts'

let board: JobBoard
beforeEach(async () => {
  board = await openJobBoard()
})
afterEach(() => board.close())

const texts = async () => (await board.queued()).map(({ text }) => text)

describe('reminders', () => {
  test('are sent once per due time, even after downtime, and not for a date alone', async () => {
    await board.run(remindersJob)
    const task = await addTask(board, board.project, {
      title: 'Call',
      dueAt: new Date('2026-11-24T10:00:00Z'),
    })
    await addTask(board, board.project, { title: 'Some day', dueAt: new Date('2026-11-24T23:59:00Z') })
    await board.runFor(remindersJob, { hours: 2, everyMinutes: 10 })
    board.clock.advance({ days: 2 })
    await board.run(remindersJob)
    expect(await texts()).toEqual([`⏰ ${task.key}: due now`])
  })

  test('say that they are late', async () => {
    await board.run(remindersJob)
    const task = await addTask(board, board.project, {
      title: 'Call',
      dueAt: new Date('2026-11-24T10:00:00Z'),
    })
    board.clock.set('2026-11-24T12:00:00Z')
    await board.run(remindersJob)
    await board.run(remindersJob)
    expect(await texts()).toEqual([`⏰ ${task.key}: was due today 10:00`])
  })

  test('are sent once if the clock is set back over them or ahead by mistake', async () => {
    board.clock.set('2026-11-24T09:00:00Z')
    await board.run(remindersJob)
    const call = await addTask(board, board.project, {
      title: 'Call',
      dueAt: new Date('2026-11-24T10:00:00Z'),
    })
    const write = await addTask(board, board.project, {
      title: 'Write',
      dueAt: new Date('2026-11-30T10:00:00Z'),
    })
    for (const time of ['11-24T10:00', '11-24T09:30', '11-24T10:00', '12-04T09:30', '11-24T10:01']) {
      board.clock.set(`2026-${time}:00Z`)
      await board.run(remindersJob)
    }
    const late = await addTask(board, board.project, {
      title: 'Ask',
      dueAt: new Date('2026-11-25T10:00:00Z'),
    })
    await board.runFor(remindersJob, { hours: 24 * 7, everyMinutes: 60 })
    const keys = (await texts()).map((text) => /^⏰ (\S+):/.exec(text)?.[1])
    expect(keys).toEqual([call.key, write.key, late.key])
  })

  test('are sent again for a task with a new due time', async () => {
    await board.run(remindersJob)
    const task = await addTask(board, board.project, { dueAt: new Date('2026-11-24T10:00:00Z') })
    board.clock.set('2026-11-24T10:00:00Z')
    await board.run(remindersJob)
    await editTask(board.ctx, task.key, { dueAt: new Date('2026-11-24T11:00:00Z') })
    board.clock.set('2026-11-24T11:00:00Z')
    await board.run(remindersJob)
    expect(await texts()).toHaveLength(2)
  })

  test('ignore completed tasks', async () => {
    await board.run(remindersJob)
    const task = await addTask(board, board.project, { dueAt: new Date('2026-11-24T10:00:00Z') })
    await editTask(board.ctx, task.key, { status: 'done' })
    await board.runFor(remindersJob, { hours: 2, everyMinutes: 10 })
    expect(await texts()).toEqual([])
  })
})

describe('runs', () => {
  test('that are silent for 30 minutes are reported once, and again only after a heartbeat', async () => {
    const task = await addTask(board, board.project)
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    await board.runFor(staleRunsJob, { hours: 2, everyMinutes: 15 })
    expect(await texts()).toEqual([`🕰 ${task.key}: laptop hasn’t checked in for 30 min`])
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    await board.runFor(staleRunsJob, { hours: 2, everyMinutes: 15 })
    expect(await texts()).toHaveLength(1)
  })

  test('are reported once if the clock is set ahead and back', async () => {
    const task = await addTask(board, board.project)
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    for (const hours of [2, -2, 0.25, 1]) {
      board.clock.advance({ hours })
      await board.run(staleRunsJob)
    }
    expect(await texts()).toHaveLength(1)
  })

  test('that wait in the queue for an hour are reported once', async () => {
    const task = await addTask(board, board.project)
    await editTask(board.ctx, task.key, { runState: 'queued' })
    await board.runFor(staleRunsJob, { hours: 3, everyMinutes: 10 })
    expect(await texts()).toEqual([`🕰 ${task.key}: queued for 1 h – no agent has picked it up`])
  })

  test('that ended in time aren’t reported', async () => {
    const task = await addTask(board, board.project, { status: 'todo' })
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    await board.runFor(staleRunsJob, { hours: 0.4, everyMinutes: 5 })
    await editTask(board.as(agent), task.key, { lifecycle: 'complete' })
    await board.runFor(staleRunsJob, { hours: 2, everyMinutes: 10 })
    expect(await texts()).toEqual([])
    expect(await readState(board.db, 'runs_told')).toBeUndefined()
  })
})

test('reports a token’s expiry a week and a day before it', async () => {
  await createToken(board.ctx, { name: 'laptop', expiresAt: new Date('2026-12-10T12:00:00Z') })
  await board.runFor(tokenExpiryJob, { hours: 24 * 17, everyMinutes: 60 })
  const queued = await board.queued()
  expect(queued.map(({ at }) => at)).toEqual(['2026-12-03T12:00:00.000Z', '2026-12-09T12:00:00.000Z'])
  expect(queued[0]?.text).toContain('Token laptop expires in 7 days (Thu 10 Dec, 12:00).')
})

test('reports a token’s expiry once per stage if the clock is set ahead and back, whatever other tokens do', async () => {
  await createToken(board.ctx, { name: 'laptop', expiresAt: new Date('2026-12-10T12:00:00Z') })
  await createToken(board.ctx, { name: 'server', expiresAt: new Date('2026-12-20T12:00:00Z') })
  for (const time of [
    '12-04T12:00',
    '12-09T13:00',
    '12-04T12:00',
    '12-15T12:00',
    '12-04T13:00',
    '12-09T13:00',
  ]) {
    board.clock.set(`2026-${time}:00Z`)
    await board.run(tokenExpiryJob)
  }
  const names = (await texts()).map((text) => /Token (\w+) expires/.exec(text)?.[1])
  expect(names).toEqual(['laptop', 'laptop', 'server'])
})

describe('the end of quiet hours', () => {
  const notify = (taskId: string) =>
    enqueue(board.db, [{ chatId: 42, purpose: 'card', taskId, priority: 'urgent' }], board.clock.now())

  test('summarizes once what arrived in them and is still open', async () => {
    await changeSettings(board.ctx, { timeZone: 'Europe/Berlin', quietHours: '22:00-07:00' })
    const before = await addTask(board, board.project, { title: 'Before', status: 'hold' })
    const dealt = await addTask(board, board.project, { title: 'Dealt with', status: 'todo' })
    const open = await addTask(board, board.project, { title: 'Open', status: 'ready' })
    board.clock.set('2026-11-24T20:00:00Z')
    await notify(before.id)
    board.clock.set('2026-11-24T22:00:00Z')
    await notify(dealt.id)
    await notify(open.id)
    await board.runFor(morningJob, { hours: 12, everyMinutes: 30 })
    const queued = await board.queued()
    expect(queued).toEqual([
      {
        at: '2026-11-25T06:00:00.000Z',
        text: `🌅 While you were away: 1 task needs you\n1. 🏁 ${open.key} Ready for review`,
      },
    ])
  })

  test.each([
    ['set back over it', ['24T23:00', '25T07:00', '25T06:00', '25T07:00', '25T08:00']],
    ['set back within it', ['24T23:00', '24T22:10', '25T07:00']],
    ['set back to before it', ['24T23:00', '24T20:00', '24T22:00', '25T07:00']],
    ['set ahead over it', ['24T23:00', '25T12:00', '24T23:30', '25T07:00']],
  ] as const)('is reported once if the clock is %s', async (_how, times) => {
    await changeSettings(board.ctx, { quietHours: '22:00-07:00' })
    const open = await addTask(board, board.project, { title: 'Open', status: 'ready' })
    board.clock.set('2026-11-24T22:05:00Z')
    await notify(open.id)
    for (const time of times) {
      board.clock.set(`2026-11-${time}:00Z`)
      await board.run(morningJob)
    }
    expect(await texts()).toHaveLength(1)
  })

  test('is also reported after downtime, but not if nothing is open', async () => {
    await changeSettings(board.ctx, { quietHours: '22:00-07:00' })
    board.clock.set('2026-11-24T23:00:00Z')
    await board.run(morningJob)
    board.clock.set('2026-11-25T12:00:00Z')
    await board.run(morningJob)
    expect(await board.queued()).toEqual([])
    expect(await readState(board.db, 'quiet_hours')).toBe('none')
  })
})

describe('blocked access attempts', () => {
  const stranger = (count = 1) =>
    recordSecurityEvent(board.db, {
      ownerId: board.ownerId,
      eventType: 'chat.stranger',
      outcome: 'failure',
      detail: { count },
      now: board.clock.now(),
    })

  test('are counted on one card', async () => {
    await board.run(securityJob)
    board.clock.advance({ minutes: 1 })
    await stranger()
    await board.run(securityJob)
    board.clock.advance({ minutes: 1 })
    await stranger(4)
    await board.run(securityJob)
    const queued = await board.queued()
    expect(queued).toHaveLength(1)
    expect(queued[0]?.text).toContain('5 messages from strangers (ignored)')
  })

  test('are shown if the clock was set back in the meantime', async () => {
    await board.run(securityJob)
    board.clock.advance({ hours: 3 })
    await stranger()
    await board.run(securityJob)
    board.clock.advance({ hours: -2 })
    await board.run(securityJob)
    board.clock.advance({ minutes: 1 })
    await stranger(4)
    await board.run(securityJob)
    const [row] = await board.db.query.botMessages.findMany()
    expect(JSON.stringify(row?.request)).toContain('5 messages from strangers')
  })

  test('start a new card a day later', async () => {
    await board.run(securityJob)
    for (let days = 0; days < 2; days += 1) {
      board.clock.advance({ days: 1, minutes: 1 })
      await stranger()
      await board.run(securityJob)
    }
    expect(await board.queued()).toHaveLength(2)
  })
})

describe('retention', () => {
  test('deletes events after 30 days, but none that the notifier hasn’t handled', async () => {
    await addTask(board, board.project)
    await addTask(board, board.project)
    const [first] = await board.db
      .select({ id: sql<number>`min(${eventsOutbox.id})::int` })
      .from(eventsOutbox)
    await writeState(board.db, 'notifier_cursor', first?.id, board.clock.now())
    board.clock.advance({ days: 31 })
    const before = await board.db.$count(eventsOutbox)
    await board.run(retentionJob)
    expect(await board.db.$count(eventsOutbox)).toBe(before - 1)
  })

  test('deletes everything expired, however much it is, and keeps the rest', async () => {
    await board.db.execute(sql`insert into events_outbox (owner_id, event_type, entity_type, entity_id, created_at)
      select ${board.ownerId}::uuid, 'TASK_DELETED', 'task', 'WEB-' || n, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second'
      from generate_series(1, 12000) n`)
    await addTask(board, board.project)
    await writeState(board.db, 'notifier_cursor', 1_000_000, board.clock.now())
    await board.run(retentionJob)
    const left = await board.db.select({ key: eventsOutbox.entityId }).from(eventsOutbox)
    expect(left.filter(({ key }) => key.startsWith('WEB-') && Number(key.slice(4)) > 1)).toEqual([])
    expect(left.length).toBeGreaterThan(0)
  })

  test.each([
    [29, true],
    [30, true],
    [31, false],
  ])('keeps a deletion of %i days ago restorable with its question: %s', async (days, isRestorable) => {
    const task = await addTask(board, board.project, { status: 'todo' })
    const edit = { lifecycle: 'block', result: { blockedReason: 'Left or right?' } } as const
    await editTask(board.as(agent), task.key, edit)
    const { auditId } = await deleteTask(board.as(agent), task.key)
    board.clock.advance({ days })
    await board.run(retentionJob)

    const restored = await undoChange(board.ctx, auditId).catch((error: Error) => error.message)

    const refusal = `${task.key} was deleted more than 30 days ago and can't be restored any more.`
    if (!isRestorable) expect(restored).toBe(refusal)
    else expect(await requireTask(board.scope, task.key)).toMatchObject({ question: { kind: 'block' } })
    expect(await board.db.query.questions.findMany()).toHaveLength(isRestorable ? 1 : 0)
    expect(await board.db.query.runs.findMany({ where: (run, { isNull }) => isNull(run.taskId) })).toEqual([])
  })

  test('keeps messages that are still to be sent', async () => {
    await enqueue(board.db, [{ chatId: 42, purpose: 'notice', priority: 'progress' }], board.clock.now())
    board.clock.advance({ days: 100 })
    await board.run(retentionJob)
    expect(await board.db.query.botMessages.findMany()).toHaveLength(1)
  })
})

test('queues nothing while the bot is unlinked', async () => {
  const nobody = await openJobBoard({ bound: false })
  try {
    const task = await addTask(nobody, nobody.project, { dueAt: new Date('2026-11-24T10:00:00Z') })
    await editTask(nobody.ctx, task.key, { runState: 'queued' })
    for (const job of [remindersJob, staleRunsJob, morningJob, securityJob, tokenExpiryJob]) {
      await nobody.runFor(job, { hours: 2, everyMinutes: 30 })
    }
    expect(await nobody.queued()).toEqual([])
  } finally {
    await nobody.close()
  }
})

test('continues after a job that fails', async () => {
  const lines: string[] = []
  const log = openLog({ level: 'info', write: (line) => void lines.push(line) })
  const failing = { name: 'failing', everyMinutes: 1, run: () => Promise.reject(new Error('no')) }
  await runJob(failing, { store: board.db, ownerId: board.ownerId, now: board.clock.now, log })
  expect(lines.join('')).toContain('"job":"failing"')
})

test('runs once at startup, and stops after the current job', async () => {
  await changeSettings(board.ctx, { quietHours: '00:00-23:59' })
  const log = openLog({ level: 'silent' })
  const started = startJobs({ store: board.db, ownerId: board.ownerId, now: board.clock.now, log })
  await started.stop()
  expect(await readState(board.db, 'quiet_hours')).toMatchObject({ until: '2026-11-24T23:59:00.000Z' })
  expect(await readState(board.db, 'reminded_until')).toBeUndefined()
})

// A Postgres server answers in real time, which doesn't work with timers moved by hand.
test.skipIf(inject('templateDatabase') !== null)(
  'continue every minute after the clock was set back by hours (embedded only: its timers are moved by hand)',
  async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    })
    vi.setSystemTime(board.clock.now())
    const log = openLog({ level: 'debug', write: () => {} })
    const seen: number[] = []
    const now = () => {
      seen.push(Date.now())
      return new Date()
    }
    const jobs = startJobs({ store: board.db, ownerId: board.ownerId, now, log })
    await vi.advanceTimersByTimeAsync(61_000)
    vi.setSystemTime(Date.now() - 3 * 60 * 60_000)
    const before = seen.length

    await vi.advanceTimersByTimeAsync(3 * 60_000)

    vi.useRealTimers()
    await jobs.stop()
    expect(new Set(seen.slice(before).map((at) => Math.floor(at / 60_000))).size).toBeGreaterThanOrEqual(3)
  },
)
