import { sql } from 'drizzle-orm'
import { taskStatuses, type WorkLogData, type WorkLogKind, workLogs } from '../../db/schema.ts'

// Reads work logs that have no facts. PREQSTATION writes such logs into the same tables, and titles and Markdown are all that they
// have. `facts.ts` is the only caller.

/** The kind of a work log without facts, by the title that PREQSTATION gives it. */
export const legacyKind = sql`case
  when ${workLogs.title} like 'PREQSTATION Plan · %' then 'plan'
  when ${workLogs.title} like 'PREQSTATION Result · %' then
    case when ${workLogs.detail} like ${sql.raw("E'%\\n\\n**Blocked reason:** %'")} then 'blocked' else 'result' end
  when ${workLogs.title} like 'Comment · %' or ${workLogs.title} like 'Agent comment · %' then 'comment'
  when ${workLogs.title} ~ '^[A-Z][A-Z0-9]*-[0-9]+ · Note Updated$' then 'note'
  when ${workLogs.title} ~ '^[A-Z][A-Z0-9]*-[0-9]+ · Fields Updated [(]' then 'fields'
  when ${workLogs.title} ~ '^[A-Z][A-Z0-9]*-[0-9]+ · [A-Za-z]+ -> [A-Za-z]+$' then 'status'
  else 'manual' end`

/** The author of a work log without facts: only the owner's comments show whose they are. */
export const legacyAuthor = sql`case when ${workLogs.title} like 'Comment · %' then 'owner' end`

/** Reads what a work log without facts says. */
export function parseLegacyLog(log: {
  readonly kind: WorkLogKind
  readonly title: string
  readonly detail: string | null
}): WorkLogData {
  switch (log.kind) {
    case 'result':
    case 'plan':
    case 'blocked':
      return parseReport(log.detail ?? '')
    case 'status': {
      const [, from, to] = / · (\w+) -> (\w+)$/.exec(log.title) ?? []
      return { from: toStatus(from), to: toStatus(to) }
    }
    case 'fields': {
      const [, fields] = / · Fields Updated \(\d+\) · (.*)$/.exec(log.title) ?? []
      return { fields: fields?.split(', ') }
    }
    default:
      return {}
  }
}

function toStatus(name: string | undefined) {
  return taskStatuses.find((status) => status === name?.toLowerCase())
}

const labels = ['Blocked reason', 'Tests', 'PR', 'Notes', 'Checks'] as const
const labelPattern = new RegExp(`^\\*\\*(${labels.join('|')}):\\*\\* `)

// A report is the task's line, the summary, and one paragraph per labeled part; parts may contain blank lines.
function parseReport(detail: string): WorkLogData {
  const rule = detail.lastIndexOf('\n\n---\nEngine: ')
  const body = rule === -1 ? detail : detail.slice(0, rule)
  const texts = new Map<string, string>()
  let label = 'Summary'
  for (const paragraph of body.split('\n\n').slice(1)) {
    const found = labelPattern.exec(paragraph)
    if (found !== null) label = found[1] ?? label
    const text = found === null ? paragraph : paragraph.slice(found[0].length)
    const before = texts.get(label)
    texts.set(label, before === undefined ? text : `${before}\n\n${text}`)
  }
  return {
    summary: texts.get('Summary'),
    blockedReason: texts.get('Blocked reason'),
    tests: texts.get('Tests'),
    prUrl: /^\[.*\]\((\S+)\)$/m.exec(texts.get('PR') ?? '')?.[1],
    notes: texts.get('Notes'),
    checks: texts.get('Checks'),
  }
}
