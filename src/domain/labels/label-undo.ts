import { and, eq } from 'drizzle-orm'
import { taskLabels } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import { insert, update, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { labelListRows, readExistingTasks, readListsOf } from './label-lists.ts'
import { findLabels, listLabels, removeUnusedLabels } from './labels.ts'

/** Returns the rows that undo a change of a label. Throws `conflict` if the label has changed since. Part of `undoChange`. */
export async function undoLabelChange(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'label.create' | 'label.rename' | 'label.color' | 'label.delete' | 'label.merge'>,
): Promise<readonly Write[]> {
  if (entry.action === 'label.delete' || entry.action === 'label.merge') return restoreLabel(ctx, db, entry)
  if (entry.action === 'label.create') return undoCreate(ctx, db, entry)
  const { before, after } = entry.meta
  const [label] = await db
    .select()
    .from(taskLabels)
    .where(and(eq(taskLabels.id, entry.targetId ?? ''), eq(taskLabels.ownerId, ctx.ownerId)))
  if (label === undefined) throw new DomainError('conflict', 'That label is gone.')
  requireUntouched(label.name, label, after)
  if (before.name !== undefined) await requireFreeName(ctx, db, before.name, label.id)
  const { id, name, color } = label
  const set = { name: before.name ?? name, color: before.color ?? color, updatedAt: ctx.now() }
  return [update(taskLabels, { key: { id }, expect: { name, color }, set })]
}

async function undoCreate(
  { ownerId }: Ctx,
  db: Reader,
  entry: AuditRecordOf<'label.create'>,
): Promise<readonly Write[]> {
  const { rows } = await removeUnusedLabels({ db, ownerId }, { ids: [entry.targetId ?? ''], taskIds: [] })
  if (rows.length > 0) return rows
  const { name } = entry.meta
  throw new DomainError('conflict', `Label ${name} is in use or gone. Delete it in /labels if you're sure.`)
}

async function restoreLabel(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'label.delete' | 'label.merge'>,
): Promise<readonly Write[]> {
  const { label, lists } = entry.meta
  const into = entry.action === 'label.merge' ? entry.meta.into : null
  await requireFreeName(ctx, db, label.name, label.id)
  const now = ctx.now()
  const taskIds = Object.keys(lists)
  const existing = await readExistingTasks(db, taskIds)
  const known = new Set([label.id, ...(await listLabels({ db, ownerId: ctx.ownerId })).map(({ id }) => id)])
  const current = await readListsOf(db, taskIds)
  const restored = Object.entries(lists)
    .filter(([taskId]) => existing.has(taskId))
    .map(([taskId, before]) => {
      const now = current[taskId] ?? []
      const list = restoreList({ before, now, labelId: label.id, intoId: into?.id ?? null })
      return [taskId, list.filter((id) => known.has(id))] as const
    })
  return [
    insert(taskLabels, { ...label, ownerId: ctx.ownerId, updatedAt: now }),
    ...labelListRows({ before: current, after: Object.fromEntries(restored), now }),
  ]
}

/** Restores the list; if the task's labels have changed since, only the label itself returns to its place. */
function restoreList(list: {
  readonly before: readonly string[]
  readonly now: readonly string[]
  readonly labelId: string
  readonly intoId: string | null
}): readonly string[] {
  const { before, now, labelId, intoId } = list
  const left = [...new Set(before.flatMap((id) => (id !== labelId ? [id] : intoId === null ? [] : [intoId])))]
  if (left.join() === now.join()) return before
  return now.toSpliced(before.indexOf(labelId), 0, labelId)
}

async function requireFreeName({ ownerId }: Ctx, db: Reader, name: string, exceptId: string): Promise<void> {
  const found = await findLabels({ db, ownerId }, [name])
  if (found.some(({ id }) => id !== exceptId))
    throw new DomainError('conflict', `There's another label ${name} now. Rename that one first.`, {
      name,
    })
}
