import type { AuditRow } from '../../../db/schema.ts'
import { AuditChange, Provenance } from './audit-meta.ts'

/** An audit entry as it was stored; `other` is one whose facts this version doesn't know. */
export type AuditRecord = {
  readonly id: string
  readonly ownerId: string
  readonly targetId: string | null
  readonly createdAt: Date
  readonly by: string | null
  readonly batch: string | null
} & (AuditChange | { readonly action: 'other'; readonly name: string; readonly targetType: string })

export type AuditRecordOf<Action extends AuditRecord['action']> = Extract<
  AuditRecord,
  { readonly action: Action }
>

/** Reads a row of the audit log. */
export function toAuditRecord({ action, targetType, meta, ...row }: AuditRow): AuditRecord {
  const change = AuditChange.safeParse({ action, targetType, meta: meta ?? {} })
  const provenance = Provenance.safeParse(meta)
  const { by = null, batch = null } = provenance.success ? provenance.data : {}
  return {
    ...row,
    by,
    batch,
    ...(change.success ? change.data : { action: 'other', name: action, targetType }),
  }
}

/** Returns the fields that a change set, before and after it. */
export function fieldsOf(record: AuditRecord): {
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
} {
  if (record.action === 'other') return { before: {}, after: {} }
  const { meta } = record
  return {
    before: 'before' in meta ? (meta.before ?? {}) : {},
    after: 'after' in meta ? (meta.after ?? {}) : {},
  }
}

/** Whether a change left a comment. */
export function leftComment(record: AuditRecord): boolean {
  return record.action !== 'other' && 'commentId' in record.meta && record.meta.commentId !== undefined
}
