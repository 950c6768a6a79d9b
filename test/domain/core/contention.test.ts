import { and, asc, eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auditLogs, eventsOutbox, type ProjectRow, tasks, workLogs } from '../../../src/db/schema.ts'
import { fieldsOf, toAuditRecord } from '../../../src/domain/core/audit/audit-record.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { newestEventId, readEvents } from '../../../src/domain/core/outbox.ts'
import { taskPriorities } from '../../../src/domain/core/task-values.ts'
import { listLabels } from '../../../src/domain/labels/labels.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import type { Place } from '../../../src/domain/tasks/edit/order.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { appendToComment, listTaskLog } from '../../../src/domain/tasks/notes/comments.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import { toSnapshot } from '../../../src/domain/tasks/snapshot.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
import { createRandom } from '../../support/random.ts'
import { addProject, addTask, onPostgres } from '../../support/tasks.ts'
import { isDoneOrWaits } from '../../support/waiting.ts'

// CHANGES=1000 npx vitest run test/domain/core/contention.test.ts takes it further.
const changes = Number(process.env.CHANGES ?? 25)
const options = { timeout: 60_000 + changes * 2_000 }

let board: Board
let shop: ProjectRow
beforeEach(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterEach(() => board.close())

const writers = Array.from({ length: 8 }, (_, index) => index)

/** Lets eight writers make their changes at the same time, each one after the other. Rejects if one of them is refused. */
async function write<T>(
  change: (writer: number, index: number) => Promise<T>,
  perWriter = changes,
): Promise<T[]> {
  const made = writers.map(async (writer) => {
    const results: T[] = []
    for (let index = 0; index < perWriter; index += 1) results.push(await change(writer, index))
    return results
  })
  return (await Promise.all(made)).flat()
}

const lanes = ['inbox', 'todo', 'hold', 'ready'] as const
const kinds = ['title', 'comment', 'priority', 'status', 'labels'] as const

/** The change that a writer makes of the one task. Several writers ask for the same new label. */
function changeOf(writer: number, index: number): TaskEdit {
  const kind = kinds[(index + writer) % kinds.length] ?? 'title'
  const round = Math.floor(index / kinds.length)
  const changes = {
    title: { title: `Title ${index} of ${writer}` },
    comment: { comment: `Comment ${index} of ${writer}` },
    priority: { priority: taskPriorities[(round + writer) % taskPriorities.length] ?? 'none' },
    status: { status: lanes[(round + writer) % lanes.length] ?? 'inbox' },
    labels: { labels: [`round-${round}`, `writer-${writer}`] },
  } satisfies Readonly<Record<(typeof kinds)[number], TaskEdit>>
  return changes[kind]
}

const allComments = () =>
  writers.flatMap((writer) =>
    Array.from({ length: changes }, (_, index) => changeOf(writer, index).comment ?? []).flat(),
  )

// A decision draws the entry's ID after it read the row as the change before left it, so on one task their order is that of the commits.
const auditOf = async (target: 'task' | 'label') =>
  (
    await board.db.select().from(auditLogs).where(eq(auditLogs.targetType, target)).orderBy(asc(auditLogs.id))
  ).map(toAuditRecord)

const readOutbox = () => board.db.select().from(eventsOutbox).orderBy(asc(eventsOutbox.id))

describe(`eight writers with ${changes} changes each`, () => {
  test(
    'lose no change of one task, and each event and audit entry agrees with its rows',
    options,
    async () => {
      const { id } = await addTask(board, shop, { status: 'inbox' })
      const before = await newestEventId(board.scope)

      const results = await write((writer, index) => editTask(board.ctx, id, changeOf(writer, index)))

      const [created, ...entries] = await auditOf('task')
      const made = results.flatMap(({ auditId }) => auditId ?? [])
      expect(entries.map((entry) => entry.id).sort()).toEqual(made.sort())
      const state: Record<string, unknown> = { ...fieldsOf(created as NonNullable<typeof created>).after }
      const expected = entries.flatMap((entry) => {
        const { before, after } = fieldsOf(entry)
        const known = Object.fromEntries(Object.keys(before).map((field) => [field, state[field]]))
        expect(before).toEqual(known)
        Object.assign(state, after)
        const common = { title: state.title, actor: 'owner' }
        const fields = ['title', 'priority', 'labels'].filter((field) => field in after)
        return [
          ...('status' in after ? [{ from: before.status, to: after.status, ...common }] : []),
          ...(fields.length === 0 ? [] : [{ changedFields: fields, ...common }]),
        ]
      })
      expect(toSnapshot(await requireTask(board.scope, id))).toEqual(state)

      const events = (await readOutbox()).filter((event) => event.id > before)
      const ofTask = events.filter(({ entityType }) => entityType === 'task')
      expect(ofTask.map(({ payload }) => payload)).toEqual(expected)
      const logs = await board.db.select({ id: workLogs.id }).from(workLogs).where(eq(workLogs.taskId, id))
      const ofLogs = events.filter(({ entityType }) => entityType === 'worklog')
      expect(ofLogs.map(({ entityId }) => entityId).sort()).toEqual(logs.map((log) => log.id).sort())
      expect(events).toHaveLength(ofTask.length + ofLogs.length)
      const page = { kinds: ['comment'], limit: results.length } as const
      const { entries: comments } = await listTaskLog(board.scope, id, page)
      expect(comments.map(({ detail }) => detail).sort()).toEqual(allComments().sort())
    },
  )

  test('create each label once, with its audit entry', options, async () => {
    const several = await Promise.all(writers.map(() => addTask(board, shop)))

    await write((writer, index) =>
      editTask(board.ctx, several[writer]?.id ?? '', { labels: [`Label ${index}`] }),
    )

    const labels = await listLabels(board.scope)
    const names = Array.from({ length: changes }, (_, index) => `Label ${index}`)
    expect(labels.map(({ name }) => name).sort()).toEqual(names.sort())
    const entries = await auditOf('label')
    expect(entries.map(({ targetId }) => targetId).sort()).toEqual(labels.map(({ id }) => id).sort())
  })

  test('give the cards of a lane different keys', options, async () => {
    const random = createRandom(1)
    const cards: string[] = []
    for (let card = 0; card < 50; card += 1)
      cards.push((await addTask(board, shop, { status: 'todo', title: `Card ${card}` })).id)
    const any = () => cards[Math.floor(random() * cards.length)] ?? ''
    const places: readonly (() => Place)[] = [
      () => ({ at: 'start' }),
      () => ({ at: 'end' }),
      () => ({ before: any() }),
      () => ({ after: any() }),
    ]
    const anyPlace = () => (places[Math.floor(random() * places.length)] ?? any)() as Place

    const results = await write(() => placeTask(board.ctx, any(), { place: anyPlace() }))

    const rows = await board.db.select({ key: tasks.sortOrder }).from(tasks)
    expect(new Set(rows.map(({ key }) => key)).size).toBe(cards.length)
    const moves = (await auditOf('task')).filter(({ action }) => action === 'task.move')
    expect(moves).toHaveLength(results.filter(({ auditId }) => auditId !== null).length)
    const moved = (await readOutbox()).filter(({ eventType }) => eventType === 'TASK_UPDATED')
    expect(moved).toHaveLength(moves.length)
  })

  test('show a reader each event once, in order', options, async () => {
    const several = await Promise.all(writers.map(() => addTask(board, shop)))
    const reader = follow()

    await write((writer, index) => editTask(board.ctx, several[writer]?.id ?? '', changeOf(writer, index)))

    const ids = (await readOutbox()).map(({ id }) => id)
    expect(await reader.rest()).toEqual(ids)
  })
})

/** Pages through all events while others write; `rest` reads to the end and returns the IDs. */
function follow(): { readonly rest: () => Promise<number[]> } {
  const seen: number[] = []
  let isLast = false
  const readPages = async () => {
    for (;;) {
      const isEnd = isLast
      const page = await readEvents(board.scope, { after: seen.at(-1) ?? 0, limit: 20 })
      seen.push(...page.map(({ id }) => id))
      if (isEnd && page.length === 0) return
    }
  }
  const reading = readPages()
  return {
    rest: async () => {
      isLast = true
      await reading
      return seen
    },
  }
}

// A comment holds 20,000 characters.
const parts = Math.min(changes, 200)

test(`eight writers that add ${parts} parts each to one comment lose none`, options, async () => {
  const task = await addTask(board, shop)
  const { commentId = '' } = await editTask(board.ctx, task.id, { comment: 'Parts:' })

  const added = await write(
    (writer, index) => appendToComment(board.ctx, task, { commentId, text: `${writer}.${index}` }),
    parts,
  )

  const { entries } = await listTaskLog(board.scope, task.key, { kinds: ['comment'], limit: 1 })
  const lines = (entries[0]?.detail ?? '').split('\n')
  expect(added.every((isAdded) => isAdded)).toBe(true)
  expect(lines).toHaveLength(1 + writers.length * parts)
  expect(new Set(lines).size).toBe(lines.length)
})

const numbersOf = async ({ id }: ProjectRow) =>
  (await board.db.select({ number: tasks.taskNumber }).from(tasks).where(eq(tasks.projectId, id)))
    .map(({ number }) => number)
    .sort((a, b) => a - b)
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
const createMany = (project: ProjectRow) =>
  upTo(50).map((number) => createTask(board.ctx, { projectId: project.id, title: `Task ${number}` }))

test('50 tasks that are created at once have consecutive keys', async () => {
  const created = await Promise.all(createMany(shop))

  expect(await numbersOf(shop)).toEqual(upTo(50))
  expect(created.map(({ task }) => task.key).sort()).toEqual(
    upTo(50)
      .map((n) => `SHOP-${n}`)
      .sort(),
  )
})

test('keys are consecutive while others move tasks into the project', async () => {
  const barn = await addProject(board, 'BARN')
  const guests = await Promise.all(upTo(20).map(() => addTask(board, barn)))

  const moves = guests.map(({ id }) => moveToProject(board.ctx, id, 'SHOP'))
  const [created, moved] = await Promise.all([Promise.all(createMany(shop)), Promise.all(moves)])

  expect(await numbersOf(shop)).toEqual(upTo(70))
  const keys = [...created, ...moved].map(({ task }) => task.key)
  expect(keys.sort()).toEqual(
    upTo(70)
      .map((n) => `SHOP-${n}`)
      .sort(),
  )
})

describe.skipIf(!onPostgres)('over two connections (skipped on the embedded database, which has one)', () => {
  test('a claim takes no task that leaves the queue after it was found', async () => {
    const { key } = await addTask(board, shop, { status: 'todo', queued: true })

    const claim = await board.db.transaction(async (tx) => {
      // Finding a task doesn't read this table, reading what the agent gets does.
      await tx.execute(sql`lock table project_settings in access exclusive mode`)
      const claiming = claimTask(board.as(agent), {})
      const isDone = await isDoneOrWaits(tx, claiming)
      const within = createCtx({
        db: tx,
        ownerId: board.ownerId,
        actor: { kind: 'owner' },
        now: board.clock.now,
      })
      await editTask(within, key, { runState: null })
      return { isDone, claiming }
    })

    expect(claim.isDone).toBe(false)
    expect((await claim.claiming).task).toBeNull()
    const claims = await board.db
      .select()
      .from(auditLogs)
      .where(and(eq(auditLogs.targetId, key), eq(auditLogs.action, 'task.claim')))
    expect(claims).toEqual([])
  })
})
