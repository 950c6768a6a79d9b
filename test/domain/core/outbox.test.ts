import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLogs, eventsOutbox, type ProjectRow, securityEvents, tasks } from '../../../src/db/schema.ts'
import { outboxChannel } from '../../../src/domain/core/commit/statement.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { newestEventId, readEvents } from '../../../src/domain/core/outbox.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { findTask } from '../../../src/domain/tasks/read.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { openTestDatabase } from '../../support/database.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask, onPostgres } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())
beforeEach(() => board.clock.advance({ minutes: 1 }))

describe('the outbox', () => {
  test('returns events after a cursor, in order, page by page', async () => {
    const after = await newestEventId(board.scope)
    const barn = await addProject(board, 'BARN')
    for (const title of ['a', 'b', 'c']) await addTask(board, barn, { title })
    await addTask(board, shop, { title: 'elsewhere' })

    const first = await readEvents(board.scope, { after, limit: 2 })
    const rest = await readEvents(board.scope, { after: first.at(-1)?.id ?? 0, limit: 100 })
    const ofBarn = await readEvents(board.scope, { after, limit: 100, projectId: barn.id })

    expect([...first, ...rest].map((event) => event.eventType)).toEqual([
      'PROJECT_CREATED',
      ...Array.from({ length: 4 }, () => 'TASK_CREATED'),
    ])
    expect(ofBarn.map((event) => event.entityId)).toEqual(['BARN', 'BARN-1', 'BARN-2', 'BARN-3'])
    expect(first[1]).toMatchObject({
      entityId: 'BARN-1',
      projectId: barn.id,
      payload: { title: 'a', status: 'inbox', actor: 'owner' },
      createdAt: board.clock.now(),
    })
    expect(await newestEventId(board.scope)).toBe(rest.at(-1)?.id)
  })

  test.skipIf(!onPostgres)(
    'hides no event from a reader that pages while eight write (on Postgres: embedded has one connection)',
    async () => {
      const writers = 8
      const each = 12
      let cursor = await newestEventId(board.scope)
      const seen: number[] = []
      let writing = true
      const reader = async () => {
        for (;;) {
          const last = !writing
          const page = await readEvents(board.scope, { after: cursor, limit: 7 })
          seen.push(...page.map((event) => event.id))
          cursor = page.at(-1)?.id ?? cursor
          if (last && page.length === 0) return
        }
      }
      const write = async (writer: number) => {
        const task = await addTask(board, shop)
        for (let i = 1; i < each; i += 1) await editTask(board.ctx, task.id, { title: `${writer}.${i}` })
      }

      const reading = reader()
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
      writing = false
      await reading

      const stored = await board.db.select({ id: eventsOutbox.id }).from(eventsOutbox)
      const mine = stored.map((row) => row.id).filter((id) => id >= (seen[0] ?? 0))
      expect(seen).toEqual(mine.sort((a, b) => a - b))
      expect(seen).toHaveLength(writers * (1 + (each - 1) * 2))
    },
    30_000,
  )

  test('announces only what was committed', async () => {
    const database = await openTestDatabase()
    const heard: string[] = []
    let announce = () => {}
    await database.listen(outboxChannel, () => {
      heard.push('rung')
      announce()
    })
    heard.length = 0
    const rung = new Promise<void>((resolve) => {
      announce = resolve
    })
    await database.db.execute(sql`insert into users (id, email) values (${board.ownerId}, 'bea@example.com')`)
    const ctx = createCtx({
      db: database.db,
      ownerId: board.ownerId,
      actor: { kind: 'system' },
      now: board.clock.now,
    })

    await ctx.commit(async () => ({
      result: null,
      rows: [],
      events: [
        {
          type: 'PROJECT_CREATED',
          entityId: 'X',
          projectId: null,
          payload: { name: 'X', fields: [] },
        },
      ],
      audit: [
        {
          action: 'project.create',
          targetType: 'project',
          targetId: 'X',
          meta: { projectId: board.ownerId, name: 'X' },
        },
      ],
    }))
    await rung

    expect(heard).toEqual(['rung'])
    await database.close()
  })
})

describe('a transaction', () => {
  test('writes nothing if its event is refused', async () => {
    const changes = await recordChanges(board.db)
    await board.db.execute(
      sql`alter table events_outbox add constraint no_poison check (payload ->> 'title' is distinct from 'poison')`,
    )

    const attempt = createTask(board.ctx, { projectId: shop.id, title: 'poison', labels: ['poisoned'] })

    await expect(attempt).rejects.toThrow()
    await board.db.execute(sql`alter table events_outbox drop constraint no_poison`)
    expect(await changes()).toEqual(noChanges)
    expect(await board.db.select().from(tasks).where(sql`title = 'poison'`)).toEqual([])
    expect(
      (await board.db.execute(sql`select 1 from task_labels where name = 'poisoned'`)) as unknown,
    ).toSatisfy((answer: { rows?: unknown[]; length?: number }) => (answer.rows ?? answer).length === 0)
  })

  test('writes nothing if its audit entry is refused', async () => {
    const task = await addTask(board, shop)
    await board.db.execute(
      sql`alter table audit_logs add constraint no_poison check (action <> 'task.edit') not valid`,
    )

    const attempt = editTask(board.ctx, task.key, { title: 'poison' })

    await expect(attempt).rejects.toThrow()
    await board.db.execute(sql`alter table audit_logs drop constraint no_poison`)
    expect(await findTask(board.scope, task.key)).toEqual(task)
  })

  test('is not written if what goes with it fails', async () => {
    const ctx = createCtx({
      db: board.db,
      ownerId: board.ownerId,
      actor: { kind: 'owner' },
      now: board.clock.now,
      extras: async () => {
        throw new Error('no room for the answer')
      },
    })
    const count = await board.db.$count(tasks)

    const attempt = createTask(ctx, { projectId: shop.id, title: 'x' })

    await expect(attempt).rejects.toThrow('no room for the answer')
    expect(await board.db.$count(tasks)).toBe(count)
  })

  test('is retried after a deadlock', async () => {
    const task = await addTask(board, shop)
    let attempts = 0
    const ctx = createCtx({
      db: board.db,
      ownerId: board.ownerId,
      actor: { kind: 'owner' },
      now: board.clock.now,
      extras: async () => {
        attempts += 1
        if (attempts === 1)
          await board.db.execute(sql`do $$ begin raise exception 'so' using errcode = '40P01'; end $$`)
        return []
      },
    })

    const { task: changed } = await editTask(ctx, task.key, { priority: 'high' })

    expect([attempts, changed.priority]).toEqual([2, 'high'])
  })

  test('names its cause in the audit entry', async () => {
    const changes = await recordChanges(board.db)
    const ctx = createCtx({
      db: board.db,
      ownerId: board.ownerId,
      actor: { kind: 'owner' },
      now: board.clock.now,
      cause: 'update 7',
    })

    await createTask(ctx, { projectId: shop.id, title: 'x' })

    expect((await changes()).audit).toMatchObject([{ meta: { by: 'owner', cause: 'update 7' } }])
  })
})

describe('the append-only tables', () => {
  test.each([
    ['events_outbox', 'update events_outbox set entity_id = entity_id'],
    ['audit_logs', 'update audit_logs set action = action'],
    ['audit_logs', 'delete from audit_logs'],
    ['security_events', 'update security_events set path = path'],
    ['security_events', 'delete from security_events'],
  ])('%s refuses: %s', async (table, statement) => {
    await addTask(board, shop)
    await board.db
      .insert(securityEvents)
      .values({ ownerId: board.ownerId, eventType: 'auth.token', outcome: 'failure' })

    const attempt = board.db.execute(sql.raw(statement))

    await expect(attempt).rejects.toMatchObject({
      cause: { message: expect.stringContaining(`on ${table} is refused`) },
    })
  })

  test('deletes old events', async () => {
    await addTask(board, shop)

    await board.db.delete(eventsOutbox)

    expect(await board.db.$count(eventsOutbox)).toBe(0)
    expect(await board.db.$count(auditLogs)).toBeGreaterThan(0)
  })
})
