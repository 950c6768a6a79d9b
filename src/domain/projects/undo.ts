import { eq } from 'drizzle-orm'
import { type ProjectRow, tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { applyToProject, lockProject } from './edit.ts'
import { applyProjectSettings, parseProjectSettings } from './settings.ts'
import type { ProjectChangeAction } from './snapshot.ts'
import { readSettings } from './stored-settings.ts'

/** Undoes a change of a project. Throws `conflict` if the project has changed since. Part of `undoChange`. */
export async function undoProjectChange(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'project.create' | 'project.settings' | ProjectChangeAction>,
): Promise<Change<unknown>> {
  const project = await lockProject(ctx, tx, entry.targetId ?? '')
  if (entry.action === 'project.create') return hideCreated(ctx, tx, project)
  if (entry.action === 'project.settings') {
    const { before, after } = entry.meta
    requireUntouched(project.projectKey, await readSettings(tx, project.id), after)
    return applyProjectSettings(ctx, tx, project, parseProjectSettings(before))
  }
  const { before, after } = entry.meta
  requireUntouched(project.projectKey, project, after)
  const { deletedAt, ...columns } = before
  if (deletedAt === undefined)
    return applyToProject(ctx, tx, {
      action: 'project.edit',
      type: 'PROJECT_UPDATED',
      before: project,
      columns,
    })
  return deletedAt === null
    ? applyToProject(ctx, tx, {
        action: 'project.restore',
        type: 'PROJECT_RESTORED',
        before: project,
        columns: { deletedAt: null },
      })
    : applyToProject(ctx, tx, {
        action: 'project.delete',
        type: 'PROJECT_DELETED',
        before: project,
        columns: { deletedAt: new Date(deletedAt) },
      })
}

async function hideCreated(ctx: Ctx, tx: Tx, project: ProjectRow): Promise<Change<unknown>> {
  const inUse = await tx.$count(tasks, eq(tasks.projectId, project.id))
  if (inUse > 0) {
    throw new DomainError(
      'conflict',
      `${project.projectKey} already has tasks. Delete it from its card if you're sure.`,
    )
  }
  const columns = { deletedAt: ctx.now() }
  return applyToProject(ctx, tx, {
    action: 'project.delete',
    type: 'PROJECT_DELETED',
    before: project,
    columns,
  })
}
