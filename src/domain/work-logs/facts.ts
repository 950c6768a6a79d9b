import { eq, sql } from 'drizzle-orm'
import { WorkLogData, type WorkLogKind, workLogFacts, workLogs } from '../../db/schema.ts'
import { legacyAuthor, legacyKind, parseLegacyLog } from './legacy.ts'

export type { WorkLogData } from '../../db/schema.ts'

/** The condition of the left join that adds facts to a query over work logs. */
export const areFactsOfLog = eq(workLogFacts.logId, workLogs.id)

/** The kind of a work log, in a query with its facts. */
export const logKind = sql<WorkLogKind>`coalesce(${workLogFacts.kind}, ${legacyKind})`

/** Who wrote a work log, in a query with its facts: `owner`, `agent:<token name>`, `system`, or null if unknown. */
export const logAuthor = sql<
  string | null
>`case when ${workLogFacts.kind} is null then ${legacyAuthor} else ${workLogFacts.author} end`

/** The condition that a work log is the owner's comment, in a query with its facts. */
export const isOwnerComment = sql`(${logKind} = 'comment' and ${logAuthor} = 'owner')`

/** Returns what a work log says as data. */
export function dataOf(log: {
  readonly kind: WorkLogKind
  readonly title: string
  readonly detail: string | null
  /** The column as it is stored. */
  readonly data: unknown
}): WorkLogData {
  const stored = WorkLogData.safeParse(log.data)
  return stored.success ? stored.data : parseLegacyLog(log)
}

const reportParts = ['summary', 'blockedReason', 'tests', 'prUrl', 'notes', 'checks'] as const

/** The parts of an agent's report; null is what it doesn't say. */
export type Report = Readonly<Record<(typeof reportParts)[number], string | null>>

/** Returns the parts of a report without the blank ones. */
export function toReport(given: Partial<Record<keyof Report, string | undefined>>): Report {
  const part = (name: keyof Report) => given[name]?.trim() || null
  return {
    summary: part('summary'),
    blockedReason: part('blockedReason'),
    tests: part('tests'),
    prUrl: part('prUrl'),
    notes: part('notes'),
    checks: part('checks'),
  }
}

/** Whether two reports say the same. */
export function isSameReport(left: Report, right: Report): boolean {
  return reportParts.every((part) => left[part] === right[part])
}
