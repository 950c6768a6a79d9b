import { and, eq, getTableColumns } from 'drizzle-orm'
import { type ProjectRow, projects } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Change } from '../core/commit/commit.ts'
import { update, versionOf } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { parse } from '../core/parse.ts'
import { noSuchProject } from './read.ts'
import { ProjectEdit } from './schemas.ts'
import { changedFields, type ProjectChangeAction, projectAudit } from './snapshot.ts'

/** The outcome of a project change. `auditId` names the change for undo; null if nothing changed. */
export interface EditedProject {
  readonly project: ProjectRow
  readonly auditId: string | null
}

/** A project's row, deleted or not, with the version that a change of it expects. */
export interface VersionedProject {
  readonly row: ProjectRow
  readonly version: string
}

/** Changes a project's fields. A new picture removes the old picture's credit. Throws `not-found` and `invalid`. */
export async function editProject(ctx: Ctx, key: string, patch: ProjectEdit): Promise<EditedProject> {
  const { bgImageCredit, ...edit } = parse(ProjectEdit, patch)
  return ctx.commit(async (db) => {
    const before = await requireAnyProject(ctx, db, key)
    if (before.row.deletedAt !== null) throw noSuchProject(key)
    const newPicture = edit.bgImage !== undefined && edit.bgImage !== before.row.bgImage
    const credit = bgImageCredit === undefined && newPicture ? null : bgImageCredit
    const columns = credit === undefined ? edit : { ...edit, bgImageCredit: credit }
    return changeProject(ctx, { action: 'project.edit', type: 'PROJECT_UPDATED', before, columns })
  })
}

/** Hides a project and everything in it; nothing is destroyed. Throws `not-found`. A deleted project stays unchanged. */
export async function deleteProject(ctx: Ctx, key: string): Promise<EditedProject> {
  return ctx.commit(async (db) => {
    const before = await requireAnyProject(ctx, db, key)
    const columns = { deletedAt: before.row.deletedAt ?? ctx.now() }
    return changeProject(ctx, { action: 'project.delete', type: 'PROJECT_DELETED', before, columns })
  })
}

/** Restores a deleted project. Throws `not-found`. A project that isn't deleted stays unchanged. */
export async function restoreProject(ctx: Ctx, key: string): Promise<EditedProject> {
  return ctx.commit(async (db) => {
    const before = await requireAnyProject(ctx, db, key)
    const columns = { deletedAt: null }
    return changeProject(ctx, { action: 'project.restore', type: 'PROJECT_RESTORED', before, columns })
  })
}

/** Reads a project, deleted or not. Throws `not-found`. */
export async function requireAnyProject(ctx: Ctx, db: Reader, key: string): Promise<VersionedProject> {
  const [found] = await db
    .select({ row: getTableColumns(projects), version: versionOf(projects) })
    .from(projects)
    .where(and(eq(projects.ownerId, ctx.ownerId), eq(projects.projectKey, key.toUpperCase())))
  if (found === undefined) throw noSuchProject(key)
  return found
}

/** Decides a change of a project's columns with its event and audit entry. */
export function changeProject(
  ctx: Ctx,
  edit: {
    readonly action: ProjectChangeAction
    readonly type: 'PROJECT_UPDATED' | 'PROJECT_DELETED' | 'PROJECT_RESTORED'
    readonly before: VersionedProject
    readonly columns: { readonly [Field in keyof ProjectRow]?: ProjectRow[Field] | undefined }
  },
): Change<EditedProject> {
  const { row: before, version } = edit.before
  const given = Object.fromEntries(Object.entries(edit.columns).filter(([, value]) => value !== undefined))
  const wanted: ProjectRow = { ...before, ...given }
  const fields = changedFields(before, wanted)
  if (fields.length === 0) return { unchanged: true, result: { project: before, auditId: null } }
  const project: ProjectRow = { ...wanted, updatedAt: ctx.now() }
  const set = { ...given, updatedAt: project.updatedAt }
  const audit = projectAudit(edit.action, before, project)
  return {
    result: { project, auditId: audit.id },
    rows: [update(projects, { key: { id: before.id }, version, set })],
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
