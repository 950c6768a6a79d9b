import { v7 } from 'uuid'
import type { ProjectRow } from '../../db/schema.ts'
import { pick } from '../core/audit/audit-meta.ts'
import type { AuditEntry } from '../core/commit/commit.ts'

/** The columns of a project that verbs change and audit entries record. */
const projectFields = [
  'name',
  'description',
  'repoUrl',
  'vercelUrl',
  'priority',
  'status',
  'bgImage',
  'bgImageCredit',
  'deletedAt',
] as const satisfies readonly (keyof ProjectRow)[]
type ProjectField = (typeof projectFields)[number]

export type ProjectChangeAction = 'project.edit' | 'project.delete' | 'project.restore'

/** Returns the names of the fields in which two states of a project differ. */
export function changedFields(before: ProjectRow, after: ProjectRow): ProjectField[] {
  return projectFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
}

/** Builds the audit entry of a change with only what differs, before and after. */
export function projectAudit(
  action: ProjectChangeAction,
  before: ProjectRow,
  after: ProjectRow,
): AuditEntry & { readonly id: string } {
  const fields = changedFields(before, after)
  const facts = (row: ProjectRow) => pick({ ...row, deletedAt: row.deletedAt?.toISOString() ?? null }, fields)
  return {
    id: v7(),
    action,
    targetType: 'project',
    targetId: after.projectKey,
    meta: { projectId: after.id, before: facts(before), after: facts(after) },
  }
}
