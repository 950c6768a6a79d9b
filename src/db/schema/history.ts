import { sql } from 'drizzle-orm'
import { type AnyPgColumn, bigserial, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { ownerId } from './access.ts'
import { projects, tasks } from './board.ts'
import { at, createdAt, id, lengthBetween, maxLength, oneOf } from './columns.ts'
import type { WorkLogData } from './json.ts'
import { type Engine, engines, type WorkLogKind, workLogKinds } from './values.ts'

// An index sees only its own table, so these two conditions read the title that the board gives a log, not its kind. A query
// uses the index only if it repeats the condition.

/** Builds the condition that a title belongs to a move to done. */
export const isMoveToDone = (title: AnyPgColumn) => sql`${title} like '% · % -> Done'`

/** Builds the condition that search covers a log: not one that only records a change of status, fields or note. */
export const isSearched = (title: AnyPgColumn) =>
  sql`${title} !~ '^[A-Z][A-Z0-9]*-[0-9]+ · (Note Updated$|Fields Updated [(]|[A-Za-z]+ -> [A-Za-z]+$)'`

export const workLogs = pgTable(
  'work_logs',
  {
    id: id(),
    ownerId: ownerId(),
    projectId: uuid('project_id').references(() => projects.id, { onDelete: 'set null' }),
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    title: text('title').notNull(),
    detail: text('detail'),
    engine: text('engine').$type<Engine>(),
    workedAt: at('worked_at').notNull().defaultNow(),
    createdAt: createdAt(),
  },
  (t) => [
    index('work_logs_timeline').on(
      t.ownerId,
      t.workedAt.desc().nullsFirst(),
      t.createdAt.desc().nullsFirst(),
    ),
    index('work_logs_project').on(t.projectId),
    index('work_logs_task').on(t.taskId, t.workedAt.desc().nullsFirst()),
    index('work_logs_done').on(t.taskId, t.workedAt).where(isMoveToDone(t.title)),
    // Indexes only the beginning of a long text.
    index('work_logs_text')
      .using('gin', sql`to_tsvector('simple', ${t.title} || ' ' || coalesce(left(${t.detail}, 10000), ''))`)
      .where(isSearched(t.title)),
    check('work_logs_title', lengthBetween(t.title, 1, 180)),
    check('work_logs_detail', maxLength(t.detail, 100_000)),
    check('work_logs_engine', oneOf(t.engine, engines)),
  ],
)

/** A work log as data: its kind, its author, and what it says. */
export const workLogFacts = pgTable(
  'work_log_facts',
  {
    logId: uuid('log_id')
      .primaryKey()
      .references(() => workLogs.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<WorkLogKind>().notNull(),
    /** `owner`, `agent:<token name>` or `system`; null if unknown. */
    author: text('author'),
    result: jsonb('result').$type<WorkLogData>(),
    /** Of the owner's comment: when an agent fetched it. */
    fetchedAt: at('fetched_at'),
    /** When a hook took it into its answer, which is before that answer was written. */
    heardAt: at('heard_at'),
    /** When that answer had been written. */
    deliveredAt: at('delivered_at'),
    /** When the owner was asked about an answer that may not have arrived. */
    doubtedAt: at('doubted_at'),
  },
  (t) => [
    index('work_log_facts_undelivered')
      .on(t.heardAt)
      .where(sql`${t.heardAt} is not null and ${t.deliveredAt} is null`),
    check('work_log_facts_kind', oneOf(t.kind, workLogKinds)),
  ],
)

export const eventsOutbox = pgTable(
  'events_outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    ownerId: ownerId(),
    projectId: uuid('project_id'),
    eventType: text('event_type').notNull(),
    entityType: text('entity_type').notNull(),
    entityId: text('entity_id').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (t) => [
    index('events_outbox_owner').on(t.ownerId, t.id),
    index('events_outbox_project').on(t.ownerId, t.projectId, t.id),
    check('events_outbox_entity', oneOf(t.entityType, ['task', 'worklog', 'project'])),
  ],
)

export const auditLogs = pgTable(
  'audit_logs',
  {
    id: id(),
    ownerId: ownerId(),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id'),
    meta: jsonb('meta').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (t) => [
    index('audit_logs_owner').on(t.ownerId, t.createdAt.desc().nullsFirst()),
    index('audit_logs_target').on(t.targetType, t.targetId),
    // Finds the owner's own changes, which /undo takes back, among any number of agents' changes.
    index('audit_logs_by_owner').on(t.ownerId, t.createdAt).where(sql`${t.meta} ->> 'by' = 'owner'`),
    // Finds deletions, which can be restored.
    index('audit_logs_deletions').on(t.ownerId, t.createdAt).where(sql`${t.action} = 'task.delete'`),
  ],
)

export type WorkLogRow = typeof workLogs.$inferSelect
export type EventRow = typeof eventsOutbox.$inferSelect
export type AuditRow = typeof auditLogs.$inferSelect
