import { eq } from 'drizzle-orm'
import { tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import type { Change } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { changeProject, requireAnyProject, type VersionedProject } from './edit.ts'
import { toProjectSettings } from './project-settings.ts'
import { changeProjectSettings, parseProjectSettings } from './settings.ts'
import type { ProjectChangeAction } from './snapshot.ts'
import { readStoredOf } from './stored-settings.ts'

/** Undoes a change of a project. Throws `conflict` if the project has changed since. Part of `undoChange`. */
export async function undoProjectChange(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'project.create' | 'project.settings' | ProjectChangeAction>,
): Promise<Change<unknown>> {
  const before = await requireAnyProject(ctx, db, entry.targetId ?? '')
  const { row } = before
  if (entry.action === 'project.create') return hideCreated(ctx, db, before)
  if (entry.action === 'project.settings') {
    const stored = await readStoredOf(db, row.id)
    requireUntouched(row.projectKey, toProjectSettings(stored), entry.meta.after)
    const wanted = parseProjectSettings(entry.meta.before)
    return changeProjectSettings(ctx, { project: row, stored, wanted })
  }
  requireUntouched(row.projectKey, row, entry.meta.after)
  const { deletedAt, ...columns } = entry.meta.before
  if (deletedAt === undefined)
    return changeProject(ctx, { action: 'project.edit', type: 'PROJECT_UPDATED', before, columns })
  return deletedAt === null
    ? changeProject(ctx, {
        action: 'project.restore',
        type: 'PROJECT_RESTORED',
        before,
        columns: { deletedAt: null },
      })
    : changeProject(ctx, {
        action: 'project.delete',
        type: 'PROJECT_DELETED',
        before,
        columns: { deletedAt: new Date(deletedAt) },
      })
}

async function hideCreated(ctx: Ctx, db: Reader, before: VersionedProject): Promise<Change<unknown>> {
  const { id, projectKey } = before.row
  if ((await db.$count(tasks, eq(tasks.projectId, id))) > 0) {
    throw new DomainError(
      'conflict',
      `${projectKey} already has tasks. Delete it from its card if you're sure.`,
    )
  }
  const columns = { deletedAt: ctx.now() }
  return changeProject(ctx, { action: 'project.delete', type: 'PROJECT_DELETED', before, columns })
}
