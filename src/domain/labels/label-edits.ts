import { and, eq, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { labelColors, taskLabels } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { type AuditChange, pick } from '../core/audit/audit-meta.ts'
import type { Change } from '../core/commit/commit.ts'
import { insert, remove, update, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import { defaultColor, type Label, LabelName } from './label.ts'
import { type LabelLists, labelListRows, readLabelLists } from './label-lists.ts'
import { findLabels } from './labels.ts'

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
  const { name, color } = parse(z.object({ name: LabelName, color: LabelColor.default(defaultColor) }), input)
  return ctx.commit(async (db) => {
    if ((await findLabels({ db, ownerId: ctx.ownerId }, [name])).length > 0) throw nameInUse(name)
    const now = ctx.now()
    const label: Label = { id: v7(), name, color }
    const rows = [insert(taskLabels, { ...label, ownerId: ctx.ownerId, createdAt: now, updatedAt: now })]
    return toChange(label, rows, { action: 'label.create', targetType: 'label', meta: { name, color } })
  })
}

/** Renames a label, given by name or UUID. Throws `in-use` if another label has the name, `not-found`, and `invalid`. */
export async function renameLabel(ctx: Ctx, reference: string, newName: string): Promise<EditedLabel> {
  const name = parse(LabelName, newName)
  return ctx.commit(async (db) => {
    const before = await requireLabel(ctx, db, reference)
    const [taken] = await findLabels({ db, ownerId: ctx.ownerId }, [name])
    if (taken !== undefined && taken.id !== before.id) throw nameInUse(name)
    return changeLabel(ctx, { action: 'label.rename', before, columns: { name } })
  })
}

/** Changes a label's color. Throws `not-found` and `invalid`. */
export async function recolorLabel(ctx: Ctx, reference: string, newColor: string): Promise<EditedLabel> {
  const color = parse(LabelColor, newColor)
  return ctx.commit(async (db) => {
    const before = await requireLabel(ctx, db, reference)
    return changeLabel(ctx, { action: 'label.color', before, columns: { color } })
  })
}

/** Deletes a label and removes it from its tasks. Throws `not-found`. */
export async function deleteLabel(ctx: Ctx, reference: string): Promise<EditedLabel> {
  return ctx.commit(async (db) => {
    const label = await requireLabel(ctx, db, reference)
    const lists = await readLabelLists(db, label.id)
    const after = mapLists(lists, (ids) => ids.filter((id) => id !== label.id))
    const rows = [
      ...labelListRows({ before: lists, after, now: ctx.now() }),
      remove(taskLabels, { key: { id: label.id } }),
    ]
    return toChange(label, rows, { action: 'label.delete', targetType: 'label', meta: { label, lists } })
  })
}

/** Replaces a label with another on all its tasks and deletes it. Throws `not-found`, and `invalid` if both are the same. */
export async function mergeLabels(ctx: Ctx, from: string, into: string): Promise<EditedLabel> {
  return ctx.commit(async (db) => {
    const gone = await requireLabel(ctx, db, from)
    const kept = await requireLabel(ctx, db, into)
    if (gone.id === kept.id) throw new DomainError('invalid', "A label can't be merged into itself.")
    const lists = await readLabelLists(db, gone.id)
    const after = mapLists(lists, (ids) => [...new Set(ids.map((id) => (id === gone.id ? kept.id : id)))])
    const rows = [
      ...labelListRows({ before: lists, after, now: ctx.now() }),
      remove(taskLabels, { key: { id: gone.id } }),
    ]
    const meta = { label: gone, into: kept, lists }
    return toChange(kept, rows, { action: 'label.merge', targetType: 'label', meta })
  })
}

async function requireLabel(ctx: Ctx, db: Reader, reference: string): Promise<Label> {
  const isUuid = z.guid().safeParse(reference).success
  const [label] = await db
    .select({ id: taskLabels.id, name: taskLabels.name, color: taskLabels.color })
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
  if (label !== undefined) return label
  throw new DomainError('not-found', `No label ${reference.slice(0, 40)}.`, { reference })
}

function changeLabel(
  ctx: Ctx,
  edit: {
    readonly action: 'label.rename' | 'label.color'
    readonly before: Label
    readonly columns: { readonly name?: string; readonly color?: string }
  },
): Change<EditedLabel> {
  const { before, columns } = edit
  const label: Label = { ...before, ...columns }
  if (label.name === before.name && label.color === before.color)
    return { unchanged: true, result: { label, auditId: null } }
  const { id, ...expect } = before
  const rows = [update(taskLabels, { key: { id }, expect, set: { ...columns, updatedAt: ctx.now() } })]
  const fields = Object.keys(columns) as ('name' | 'color')[]
  const meta = { before: pick(before, fields), after: pick(label, fields) }
  return toChange(label, rows, { action: edit.action, targetType: 'label', meta })
}

function toChange(label: Label, rows: readonly Write[], change: AuditChange): Change<EditedLabel> {
  const id = v7()
  return {
    result: { label, auditId: id },
    rows,
    events: [],
    audit: [{ ...change, id, targetId: label.id }],
  }
}

function mapLists(lists: LabelLists, change: (ids: readonly string[]) => readonly string[]): LabelLists {
  return Object.fromEntries(Object.entries(lists).map(([taskId, ids]) => [taskId, change(ids)]))
}

function nameInUse(name: string): DomainError {
  return new DomainError('in-use', `Label ${name} already exists. Merge them or pick another name.`, {
    name,
  })
}
