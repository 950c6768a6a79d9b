import { and, eq, ne, sql } from 'drizzle-orm'
import { taskLabels } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { readListsOf, writeLabelLists } from './label-lists.ts'
import { deleteUnusedLabels } from './labels.ts'

/** Undoes a change of a label. Throws `conflict` if the label has changed since. Part of `undoChange`. */
export async function undoLabelChange(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'label.create' | 'label.rename' | 'label.color' | 'label.delete' | 'label.merge'>,
): Promise<void> {
  if (entry.action === 'label.delete' || entry.action === 'label.merge') return restoreLabel(ctx, tx, entry)
  if (entry.action === 'label.create') return undoCreate(ctx, tx, entry)
  const { before, after } = entry.meta
  const [label] = await tx
    .select()
    .from(taskLabels)
    .where(and(eq(taskLabels.id, entry.targetId ?? ''), eq(taskLabels.ownerId, ctx.ownerId)))
    .for('update')
  if (label === undefined) throw new DomainError('conflict', 'That label is gone.')
  requireUntouched(label.name, label, after)
  if (before.name !== undefined) await requireFreeName(ctx, tx, before.name, label.id)
  await tx
    .update(taskLabels)
    .set({ ...before, updatedAt: ctx.now() })
    .where(eq(taskLabels.id, label.id))
}

async function undoCreate(ctx: Ctx, tx: Tx, entry: AuditRecordOf<'label.create'>): Promise<void> {
  const { name } = entry.meta
  const [gone] = await deleteUnusedLabels(tx, ctx.ownerId, [entry.targetId ?? ''])
  if (gone === undefined)
    throw new DomainError('conflict', `Label ${name} is in use or gone. Delete it in /labels if you're sure.`)
}

async function restoreLabel(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'label.delete' | 'label.merge'>,
): Promise<void> {
  const { label, lists } = entry.meta
  const into = entry.action === 'label.merge' ? entry.meta.into : null
  await requireFreeName(ctx, tx, label.name, label.id)
  const now = ctx.now()
  await tx.insert(taskLabels).values({ ...label, ownerId: ctx.ownerId, updatedAt: now })
  const current = await readListsOf(tx, Object.keys(lists))
  const restored = Object.entries(lists).map(([taskId, before]) => {
    const now = current[taskId] ?? []
    return [taskId, restoreList({ before, now, labelId: label.id, intoId: into?.id ?? null })] as const
  })
  await writeLabelLists(tx, Object.fromEntries(restored), now)
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

async function requireFreeName(ctx: Ctx, tx: Tx, name: string, exceptId: string): Promise<void> {
  const [taken] = await tx
    .select({ id: taskLabels.id })
    .from(taskLabels)
    .where(
      and(
        eq(taskLabels.ownerId, ctx.ownerId),
        eq(sql`lower(${taskLabels.name})`, sql`lower(${name})`),
        ne(taskLabels.id, exceptId),
      ),
    )
  if (taken !== undefined)
    throw new DomainError('conflict', `There's another label ${name} now. Rename that one first.`, {
      name,
    })
}
