import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs } from '../../../src/db/schema.ts'
import { fieldsOf } from '../../../src/domain/core/audit/audit-record.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { editProject } from '../../../src/domain/projects/edit.ts'
import { listAudit } from '../../../src/domain/reports/audit.ts'
import { type Board, openBoard } from '../../support/board.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

describe('the audit log', () => {
  test('is read newest first, in pages without gaps or repetition', async () => {
    await createProject(board.ctx, { key: 'PAGE', name: '0' })
    // Three at a time have one time stamp, so that a page can end between two of them.
    for (let name = 1; name <= 9; name += 1) {
      if (name % 3 === 0) board.clock.advance({ minutes: 1 })
      await editProject(board.ctx, 'PAGE', { name: String(name) })
    }

    const names: unknown[] = []
    let before: string | undefined
    do {
      const page = await listAudit(board.scope, { limit: 4, ...(before === undefined ? {} : { before }) })
      names.push(...page.entries.map((entry) => fieldsOf(entry).after.name ?? '0'))
      before = page.nextCursor ?? undefined
    } while (before !== undefined)

    expect(names).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1', '0'])
  })

  test('can be read for one target', async () => {
    await createProject(board.ctx, { key: 'MINE', name: 'Mine' })
    await createProject(board.ctx, { key: 'OTHER', name: 'Other' })
    await editProject(board.ctx, 'MINE', { priority: 1 })

    const { entries, nextCursor } = await listAudit(board.scope, { targetId: 'MINE', limit: 10 })

    expect(entries.map(({ action }) => action)).toEqual(['project.edit', 'project.create'])
    expect(nextCursor).toBeNull()
  })

  test('cannot be changed', async () => {
    await createProject(board.ctx, { key: 'FIXED', name: 'Fixed' })

    await expect(board.db.update(auditLogs).set({ action: 'x' }).where(sql`true`)).rejects.toThrow()
    await expect(board.db.delete(auditLogs).where(sql`true`)).rejects.toThrow()
  })
})
