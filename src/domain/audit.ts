import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import { type AuditRow, auditLogs } from '../db/schema.ts'
import { arrival, trailKeys } from './tasks/former-keys.ts'
import type { Scope } from './tasks/read.ts'

/** A page of a trail, newest first; `nextCursor` asks for the next one and is null on the last. */
export interface Trail<Entry> {
  readonly entries: readonly Entry[]
  readonly nextCursor: string | null
}

const targetTypes = ['task', 'project', 'label', 'token', 'setting', 'worklog', 'chat']

/** The trail of what was done, newest first; of one target (a key, or a uuid) where it is named, a task’s under every key that it had. */
export async function listAudit(
  scope: Scope,
  page: { readonly targetId?: string; readonly before?: string; readonly limit: number },
): Promise<Trail<AuditRow>> {
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
  return toTrail(found, page.limit)
}

/** Makes a page of rows of which one more than `limit` was asked for. */
export function toTrail<Entry extends { readonly id: string }>(found: Entry[], limit: number): Trail<Entry> {
  const entries = found.slice(0, limit)
  return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
}
