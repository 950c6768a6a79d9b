import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 6 })
const createdAt = () => at('created_at').notNull().defaultNow()
const updatedAt = () => at('updated_at').notNull().defaultNow()
const id = () => uuid('id').primaryKey().defaultRandom()
const ownerId = () =>
  uuid('owner_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** Fractional indexing keys compare bytewise, whatever the locale of the database. */
const sortKey = customType<{ data: string }>({ dataType: () => 'varchar(64) collate "C"' })

const oneOf = (column: AnyPgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`
const maxLength = (column: AnyPgColumn, max: number) => sql`char_length(${column}) <= ${sql.raw(String(max))}`
const lengthBetween = (column: AnyPgColumn, min: number, max: number) =>
  sql`char_length(${column}) between ${sql.raw(String(min))} and ${sql.raw(String(max))}`

export const taskStatuses = ['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const
export const taskPriorities = ['highest', 'high', 'medium', 'none', 'low', 'lowest'] as const
export const engines = ['claude-code', 'codex', 'gemini-cli'] as const
export const runStates = ['queued', 'running'] as const
export const projectStatuses = ['active', 'paused', 'done'] as const
export const labelColors = [
  'gray',
  'blue',
  'green',
  'orange',
  'yellow',
  'red',
  'violet',
  'indigo',
  'teal',
  'pink',
] as const

export type TaskStatus = (typeof taskStatuses)[number]
export type TaskPriority = (typeof taskPriorities)[number]
export type Engine = (typeof engines)[number]
export type RunState = (typeof runStates)[number]
export type ProjectStatus = (typeof projectStatuses)[number]

export const users = pgTable(
  'users',
  {
    id: id(),
    email: text('email').notNull().unique(),
    name: text('name'),
    isOwner: boolean('is_owner').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('users_one_owner').on(t.isOwner).where(sql`${t.isOwner}`),
    check('users_email_lower_case', sql`${t.email} = lower(${t.email})`),
  ],
)

export const projects = pgTable(
  'projects',
  {
    id: id(),
    ownerId: ownerId(),
    projectKey: text('project_key').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    repoUrl: text('repo_url'),
    vercelUrl: text('vercel_url'),
    status: text('status').$type<ProjectStatus>().notNull().default('active'),
    priority: integer('priority').notNull().default(2),
    bgImage: text('bg_image'),
    bgImageCredit: jsonb('bg_image_credit'),
    deletedAt: at('deleted_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique('projects_owner_key').on(t.ownerId, t.projectKey),
    check('projects_status', oneOf(t.status, projectStatuses)),
    check('projects_priority', sql`${t.priority} between 1 and 5`),
    check('projects_key', sql`${t.projectKey} ~ '^[A-Z][A-Z0-9]{1,9}$'`),
    check('projects_name', lengthBetween(t.name, 1, 120)),
    check('projects_description', maxLength(t.description, 50_000)),
  ],
)

export const projectSettings = pgTable(
  'project_settings',
  {
    id: id(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    value: text('value').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [unique('project_settings_project_key').on(t.projectId, t.key)],
)

export const taskLabels = pgTable(
  'task_labels',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    color: text('color').notNull().default('blue'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('task_labels_owner_name').on(t.ownerId, sql`lower(${t.name})`),
    check('task_labels_name', lengthBetween(t.name, 1, 40)),
    check('task_labels_color', sql`${oneOf(t.color, labelColors)} or ${t.color} ~ '^#[0-9a-fA-F]{6}$'`),
  ],
)

export const tasks = pgTable(
  'tasks',
  {
    id: id(),
    ownerId: ownerId(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    labelId: uuid('label_id').references(() => taskLabels.id, { onDelete: 'set null' }),
    taskKey: text('task_key').notNull(),
    taskPrefix: text('task_prefix').notNull(),
    taskNumber: integer('task_number').notNull(),
    title: text('title').notNull(),
    note: text('note'),
    status: text('status').$type<TaskStatus>().notNull().default('inbox'),
    taskPriority: text('task_priority').$type<TaskPriority>().notNull().default('none'),
    branch: text('branch'),
    engine: text('engine').$type<Engine>(),
    runState: text('run_state').$type<RunState>(),
    runStateUpdatedAt: at('run_state_updated_at'),
    dueAt: at('due_at'),
    focusedAt: at('focused_at'),
    sortOrder: sortKey('sort_order').notNull().default('a0'),
    archivedAt: at('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique('tasks_owner_key').on(t.ownerId, t.taskKey),
    unique('tasks_owner_prefix_number').on(t.ownerId, t.taskPrefix, t.taskNumber),
    index('tasks_lane').on(t.ownerId, t.status, t.sortOrder),
    index('tasks_run_state').on(t.ownerId, t.runState),
    // What was done lately, however much is done; open tasks cost it nothing.
    index('tasks_finished').on(t.ownerId, t.updatedAt).where(sql`${t.status} in ('done', 'archived')`),
    index('tasks_project').on(t.projectId),
    index('tasks_label').on(t.labelId),
    index('tasks_text').using(
      'gin',
      sql`to_tsvector('simple', ${t.title} || ' ' || coalesce(${t.note}, ''))`,
    ),
    check('tasks_status', oneOf(t.status, taskStatuses)),
    check('tasks_priority', oneOf(t.taskPriority, taskPriorities)),
    check('tasks_engine', oneOf(t.engine, engines)),
    check('tasks_run_state', oneOf(t.runState, runStates)),
    check('tasks_run_state_stamp', sql`(${t.runState} is null) = (${t.runStateUpdatedAt} is null)`),
    check('tasks_key', sql`${t.taskKey} = ${t.taskPrefix} || '-' || ${t.taskNumber}`),
    check('tasks_title', lengthBetween(t.title, 1, 180)),
    check('tasks_note', maxLength(t.note, 50_000)),
  ],
)

export const taskLabelAssignments = pgTable(
  'task_label_assignments',
  {
    id: id(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    labelId: uuid('label_id')
      .notNull()
      .references(() => taskLabels.id, { onDelete: 'cascade' }),
    position: integer('position').notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    unique('task_label_assignments_pair').on(t.taskId, t.labelId),
    index('task_label_assignments_position').on(t.taskId, t.position),
    index('task_label_assignments_label').on(t.labelId),
  ],
)

export const apiTokens = pgTable(
  'api_tokens',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    tokenPrefix: text('token_prefix').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    lastUsedAt: at('last_used_at'),
    expiresAt: at('expires_at'),
    revokedAt: at('revoked_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index('api_tokens_owner_revoked').on(t.ownerId, t.revokedAt)],
)

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
    index('work_logs_done').on(t.taskId, t.workedAt).where(sql`${t.title} like '% · % -> Done'`),
    // What was said, not what a change left of itself; of a long text its beginning.
    index('work_logs_text')
      .using('gin', sql`to_tsvector('simple', ${t.title} || ' ' || coalesce(left(${t.detail}, 10000), ''))`)
      .where(
        sql`${t.title} not like '% · Note Updated' and ${t.title} not like '% · Fields Updated (%' and ${t.title} not like '% -> %'`,
      ),
    check('work_logs_title', lengthBetween(t.title, 1, 180)),
    check('work_logs_detail', maxLength(t.detail, 100_000)),
    check('work_logs_engine', oneOf(t.engine, engines)),
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
    // What the owner may take back, however much agents did since.
    index('audit_logs_by_owner').on(t.ownerId, t.createdAt).where(sql`${t.meta} ->> 'by' = 'owner'`),
    // What can be restored.
    index('audit_logs_deletions').on(t.ownerId, t.createdAt).where(sql`${t.action} = 'task.delete'`),
  ],
)

export const securityEvents = pgTable(
  'security_events',
  {
    id: id(),
    ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'set null' }),
    actorEmail: text('actor_email'),
    eventType: text('event_type').notNull(),
    outcome: text('outcome').$type<'success' | 'failure'>().notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    path: text('path'),
    detail: jsonb('detail').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (t) => [
    index('security_events_owner').on(t.ownerId, t.createdAt.desc().nullsFirst()),
    check('security_events_outcome', oneOf(t.outcome, ['success', 'failure'])),
  ],
)

export const userSettings = pgTable(
  'user_settings',
  {
    id: id(),
    ownerId: ownerId(),
    key: text('key').notNull(),
    value: text('value').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [unique('user_settings_owner_key').on(t.ownerId, t.key)],
)

// The bot's own: what the twelve cannot hold.

export const questionKinds = ['ask', 'block', 'permission', 'plan'] as const
export const questionStates = ['open', 'answered', 'expired', 'withdrawn'] as const
export const answerers = ['chat', 'terminal', 'timeout', 'agent'] as const
export const runOutcomes = [
  'completed',
  'reviewed',
  'planned',
  'blocked',
  'stopped',
  'released',
  'taken-over',
] as const
export type QuestionKind = (typeof questionKinds)[number]
export type QuestionState = (typeof questionStates)[number]
export type Answerer = (typeof answerers)[number]
export type RunOutcome = (typeof runOutcomes)[number]

/** What an agent asks the owner. An answer is stored before anyone sees it. */
export const questions = pgTable(
  'questions',
  {
    id: id(),
    ownerId: ownerId(),
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    tokenId: uuid('token_id').references(() => apiTokens.id, { onDelete: 'set null' }),
    session: text('session'),
    /** The engine that asked. */
    engine: text('engine').$type<Engine>(),
    kind: text('kind').$type<QuestionKind>().notNull(),
    /** The parts of the question, as `QuestionItem` of the domain. */
    items: jsonb('items').$type<readonly Record<string, unknown>[]>().notNull(),
    /** A command, a diff, a plan, or the rest of a long reason. */
    detail: text('detail'),
    defaultAnswer: jsonb('default_answer').$type<Record<string, unknown>>(),
    /** The status in which an answer queues the task again. */
    returnsTo: text('returns_to').$type<TaskStatus>(),
    expiresAt: at('expires_at'),
    state: text('state').$type<QuestionState>().notNull().default('open'),
    answer: jsonb('answer').$type<Record<string, unknown>>(),
    answeredBy: text('answered_by').$type<Answerer>(),
    answeredAt: at('answered_at'),
    /** The caller's own name for it: the same key is the same question. */
    key: text('key'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique('questions_token_key').on(t.tokenId, t.key),
    index('questions_open').on(t.taskId, t.createdAt).where(sql`${t.state} = 'open'`),
    index('questions_task').on(t.taskId, t.createdAt),
    check('questions_kind', oneOf(t.kind, questionKinds)),
    check('questions_state', oneOf(t.state, questionStates)),
    check('questions_answered_by', oneOf(t.answeredBy, answerers)),
    check('questions_engine', oneOf(t.engine, engines)),
    check('questions_returns_to', oneOf(t.returnsTo, taskStatuses)),
    check('questions_detail', maxLength(t.detail, 50_000)),
  ],
)

/** An agent's work on a task, from its claim or start to its end. A task has at most one open run. */
export const runs = pgTable(
  'runs',
  {
    id: id(),
    ownerId: ownerId(),
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    tokenId: uuid('token_id').references(() => apiTokens.id, { onDelete: 'set null' }),
    session: text('session'),
    engine: text('engine').$type<Engine>(),
    branch: text('branch'),
    /** Counts the runs of a task from 1. */
    attempt: integer('attempt').notNull(),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at'),
    outcome: text('outcome').$type<RunOutcome>(),
  },
  (t) => [
    uniqueIndex('runs_open').on(t.taskId).where(sql`${t.endedAt} is null`),
    index('runs_task').on(t.taskId, t.startedAt),
    check('runs_engine', oneOf(t.engine, engines)),
    check('runs_outcome', oneOf(t.outcome, runOutcomes)),
    check('runs_end', sql`(${t.endedAt} is null) = (${t.outcome} is null)`),
  ],
)

/** A task that the owner wants to see later. The row goes once the message that brings the task back was sent. */
export const snoozes = pgTable(
  'snoozes',
  {
    taskId: uuid('task_id')
      .primaryKey()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    until: at('until').notNull(),
    /** The message that brings the task back, once it is due. */
    messageId: bigint('message_id', { mode: 'number' }).references(() => botMessages.id, {
      onDelete: 'set null',
    }),
    createdAt: createdAt(),
  },
  (t) => [index('snoozes_until').on(t.until), index('snoozes_message').on(t.messageId)],
)

export const tokenRights = ['work', 'full'] as const
export type TokenRights = (typeof tokenRights)[number]

/** What a token stands for beyond access. A token without a row may do everything: it is older than rights. */
export const tokenGrants = pgTable(
  'token_grants',
  {
    tokenId: uuid('token_id')
      .primaryKey()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    /** The engine that uses it. */
    engine: text('engine').$type<Engine>(),
    rights: text('rights').$type<TokenRights>().notNull().default('full'),
    /** The keys of the projects that it opens; null: all of them. */
    projectKeys: jsonb('project_keys').$type<readonly string[]>(),
    createdAt: createdAt(),
  },
  (t) => [
    check('token_grants_engine', oneOf(t.engine, engines)),
    check('token_grants_rights', oneOf(t.rights, tokenRights)),
  ],
)

/** An agent's session, as its client names it: two sessions of a token are two agents. */
export const agentSessions = pgTable(
  'agent_sessions',
  {
    id: id(),
    tokenId: uuid('token_id')
      .notNull()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    session: text('session').notNull(),
    engine: text('engine').$type<Engine>(),
    firstSeenAt: at('first_seen_at').notNull(),
    lastSeenAt: at('last_seen_at').notNull(),
  },
  (t) => [
    unique('agent_sessions_token_session').on(t.tokenId, t.session),
    index('agent_sessions_seen').on(t.lastSeenAt),
    check('agent_sessions_engine', oneOf(t.engine, engines)),
  ],
)

/** A token that wanted to delete more than its limit. */
export const deletionLimits = pgTable('deletion_limits', {
  tokenId: uuid('token_id')
    .primaryKey()
    .references(() => apiTokens.id, { onDelete: 'cascade' }),
  /** When it met the limit; the owner is asked once about it. */
  reachedAt: at('reached_at').notNull(),
  askedAt: at('asked_at'),
  /** Until then the owner lets it delete without a limit. */
  allowedUntil: at('allowed_until'),
})

/** What a work log is, as data: its kind, who wrote it, and an agent's result as it was given. */
export const workLogFacts = pgTable(
  'work_log_facts',
  {
    logId: uuid('log_id')
      .primaryKey()
      .references(() => workLogs.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    /** `owner`, `agent:<token name>` or `system`; null where nobody knows any more. */
    author: text('author'),
    result: jsonb('result').$type<Record<string, unknown>>(),
  },
  (t) => [
    check(
      'work_log_facts_kind',
      oneOf(t.kind, ['result', 'plan', 'blocked', 'status', 'fields', 'note', 'comment', 'manual']),
    ),
  ],
)

export const messageStates = ['pending', 'sending', 'sent', 'uncertain', 'failed'] as const
export type MessageState = (typeof messageStates)[number]

/** An update as Telegram sent it: stored once before it is confirmed, kept until it is handled. */
export const botUpdates = pgTable(
  'bot_updates',
  {
    /** Each bot counts its updates on its own. */
    botId: bigint('bot_id', { mode: 'number' }).notNull().default(0),
    updateId: bigint('update_id', { mode: 'number' }).notNull(),
    update: jsonb('update').$type<Record<string, unknown>>().notNull(),
    receivedAt: at('received_at').notNull().defaultNow(),
    /** Set in the transaction of what the update changed. */
    effectAt: at('effect_at'),
    /** Set once its handler has answered. */
    finishedAt: at('finished_at'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
  },
  (t) => [
    // The update first: it is looked up by its id alone, since other bots' updates are deleted when the bot changes.
    primaryKey({ columns: [t.updateId, t.botId] }),
    index('bot_updates_open').on(t.receivedAt, t.updateId).where(sql`${t.finishedAt} is null`),
    index('bot_updates_finished').on(t.finishedAt),
  ],
)

/** Everything the bot said or is about to say: what it is about, what a reply to it means, how far its delivery is. */
export const botMessages = pgTable(
  'bot_messages',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    chatId: bigint('chat_id', { mode: 'number' }).notNull(),
    threadId: integer('thread_id'),
    messageId: integer('message_id'),
    purpose: text('purpose').notNull(),
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    /** What a reply to this message means, as `ReplyTopic` of the domain. */
    topic: jsonb('topic').$type<Record<string, unknown>>(),
    /** The Bot API call that is to be made, where it is not rendered when its turn comes. */
    request: jsonb('request').$type<Record<string, unknown>>(),
    state: text('state').$type<MessageState>().notNull().default('pending'),
    /** Its content is behind the truth and is rendered anew when its turn comes. */
    stale: boolean('stale').notNull().default(false),
    /** 0 needs you, 1 finished, 2 edits, 3 the rest. */
    priority: integer('rank').notNull().default(3),
    contentHash: text('content_hash'),
    notBefore: at('not_before'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    createdAt: createdAt(),
    sentAt: at('sent_at'),
    editedAt: at('edited_at'),
  },
  (t) => [
    uniqueIndex('bot_messages_telegram').on(t.chatId, t.messageId),
    index('bot_messages_due')
      .on(t.priority, t.id)
      .where(sql`${t.state} in ('pending', 'sending', 'uncertain') or ${t.stale}`),
    index('bot_messages_task').on(t.taskId, t.id),
    index('bot_messages_prompts').on(t.chatId, t.id).where(sql`${t.purpose} = 'prompt'`),
    check('bot_messages_state', oneOf(t.state, messageStates)),
  ],
)

/** People other than the owner who wrote to the bot: a row each, however much they write. */
export const strangers = pgTable(
  'strangers',
  {
    /** 0 where Telegram names nobody. */
    userId: bigint('user_id', { mode: 'number' }).primaryKey(),
    userName: text('user_name'),
    /** Where and how they came last. */
    chatId: bigint('chat_id', { mode: 'number' }),
    kind: text('kind').notNull(),
    updates: integer('updates').notNull(),
    /** How many of them no security event counts yet. */
    unreported: integer('unreported').notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [
    index('strangers_unreported').on(t.unreported).where(sql`${t.unreported} > 0`),
    index('strangers_last').on(t.lastAt),
  ],
)

export const botConversations = pgTable('bot_conversations', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: updatedAt(),
})

/** Small facts the bot keeps between starts, such as how far the notifier has read. */
export const botState = pgTable('bot_state', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: updatedAt(),
})

/** The last task number given out per key prefix; numbers never come back. */
export const taskCounters = pgTable(
  'task_counters',
  {
    ownerId: ownerId(),
    taskPrefix: text('task_prefix').notNull(),
    lastNumber: integer('last_number').notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.taskPrefix] })],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    tokenId: uuid('token_id').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    status: integer('status').notNull(),
    body: jsonb('body').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tokenId, t.key] }),
    foreignKey({ columns: [t.tokenId], foreignColumns: [apiTokens.id] }).onDelete('cascade'),
    index('idempotency_keys_age').on(t.createdAt),
  ],
)

export type ProjectRow = typeof projects.$inferSelect
export type TaskRow = typeof tasks.$inferSelect
export type LabelRow = typeof taskLabels.$inferSelect
export type TokenRow = typeof apiTokens.$inferSelect
export type WorkLogRow = typeof workLogs.$inferSelect
export type EventRow = typeof eventsOutbox.$inferSelect
export type AuditRow = typeof auditLogs.$inferSelect
export type QuestionRow = typeof questions.$inferSelect
export type BotMessageRow = typeof botMessages.$inferSelect
