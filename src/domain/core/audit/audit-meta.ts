import { z } from 'zod'
import {
  engines,
  projectStatuses,
  questionKinds,
  runStates,
  taskPriorities,
  taskStatuses,
  tokenRights,
} from '../../../db/schema.ts'

// What audit entries hold, by action. Recorded entries are checked against it; stored ones that don't fit, e.g. those of older
// versions or of other programs, read as `other`.

const ids = z.array(z.string()).readonly()
const instant = z.string()

/** The state of a task in an audit entry: enough to put it back. */
export const TaskSnapshot = z
  .object({
    title: z.string(),
    note: z.string().nullable(),
    status: z.enum(taskStatuses),
    priority: z.enum(taskPriorities),
    branch: z.string().nullable(),
    engine: z.enum(engines).nullable(),
    runState: z.enum(runStates).nullable(),
    runStateUpdatedAt: instant.nullable(),
    dueAt: instant.nullable(),
    focusedAt: instant.nullable(),
    sortOrder: z.string(),
    archivedAt: instant.nullable(),
    labels: z.array(z.string()).readonly(),
    projectKey: z.string(),
    snoozedUntil: instant.nullable(),
  })
  .readonly()
export type TaskSnapshot = z.infer<typeof TaskSnapshot>
const TaskFields = TaskSnapshot.unwrap().partial().readonly()
/** The fields of a task that a change set. */
export type TaskFields = z.infer<typeof TaskFields>

/** The fields of a project that verbs change. */
const ProjectFields = z
  .object({
    name: z.string(),
    description: z.string().nullable(),
    repoUrl: z.string().nullable(),
    vercelUrl: z.string().nullable(),
    priority: z.number(),
    status: z.enum(projectStatuses),
    bgImage: z.string().nullable(),
    bgImageCredit: z.record(z.string(), z.unknown()).nullable(),
    deletedAt: instant.nullable(),
  })
  .partial()
  .readonly()

const Label = z.object({ id: z.string(), name: z.string(), color: z.string() }).readonly()
const LabelFields = Label.unwrap().omit({ id: true }).partial().readonly()
/** The ids of labels by the id of their task. */
const LabelLists = z.record(z.string(), ids)
const Settings = z.record(z.string(), z.unknown())

const taskChangeActions = [
  'task.edit',
  'task.part',
  'task.move',
  'task.queue',
  'task.claim',
  'task.resume',
  'task.start',
  'task.heartbeat',
  'task.stop',
  'task.release',
  'task.plan',
  'task.complete',
  'task.review',
  'task.block',
  'task.ask',
  'task.answer',
  'task.withdraw',
  'task.expire',
  'task.comment',
  'task.result',
  'task.snooze',
] as const

const TaskChange = z.object({
  taskId: z.string(),
  before: TaskFields,
  after: TaskFields,
  /** The comment that the change left. */
  commentId: z.string().optional(),
  /** The comment that the change added to. */
  partOf: z.string().optional(),
  madeLabels: ids.optional(),
  closedQuestions: ids.optional(),
  openedQuestion: z.string().optional(),
})

const onTask = z.literal('task')
const onProject = z.literal('project')
const onLabel = z.literal('label')
const onToken = z.literal('token')
const onSetting = z.literal('setting')
const onWorkLog = z.literal('worklog')
const onChat = z.literal('chat')
const onQuestion = z.literal('question')

const Chat = z.object({ chatId: z.number(), userId: z.number(), threadId: z.number().nullish() })

/** What an audit entry records: an action, the kind of its target, and its facts. */
export const AuditChange = z.discriminatedUnion('action', [
  z.object({ action: z.enum(taskChangeActions), targetType: onTask, meta: TaskChange }),
  z.object({
    action: z.literal('task.create'),
    targetType: onTask,
    meta: z.object({
      taskId: z.string(),
      title: z.string(),
      status: z.enum(taskStatuses),
      after: TaskFields,
      madeLabels: ids.optional(),
    }),
  }),
  z.object({
    action: z.literal('task.delete'),
    targetType: onTask,
    meta: z.object({
      taskId: z.string(),
      projectId: z.string(),
      before: TaskSnapshot.unwrap()
        .partial()
        .required({ title: true, status: true })
        .extend({ createdAt: instant }),
      logIds: ids,
      questionIds: ids.optional(),
      runIds: ids.optional(),
      closedQuestions: ids.optional(),
    }),
  }),
  // A move to another project is filed under the retired key, the arrival under the new key.
  z.object({
    action: z.literal('task.project'),
    targetType: onTask,
    meta: z.object({ taskId: z.string(), before: TaskFields, after: TaskFields, newKey: z.string() }),
  }),
  z.object({
    action: z.literal('task.arrive'),
    targetType: onTask,
    meta: z.object({ taskId: z.string(), formerKeys: ids }),
  }),
  z.object({
    action: z.literal('project.create'),
    targetType: onProject,
    meta: z.object({ projectId: z.string(), name: z.string() }),
  }),
  z.object({
    action: z.enum(['project.edit', 'project.delete', 'project.restore']),
    targetType: onProject,
    meta: z.object({ projectId: z.string(), before: ProjectFields, after: ProjectFields }),
  }),
  z.object({
    action: z.literal('project.settings'),
    targetType: onProject,
    meta: z.object({ projectId: z.string(), before: Settings, after: Settings }),
  }),
  z.object({
    action: z.literal('label.create'),
    targetType: onLabel,
    /** With the task whose change made the label. */
    meta: z.object({ name: z.string(), color: z.string().optional(), taskId: z.string().optional() }),
  }),
  z.object({
    action: z.enum(['label.rename', 'label.color']),
    targetType: onLabel,
    meta: z.object({ before: LabelFields, after: LabelFields }),
  }),
  z.object({
    action: z.literal('label.delete'),
    targetType: onLabel,
    meta: z.object({ label: Label, lists: LabelLists }),
  }),
  z.object({
    action: z.literal('label.merge'),
    targetType: onLabel,
    meta: z.object({ label: Label, into: Label, lists: LabelLists }),
  }),
  z.object({
    action: z.literal('token.create'),
    targetType: onToken,
    meta: z.object({
      name: z.string(),
      prefix: z.string(),
      expiresAt: instant.nullish(),
      engine: z.enum(engines).nullish(),
      rights: z.enum(tokenRights).optional(),
      projectKeys: z.array(z.string()).readonly().nullish(),
    }),
  }),
  z.object({
    action: z.literal('token.revoke'),
    targetType: onToken,
    meta: z.object({ name: z.string(), prefix: z.string(), reason: z.string().optional() }),
  }),
  z.object({
    action: z.literal('token.deletion-limit'),
    targetType: onToken,
    meta: z.object({ name: z.string(), taskKey: z.string() }),
  }),
  z.object({
    action: z.literal('token.allow-deletions'),
    targetType: onToken,
    meta: z.object({ name: z.string(), until: instant }),
  }),
  z.object({
    action: z.enum(['setting.change', 'setting.remember']),
    targetType: onSetting,
    /** With `botId`, the bot's token was stored. */
    meta: z.object({ before: Settings.optional(), after: Settings.optional(), botId: z.string().optional() }),
  }),
  z.object({
    action: z.literal('worklog.create'),
    targetType: onWorkLog,
    meta: z.object({ title: z.string(), taskKey: z.string().nullable() }),
  }),
  // A question without a task.
  z.object({
    action: z.enum(['question.ask', 'question.answer', 'question.withdraw', 'question.expire']),
    targetType: onQuestion,
    meta: z.object({ kind: z.enum(questionKinds) }),
  }),
  z.object({
    action: z.literal('limit.lift'),
    targetType: z.literal('limit'),
    /** The runner's name, and the limit that the owner lifted. */
    meta: z.object({ name: z.string(), engine: z.enum(engines), until: instant }),
  }),
  z.object({
    action: z.literal('rule.revoke'),
    targetType: z.literal('rule'),
    meta: z.object({ tool: z.string(), shown: z.string() }),
  }),
  z.object({
    action: z.literal('worklog.fetch'),
    targetType: onWorkLog,
    meta: z.object({ taskKey: z.string() }),
  }),
  z.object({ action: z.enum(['chat.bind', 'chat.unbind']), targetType: onChat, meta: Chat }),
  z.object({
    action: z.literal('chat.move'),
    targetType: onChat,
    meta: z.object({ from: z.number(), to: z.number() }),
  }),
  // An undo has the target of what it undoes.
  z.object({
    action: z.literal('undo'),
    targetType: z.enum(['task', 'project', 'label', 'token', 'setting', 'worklog', 'limit']),
    meta: z.object({
      /** The undone entry's ID; absent for a label that went with its task's change. */
      undoes: z.string().optional(),
      /** The undone action. */
      action: z.string(),
      name: z.string().optional(),
      taskId: z.string().optional(),
      newKey: z.string().optional(),
      formerKeys: ids.optional(),
    }),
  }),
])
export type AuditChange = z.infer<typeof AuditChange>

/** The actions of ordinary changes of a task. */
export type TaskChangeAction = (typeof taskChangeActions)[number]

/** Who and what caused an entry, added by the commit. */
export const Provenance = z.object({
  /** `owner`, `agent:<token name>` or `system`. */
  by: z.string(),
  tokenId: z.string().optional(),
  /** The update or request that caused the change. */
  cause: z.string().optional(),
  /** Shared by everything that one verb changed. */
  batch: z.string().optional(),
})
export type Provenance = z.infer<typeof Provenance>

/** Returns the meta of an entry as it is stored. Throws if the facts don't fit the action. */
export function toStoredMeta({ action, targetType, meta }: AuditChange, provenance: Provenance) {
  return { ...AuditChange.parse({ action, targetType, meta }).meta, ...Provenance.parse(provenance) }
}

/** Returns the named fields of a state, for `before` and `after`. */
export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {}
  for (const key of keys) picked[key] = from[key]
  return picked
}
