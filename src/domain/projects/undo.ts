import { eq } from 'drizzle-orm'
import { type AuditRow, type ProjectRow, tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { requireUntouched } from '../core/require-untouched.ts'
import { applyToProject, lockProject } from './edit.ts'
import { applyProjectSettings, type ProjectSettingsPatch, parsePatch } from './settings.ts'
import type { ProjectField } from './snapshot.ts'
import { readSettings } from './stored-settings.ts'

/** Takes a change of a project back. Throws `conflict` where something has moved on since. Part of `undo`. */
export async function undoProjectChange(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<Change<unknown>> {
  const project = await lockProject(ctx, tx, entry.targetId ?? '')
  if (entry.action === 'project.create') return hideCreated(ctx, tx, project)
  if (entry.action === 'project.settings') {
    const { before, after } = entry.meta as Record<'before' | 'after', ProjectSettingsPatch>
    requireUntouched(project.projectKey, await readSettings(tx, project.id), after)
    return applyProjectSettings(ctx, tx, project, parsePatch(before))
  }
  const { before, after } = entry.meta as Record<'before' | 'after', Partial<Record<ProjectField, unknown>>>
  requireUntouched(project.projectKey, project, after)
  const { deletedAt, ...columns } = before as Partial<ProjectRow> & { deletedAt?: string | null }
  if (deletedAt === undefined)
    return applyToProject(ctx, tx, { action: 'undo', type: 'PROJECT_UPDATED', before: project, columns })
  const hidden = deletedAt === null ? null : new Date(deletedAt)
  return applyToProject(ctx, tx, {
    action: 'undo',
    type: hidden === null ? 'PROJECT_RESTORED' : 'PROJECT_DELETED',
    before: project,
    columns: { deletedAt: hidden },
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
  return applyToProject(ctx, tx, { action: 'undo', type: 'PROJECT_DELETED', before: project, columns })
}
