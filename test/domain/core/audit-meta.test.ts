import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLogs } from '../../../src/db/schema.ts'
import { type AuditChange, toStoredMeta } from '../../../src/domain/core/audit/audit-meta.ts'
import { toAuditRecord } from '../../../src/domain/core/audit/audit-record.ts'
import { listAudit } from '../../../src/domain/reports/audit.ts'
import { readHistory } from '../../../src/domain/reports/history.ts'
import { undoableByAgents, undoChange } from '../../../src/domain/undo/undo.ts'
import { auditCard } from '../../../src/view/reports/audit.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

const row = (action: string, meta: Record<string, unknown> | null) => ({
  id: '00000000-0000-4000-8000-000000000009',
  ownerId: board.ownerId,
  action,
  targetType: 'task',
  targetId: 'SHOP-1',
  meta,
  createdAt: board.clock.now(),
})

test('meta is read back as it was written', () => {
  const change = {
    action: 'task.edit',
    targetType: 'task',
    meta: { taskId: 'x', before: { title: 'Old' }, after: { title: 'New' }, commentId: 'c' },
  } satisfies AuditChange
  const meta = toStoredMeta(change, { by: 'agent:laptop', tokenId: 't', cause: 'telegram:7', batch: 'b' })

  expect(toAuditRecord(row('task.edit', meta))).toMatchObject({ ...change, by: 'agent:laptop', batch: 'b' })
})

test('meta that does not fit its action is refused on write', () => {
  const change = { action: 'task.edit', targetType: 'task', meta: { taskId: 'x' } } as unknown as AuditChange

  expect(() => toStoredMeta(change, { by: 'owner' })).toThrow()
})

test.each<[string, string, Record<string, unknown> | null]>([
  ['an unknown action', 'task.vanish', { by: 'owner', before: {}, after: {} }],
  ['facts that are missing', 'task.edit', { by: 'owner' }],
  ['facts of another shape', 'task.edit', { by: 'owner', taskId: 7, before: 'x', after: [] }],
  ['a status that is unknown', 'task.move', { taskId: 'x', before: {}, after: { status: 'blocked' } }],
  ['no meta', 'task.delete', null],
])('an entry with %s reads as other', (_what, action, meta) => {
  expect(toAuditRecord(row(action, meta))).toMatchObject({
    action: 'other',
    name: action,
    targetId: 'SHOP-1',
    by: meta?.by ?? null,
  })
})

test('an entry of another program is listed, and its undo is refused', async () => {
  const task = await addTask(board, await addProject(board))
  const stored = { ...row('task.vanish', { by: 'agent:laptop', color: 'red' }), targetId: task.key }
  await board.db.insert(auditLogs).values(stored)

  const page = await listAudit(board.scope, { targetId: task.key, limit: 10 })
  const undoable = await undoableByAgents(board.scope, page.entries)
  const card = auditCard(
    { ...page, undoable },
    { now: board.clock.now(), timeZone: 'UTC', about: task.key, isFirst: true },
  )

  expect(card.text.html).toContain('changed · laptop')
  expect(undoable.size).toBe(0)
  expect((await readHistory(board.scope, task, { limit: 10, offset: 0 })).entries).toHaveLength(2)
  await expect(undoChange(board.ctx, stored.id)).rejects.toMatchObject({ code: 'invalid' })
})
