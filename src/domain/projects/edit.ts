import { and, eq } from 'drizzle-orm'
import { type ProjectRow, projects } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../core/context.ts'
import { parse } from '../core/parse.ts'
import { noSuchProject } from './read.ts'
import { ProjectEdit } from './schemas.ts'
import { changedFields, type ProjectChangeAction, projectAudit } from './snapshot.ts'

/** The outcome of a project change. `auditId` names the change for undo; null if nothing changed. */
export interface EditedProject {
  readonly project: ProjectRow
  readonly auditId: string | null
}

type Columns = { readonly [Field in keyof ProjectRow]?: ProjectRow[Field] | undefined }

/** Changes a project's fields. A new picture removes the old picture's credit. Throws `not-found` and `invalid`. */
export async function editProject(ctx: Ctx, key: string, patch: ProjectEdit): Promise<EditedProject> {
  const { bgImageCredit, ...edit } = parse(ProjectEdit, patch)
  return ctx.mutate(async (tx) => {
    const before = await lockProject(ctx, tx, key)
    if (before.deletedAt !== null) throw noSuchProject(key)
    const newPicture = edit.bgImage !== undefined && edit.bgImage !== before.bgImage
    const credit = bgImageCredit === undefined && newPicture ? null : bgImageCredit
    const columns = credit === undefined ? edit : { ...edit, bgImageCredit: credit }
    return applyToProject(ctx, tx, { action: 'project.edit', type: 'PROJECT_UPDATED', before, columns })
  })
}

/** Hides a project and everything in it; nothing is destroyed. Throws `not-found`. A deleted project stays unchanged. */
export async function deleteProject(ctx: Ctx, key: string): Promise<EditedProject> {
  return ctx.mutate(async (tx) => {
    const before = await lockProject(ctx, tx, key)
    const columns = { deletedAt: before.deletedAt ?? ctx.now() }
    return applyToProject(ctx, tx, { action: 'project.delete', type: 'PROJECT_DELETED', before, columns })
  })
}

/** Restores a deleted project. Throws `not-found`. A project that isn't deleted stays unchanged. */
export async function restoreProject(ctx: Ctx, key: string): Promise<EditedProject> {
  return ctx.mutate(async (tx) => {
    const before = await lockProject(ctx, tx, key)
    const columns = { deletedAt: null }
    return applyToProject(ctx, tx, { action: 'project.restore', type: 'PROJECT_RESTORED', before, columns })
  })
}

/** Reads a project, deleted or not, and locks it until the transaction ends. Throws `not-found`. */
export async function lockProject(ctx: Ctx, tx: Tx, key: string): Promise<ProjectRow> {
  const [project] = await tx
    .select()
    .from(projects)
    .where(and(eq(projects.ownerId, ctx.ownerId), eq(projects.projectKey, key.toUpperCase())))
    .for('update')
  if (project === undefined) throw noSuchProject(key)
  return project
}

/** Writes columns of a locked project with its event and audit entry. Part of a larger transaction. */
export async function applyToProject(
  ctx: Ctx,
  tx: Tx,
  edit: {
    readonly action: ProjectChangeAction
    readonly type: 'PROJECT_UPDATED' | 'PROJECT_DELETED' | 'PROJECT_RESTORED'
    readonly before: ProjectRow
    readonly columns: Columns
  },
): Promise<Change<EditedProject>> {
  const { before } = edit
  const given = Object.entries(edit.columns).filter(([, value]) => value !== undefined)
  const wanted: ProjectRow = { ...before, ...Object.fromEntries(given) }
  const fields = changedFields(before, wanted)
  if (fields.length === 0) return { unchanged: true, result: { project: before, auditId: null } }
  const project: ProjectRow = { ...wanted, updatedAt: ctx.now() }
  await tx
    .update(projects)
    .set({ ...edit.columns, updatedAt: project.updatedAt })
    .where(eq(projects.id, before.id))
  const audit = projectAudit(edit.action, before, project)
  return {
    result: { project, auditId: audit.id },
    events: [
      {
        type: edit.type,
        entityId: project.projectKey,
        projectId: project.id,
        payload: { name: project.name, fields: fields.filter((field) => field !== 'deletedAt') },
      },
    ],
    audit: [audit],
  }
}
