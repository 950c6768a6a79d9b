import { v7 } from 'uuid'
import type { ProjectRow } from '../../db/schema.ts'
import type { AuditEntry } from '../core/context.ts'

/** The columns of a project that verbs change, as audit entries carry them. */
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
export type ProjectField = (typeof projectFields)[number]

/** The names of the fields in which two states of a project differ. */
export function changedFields(before: ProjectRow, after: ProjectRow): ProjectField[] {
  return projectFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
}

/** The audit entry of a change: only what differs, before and after. */
export function projectAudit(
  action: string,
  before: ProjectRow,
  after: ProjectRow,
): AuditEntry & { readonly id: string } {
  const fields = changedFields(before, after)
  const pick = (row: ProjectRow) => Object.fromEntries(fields.map((field) => [field, row[field]]))
  return {
    id: v7(),
    action,
    targetType: 'project',
    targetId: after.projectKey,
    meta: { projectId: after.id, before: pick(before), after: pick(after) },
  }
}
