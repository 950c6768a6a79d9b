import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { apiTokens, ownerId } from './access.ts'
import { tasks } from './board.ts'
import { at, createdAt, id, maxLength, oneOf, updatedAt } from './columns.ts'
import type {
  AnnouncedTools,
  AskedTool,
  QuestionAnswer,
  QuestionDraft,
  QuestionItem,
  RunUsage,
} from './json.ts'
import { botMessages } from './telegram.ts'
import {
  type Answerer,
  answerers,
  type Engine,
  engines,
  type QuestionKind,
  type QuestionState,
  questionKinds,
  questionStates,
  type RunOutcome,
  runOutcomes,
  type TaskStatus,
  taskStatuses,
} from './values.ts'

/** A question from an agent to the owner. An answer is stored before anyone sees it. */
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
    items: jsonb('items').$type<readonly QuestionItem[]>().notNull(),
    /** A command, a diff, a plan, or the rest of a long reason. */
    detail: text('detail'),
    defaultAnswer: jsonb('default_answer').$type<QuestionAnswer>(),
    /** The status in which an answer requeues the task. */
    returnsTo: text('returns_to').$type<TaskStatus>(),
    expiresAt: at('expires_at'),
    state: text('state').$type<QuestionState>().notNull().default('open'),
    answer: jsonb('answer').$type<QuestionAnswer>(),
    answeredBy: text('answered_by').$type<Answerer>(),
    answeredAt: at('answered_at'),
    /** The caller's idempotency key: the same key is the same question. */
    key: text('key'),
    /** The tool use that a hook asks about. */
    tool: jsonb('tool').$type<AskedTool>(),
    draft: jsonb('draft').$type<QuestionDraft>(),
    /** When a request first received the answer. */
    fetchedAt: at('fetched_at'),
    /** The message that shows only this question; null if its task's card shows it, and once the closed question is shown. */
    messageId: bigint('message_id', { mode: 'number' }).references(() => botMessages.id, {
      onDelete: 'set null',
    }),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique('questions_token_key').on(t.tokenId, t.key),
    index('questions_open').on(t.taskId, t.createdAt).where(sql`${t.state} = 'open'`),
    index('questions_task').on(t.taskId, t.createdAt),
    index('questions_message').on(t.messageId).where(sql`${t.messageId} is not null`),
    check('questions_kind', oneOf(t.kind, questionKinds)),
    check('questions_state', oneOf(t.state, questionStates)),
    check('questions_answered_by', oneOf(t.answeredBy, answerers)),
    check('questions_engine', oneOf(t.engine, engines)),
    check('questions_returns_to', oneOf(t.returnsTo, taskStatuses)),
    check('questions_detail', maxLength(t.detail, 50_000)),
  ],
)

/** A program on the developer's machine that takes queued tasks and starts agents for them. */
export const runners = pgTable(
  'runners',
  {
    id: id(),
    tokenId: uuid('token_id')
      .notNull()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    host: text('host').notNull(),
    engines: jsonb('engines').$type<readonly Engine[]>().notNull(),
    /** The keys of the projects that it has. */
    projects: jsonb('projects').$type<readonly string[]>().notNull(),
    /** How many agents it runs at once, and how many run now. */
    max: integer('max').notNull(),
    busy: integer('busy').notNull(),
    firstSeenAt: at('first_seen_at').notNull(),
    lastSeenAt: at('last_seen_at').notNull(),
  },
  (t) => [unique('runners_token_name').on(t.tokenId, t.name)],
)

/** A usage limit that an engine of a runner has reached. The runner gets no task for the engine until then. */
export const engineLimits = pgTable(
  'engine_limits',
  {
    id: id(),
    runnerId: uuid('runner_id')
      .notNull()
      .references(() => runners.id, { onDelete: 'cascade' }),
    engine: text('engine').$type<Engine>().notNull(),
    until: at('until').notNull(),
    /** When the owner was notified of it. */
    notifiedAt: at('notified_at'),
    /** The owner resumed the engine early. */
    liftedAt: at('lifted_at'),
  },
  (t) => [
    unique('engine_limits_runner_engine').on(t.runnerId, t.engine),
    check('engine_limits_engine', oneOf(t.engine, engines)),
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
    /** The runner that started the agent. */
    runnerId: uuid('runner_id').references(() => runners.id, { onDelete: 'set null' }),
    /** A SHA-256 of the token that may act for this run only, while it is open. */
    tokenHash: text('token_hash').unique(),
    /** The branch that its branch starts from. */
    base: text('base'),
    /** When its runner last reported that the agent's process is alive. */
    heartbeatAt: at('heartbeat_at'),
    /** When its runner reported that the process has ended. */
    exitedAt: at('exited_at'),
    /** When its runner last reported something that cards show. */
    reportedAt: at('reported_at'),
    /** The agent's own session, to resume it. */
    agentSession: text('agent_session'),
    /** What the agent reported about its use of models, and how many files it changed. */
    usage: jsonb('usage').$type<RunUsage>(),
    files: integer('files'),
  },
  (t) => [
    uniqueIndex('runs_open').on(t.taskId).where(sql`${t.endedAt} is null`),
    index('runs_task').on(t.taskId, t.startedAt),
    index('runs_session').on(t.tokenId, t.session, t.startedAt),
    index('runs_runner').on(t.runnerId).where(sql`${t.exitedAt} is null`),
    index('runs_ended').on(t.endedAt).where(sql`${t.heartbeatAt} is not null`),
    index('runs_reported').on(t.reportedAt).where(sql`${t.reportedAt} is not null`),
    check('runs_engine', oneOf(t.engine, engines)),
    check('runs_outcome', oneOf(t.outcome, runOutcomes)),
    check('runs_end', sql`(${t.endedAt} is null) = (${t.outcome} is null)`),
  ],
)

/** An agent's session, named by its client: two sessions of one token are two agents. */
export const agentSessions = pgTable(
  'agent_sessions',
  {
    id: id(),
    tokenId: uuid('token_id')
      .notNull()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    session: text('session').notNull(),
    engine: text('engine').$type<Engine>(),
    /** The task whose run it holds, as its hooks reported. */
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    /** The folder that it works in. */
    cwd: text('cwd'),
    announced: jsonb('announced').$type<AnnouncedTools>(),
    firstSeenAt: at('first_seen_at').notNull(),
    lastSeenAt: at('last_seen_at').notNull(),
    /** Its last hook; null: it has none. */
    hookAt: at('hook_at'),
    /** Its last UserPromptSubmit hook. */
    promptedAt: at('prompted_at'),
    /** Its main agent's last Stop hook. */
    turnEndedAt: at('turn_ended_at'),
    /** How many Stop hooks in a row were answered with the owner's words. */
    stopBlocks: integer('stop_blocks').notNull().default(0),
    /** When a hook's answer last ended its run, and when that answer had been written. */
    stopHeardAt: at('stop_heard_at'),
    stopDeliveredAt: at('stop_delivered_at'),
    /** Its last PostToolUse hook. */
    usedAt: at('used_at'),
    /** How many tools its run has used, hashes of the files that they changed, and whether one ran tests. */
    toolCalls: integer('tool_calls').notNull().default(0),
    files: jsonb('files').$type<readonly string[]>(),
    ranTests: boolean('ran_tests').notNull().default(false),
    /** Set by its SessionEnd hook. */
    endedAt: at('ended_at'),
  },
  (t) => [
    unique('agent_sessions_token_session').on(t.tokenId, t.session),
    index('agent_sessions_seen').on(t.lastSeenAt),
    check('agent_sessions_engine', oneOf(t.engine, engines)),
  ],
)

/** A tool use that the owner allowed for the rest of a session. It ends with the session. */
export const sessionRules = pgTable(
  'session_rules',
  {
    id: id(),
    tokenId: uuid('token_id')
      .notNull()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    session: text('session').notNull(),
    tool: text('tool').notNull(),
    /** A SHA-256 of what identifies the tool's input. */
    input: text('input').notNull(),
    /** What the owner was shown, e.g. the command. */
    shown: text('shown').notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique('session_rules_use').on(t.tokenId, t.session, t.tool, t.input)],
)

export type QuestionRow = typeof questions.$inferSelect
