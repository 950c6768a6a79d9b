import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import { type AuditRow, auditLogs } from '../db/schema.ts'
import { arrival, trailKeys } from './tasks/former-keys.ts'
import type { Scope } from './tasks/read.ts'

/** One page of entries, newest first; `nextCursor` asks for the next page and is null on the last. */
export interface Page<Entry> {
  readonly entries: readonly Entry[]
  readonly nextCursor: string | null
}

const targetTypes = ['task', 'project', 'label', 'token', 'setting', 'worklog', 'chat']

/** The audit log, newest first; of one target (a key or uuid) if given, a task's under every key it ever had. */
export async function listAudit(
  scope: Scope,
  page: { readonly targetId?: string; readonly before?: string; readonly limit: number },
): Promise<Page<AuditRow>> {
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
              inArray(auditLogs.targetId, [...(await trailKeys(scope, page.targetId))]),
            ),
        page.before === undefined
          ? undefined
          : sql`(${auditLogs.createdAt}, ${auditLogs.id}) < (select created_at, id from audit_logs where id = ${page.before}::uuid)`,
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(page.limit + 1)
  return toPage(found, page.limit)
}

/** Makes a page of `limit` rows; `found` has one more if there's a next page. */
export function toPage<Entry extends { readonly id: string }>(found: Entry[], limit: number): Page<Entry> {
  const entries = found.slice(0, limit)
  return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
}
