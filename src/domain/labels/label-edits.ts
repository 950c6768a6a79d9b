import { and, eq, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { labelColors, taskLabels } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'

import { type AuditChange, pick } from '../core/audit/audit-meta.ts'
import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'

import { type Label, LabelName } from './label.ts'
import { type LabelLists, readLabelLists, writeLabelLists } from './label-lists.ts'

/** One of the ten named colors, or `#rrggbb`. */
const LabelColor = z.union(
  [z.enum(labelColors), z.string().regex(/^#[0-9a-f]{6}$/i)],
  `must be one of ${labelColors.join(', ')}, or #rrggbb`,
)

/** The outcome of a label change. `auditId` names the change for undo; null if nothing changed. */
export interface EditedLabel {
  readonly label: Label
  readonly auditId: string | null
}

/** Creates a label. Throws `in-use` if the name exists in any case, and `invalid`. */
export async function createLabel(
  ctx: Ctx,
  input: { readonly name: string; readonly color?: string },
): Promise<EditedLabel> {
  const { name, color } = parse(z.object({ name: LabelName, color: LabelColor.default('blue') }), input)
  return ctx.mutate(async (tx) => {
    const now = ctx.now()
    const [label] = await tx
      .insert(taskLabels)
      .values({ ownerId: ctx.ownerId, name, color, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning(shown)
    if (label === undefined) throw nameInUse(name)
    return audited(label, { action: 'label.create', targetType: 'label', meta: { name, color } })
  })
}

/** Renames a label, given by name or UUID. Throws `in-use` if another label has the name, `not-found`, and `invalid`. */
export async function renameLabel(ctx: Ctx, reference: string, newName: string): Promise<EditedLabel> {
  const name = parse(LabelName, newName)
  return ctx.mutate(async (tx) => {
    const before = await lockLabel(ctx, tx, reference)
    const [taken] = await tx
      .select({ id: taskLabels.id })
      .from(taskLabels)
      .where(
        and(eq(taskLabels.ownerId, ctx.ownerId), eq(sql`lower(${taskLabels.name})`, sql`lower(${name})`)),
      )
    if (taken !== undefined && taken.id !== before.id) throw nameInUse(name)
    return change(ctx, tx, { action: 'label.rename', before, columns: { name } })
  })
}

/** Changes a label's color. Throws `not-found` and `invalid`. */
export async function recolorLabel(ctx: Ctx, reference: string, newColor: string): Promise<EditedLabel> {
  const color = parse(LabelColor, newColor)
  return ctx.mutate(async (tx) => {
    const before = await lockLabel(ctx, tx, reference)
    return change(ctx, tx, { action: 'label.color', before, columns: { color } })
  })
}

/** Deletes a label and removes it from its tasks. Throws `not-found`. */
export async function deleteLabel(ctx: Ctx, reference: string): Promise<EditedLabel> {
  return ctx.mutate(async (tx) => {
    const label = await lockLabel(ctx, tx, reference)
    const before = await readLabelLists(tx, label.id)
    await writeLabelLists(
      tx,
      mapLists(before, (ids) => ids.filter((id) => id !== label.id)),
      ctx.now(),
    )
    await tx.delete(taskLabels).where(eq(taskLabels.id, label.id))
    return audited(label, { action: 'label.delete', targetType: 'label', meta: { label, lists: before } })
  })
}

/** Replaces a label with another on all its tasks and deletes it. Throws `not-found`, and `invalid` if both are the same. */
export async function mergeLabels(ctx: Ctx, from: string, into: string): Promise<EditedLabel> {
  return ctx.mutate(async (tx) => {
    const gone = await lockLabel(ctx, tx, from)
    const kept = await lockLabel(ctx, tx, into)
    if (gone.id === kept.id) throw new DomainError('invalid', "A label can't be merged into itself.")
    const before = await readLabelLists(tx, gone.id)
    const merged = mapLists(before, (ids) => [...new Set(ids.map((id) => (id === gone.id ? kept.id : id)))])
    await writeLabelLists(tx, merged, ctx.now())
    await tx.delete(taskLabels).where(eq(taskLabels.id, gone.id))
    const meta = { label: gone, into: kept, lists: before }
    return audited(kept, { action: 'label.merge', targetType: 'label', meta })
  })
}

const shown = { id: taskLabels.id, name: taskLabels.name, color: taskLabels.color }

async function lockLabel(ctx: Ctx, tx: Tx, reference: string): Promise<Label> {
  const isUuid = z.guid().safeParse(reference).success
  const [label] = await tx
    .select(shown)
    .from(taskLabels)
    .where(
      and(
        eq(taskLabels.ownerId, ctx.ownerId),
        or(
          isUuid ? eq(taskLabels.id, reference) : undefined,
          eq(sql`lower(${taskLabels.name})`, sql`lower(${reference})`),
        ),
      ),
    )
    .for('update')
  if (label !== undefined) return label
  throw new DomainError('not-found', `No label ${reference.slice(0, 40)}.`, { reference })
}

async function change(
  ctx: Ctx,
  tx: Tx,
  edit: {
    readonly action: 'label.rename' | 'label.color'
    readonly before: Label
    readonly columns: { readonly name?: string; readonly color?: string }
  },
): Promise<Change<EditedLabel>> {
  const label: Label = { ...edit.before, ...edit.columns }
  if (label.name === edit.before.name && label.color === edit.before.color)
    return { unchanged: true, result: { label, auditId: null } }
  await tx
    .update(taskLabels)
    .set({ ...edit.columns, updatedAt: ctx.now() })
    .where(eq(taskLabels.id, label.id))
  const fields = Object.keys(edit.columns) as ('name' | 'color')[]
  const meta = { before: pick(edit.before, fields), after: pick(label, fields) }
  return audited(label, { action: edit.action, targetType: 'label', meta })
}

function audited(label: Label, change: AuditChange): Change<EditedLabel> {
  const id = v7()
  return { result: { label, auditId: id }, events: [], audit: [{ ...change, id, targetId: label.id }] }
}

function mapLists(lists: LabelLists, change: (ids: readonly string[]) => readonly string[]): LabelLists {
  return Object.fromEntries(Object.entries(lists).map(([taskId, ids]) => [taskId, change(ids)]))
}

function nameInUse(name: string): DomainError {
  return new DomainError('in-use', `Label ${name} already exists. Merge them or pick another name.`, {
    name,
  })
}
