import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { ownerId } from './access.ts'
import { at, createdAt, id, lengthBetween, maxLength, oneOf, sortKey, updatedAt } from './columns.ts'
import {
  type Engine,
  engines,
  labelColors,
  type ProjectStatus,
  projectStatuses,
  type RunState,
  runStates,
  type TaskPriority,
  type TaskStatus,
  taskPriorities,
  taskStatuses,
} from './values.ts'

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
    bgImageCredit: jsonb('bg_image_credit').$type<Readonly<Record<string, unknown>>>(),
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
    // Finds recently finished tasks among any number of them. Open tasks aren't in it.
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

/** The last task number assigned per key prefix. Numbers are never reused. */
export const taskCounters = pgTable(
  'task_counters',
  {
    ownerId: ownerId(),
    taskPrefix: text('task_prefix').notNull(),
    lastNumber: integer('last_number').notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.taskPrefix] })],
)

export type ProjectRow = typeof projects.$inferSelect
export type TaskRow = typeof tasks.$inferSelect
export type LabelRow = typeof taskLabels.$inferSelect
