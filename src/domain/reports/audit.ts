import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import { type AuditRecord, toAuditRecord } from '../core/audit/audit-record.ts'
import { type Page, toPage } from '../core/page.ts'
import type { Scope } from '../core/scope.ts'
import { arrival, historyKeys } from '../tasks/former-keys.ts'

const targetTypes = ['task', 'project', 'label', 'token', 'setting', 'worklog', 'chat']

/** Reads the audit log, newest first; of one target (key or UUID) if given, including a task's former keys. */
export async function listAudit(
  scope: Scope,
  page: { readonly targetId?: string; readonly before?: string; readonly limit: number },
): Promise<Page<AuditRecord>> {
  const { db, ownerId } = scope
  const found = await db
    .select()
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        ne(auditLogs.action, arrival),
        page.targetId === undefined
          ? undefined
          : // The index begins with the type, so every type is named.
            and(
              inArray(auditLogs.targetType, targetTypes),
              inArray(auditLogs.targetId, [...(await historyKeys(scope, page.targetId))]),
            ),
        page.before === undefined
          ? undefined
          : sql`(${auditLogs.createdAt}, ${auditLogs.id}) < (select created_at, id from audit_logs where id = ${page.before}::uuid)`,
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(page.limit + 1)
  return toPage(found.map(toAuditRecord), page.limit)
}
