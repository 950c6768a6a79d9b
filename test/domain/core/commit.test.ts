import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows } from '../../../src/db/rows.ts'
import { type ProjectRow, tasks } from '../../../src/db/schema.ts'
import { update } from '../../../src/domain/core/commit/writes.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())

const emptyEdit = (task: Task) =>
  ({
    action: 'task.edit',
    targetType: 'task',
    targetId: task.key,
    meta: { taskId: task.id, before: {}, after: {} },
  }) as const

describe('the record of a change', () => {
  test('is written in one statement: row, logs, events and audit entry', async () => {
    const task = await addTask(board, shop)

    const { auditId } = await editTask(board.ctx, task.key, { status: 'todo' })

    const transactions = await rows<{ xmin: string }>(
      board.db,
      sql`select xmin::text from tasks where id = ${task.id}
        union all select xmin::text from audit_logs where id = ${auditId}
        union all select xmin::text from work_logs where task_id = ${task.id}
        union all (select xmin::text from events_outbox where owner_id = ${board.ownerId} order by id desc limit 2)`,
    )
    expect(transactions).toHaveLength(5)
    expect(new Set(transactions.map(({ xmin }) => xmin)).size).toBe(1)
  })

  test('rolls the change back and reports why if it cannot be written, twenty times out of twenty', async () => {
    const task = await addTask(board, shop)
    const { auditId: taken } = await editTask(board.ctx, task.key, { priority: 'low' })
    const changes = await recordChanges(board.db)
    const attempt = (round: number) =>
      board.ctx.commit(async () => ({
        result: null,
        rows: [update(tasks, { key: { id: task.id }, set: { title: `round ${round}` } })],
        events: [
          {
            type: 'TASK_UPDATED',
            entityId: task.key,
            projectId: shop.id,
            payload: { changedFields: ['title'], title: 'x' },
          },
        ],
        audit: [{ ...emptyEdit(task), id: taken as string }],
      }))

    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, round) => attempt(round)))

    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason.cause))).toEqual(
      Array.from({ length: 20 }, () => expect.stringContaining('audit_logs_pkey')),
    )
    expect((await requireTask(board.scope, task.id)).title).toBe(task.title)
    expect(await changes()).toEqual(noChanges)
  })
  test('is not written if one of its rows is refused, and that refusal is the reported error', async () => {
    const task = await addTask(board, shop)
    const changes = await recordChanges(board.db)

    const attempt = board.ctx.commit(async () => ({
      result: null,
      rows: [
        {
          kind: 'statement',
          statement: ({ param }) => `update tasks set title = null where id = ${param(task.id)}::uuid`,
        },
      ],
      events: [],
      audit: [emptyEdit(task)],
    }))

    await expect(attempt).rejects.toMatchObject({
      cause: { message: expect.stringContaining('null value in column "title"') },
    })
    expect(await changes()).toEqual(noChanges)
  })

  test('is not written if an edit’s statements are refused while it assigns labels, and that refusal is the reported error', async () => {
    const task = await addTask(board, shop)
    const changes = await recordChanges(board.db)
    await board.db.execute(sql`create function refuse_log() returns trigger language plpgsql as $$
      begin raise exception 'no log today'; end $$`)
    await board.db.execute(
      sql`create trigger refuse_log before insert on work_logs for each row execute function refuse_log()`,
    )

    const [attempt] = await Promise.allSettled([
      editTask(board.ctx, task.key, { status: 'todo', labels: ['new'] }),
    ])
    await board.db.execute(sql`drop function refuse_log cascade`)

    expect(attempt).toMatchObject({ status: 'rejected', reason: { cause: { message: 'no log today' } } })
    expect(await changes()).toEqual(noChanges)
  })
})
