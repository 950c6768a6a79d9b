import { z } from 'zod'
import { engines, runStates, taskPriorities, taskStatuses } from '../../db/schema.ts'
import { BranchName } from '../core/branch.ts'
import { isWebUrl, lineText, plainText, text } from '../core/text.ts'
import { LabelName } from '../labels/label.ts'
import { OptionInputs } from '../questions/question.ts'
import { lifecycleActions } from './edit/lifecycle.ts'

export { BranchName } from '../core/branch.ts'

export const TaskTitle = lineText(180)
export const TaskNote = text(50_000)
export const CriterionText = text(200)

export const TaskStatusName = z.enum(taskStatuses)
export const TaskPriorityName = z.enum(taskPriorities)
export const EngineName = z.enum(engines)
export const RunStateName = z.enum(runStates)
export const LifecycleActionName = z.enum(lifecycleActions)

/** The pull request of a result, or the empty text for none. */
export const PullRequestUrl = plainText(2_000).refine(
  (url) => url.trim() === '' || isWebUrl(url.trim()),
  'must be an http(s) URL; leave it out if there is none',
)

/** Something that work made: a link to it, or where it is and why there is no link. */
export const Artifact = z
  .object({
    type: lineText(40),
    url: plainText(2_000).refine(isWebUrl, 'must be an http(s) URL').optional(),
    localPath: lineText(500).optional(),
    reason: lineText(500).optional(),
    title: lineText(200).optional(),
  })
  .refine(
    ({ url, localPath, reason }) => Boolean(url ?? localPath ?? reason),
    'needs a url, or a localPath or reason',
  )
export type Artifact = z.output<typeof Artifact>

/** Up to 50 artifacts. */
export const Artifacts = z.array(Artifact).max(50)

// All of it stands in the detail of one work log, which holds 100,000 characters.
const maxResult = 96_000

export const ResultInput = z
  .object({
    summary: plainText(70_000).optional(),
    blockedReason: plainText(10_000).optional(),
    tests: plainText(10_000).optional(),
    prUrl: PullRequestUrl.optional(),
    notes: plainText(20_000).optional(),
    checks: plainText(10_000).optional(),
    engine: EngineName.optional(),
    /** What the owner may choose from to answer a block. */
    options: OptionInputs.optional(),
    artifacts: Artifacts.optional(),
  })
  .refine(
    ({ options: _, artifacts: __, ...result }) => [...Object.values(result).join('')].length <= maxResult,
    `must be at most ${maxResult} characters in all`,
  )
export type ResultInput = z.infer<typeof ResultInput>

const labels = z.array(LabelName).max(50)
const criteria = z.array(CriterionText).max(200)

/** A new task. The project is named by its uuid. */
export const NewTask = z.object({
  projectId: z.uuid(),
  title: TaskTitle,
  description: TaskNote.nullish(),
  criteria: criteria.optional(),
  status: TaskStatusName.optional(),
  /** Hands the task to an agent at once. */
  queued: z.boolean().optional(),
  priority: TaskPriorityName.optional(),
  labels: labels.optional(),
  engine: EngineName.nullish(),
  branch: BranchName.nullish(),
  dueAt: z.date().nullish(),
  focus: z.boolean().optional(),
})
export type NewTask = z.input<typeof NewTask>

/**
 * A change of one task: what is absent stays. `note` replaces the whole note, `description` and `plan` its text,
 * `criteria` its criteria. `expect` names the state that the caller saw; another one is a `conflict`.
 */
export const TaskEdit = z.object({
  title: TaskTitle.optional(),
  note: TaskNote.nullish(),
  description: TaskNote.nullish(),
  plan: TaskNote.optional(),
  /** The plan leaves the text as it is, and takes the place of an older plan alone. */
  keepsText: z.boolean().optional(),
  criteria: criteria.optional(),
  status: TaskStatusName.optional(),
  priority: TaskPriorityName.optional(),
  labels: labels.optional(),
  engine: EngineName.nullish(),
  branch: BranchName.nullish(),
  dueAt: z.date().nullish(),
  focus: z.boolean().optional(),
  runState: RunStateName.nullish(),
  lifecycle: LifecycleActionName.optional(),
  result: ResultInput.optional(),
  /** Without a result; replaces the task's artifacts. */
  artifacts: Artifacts.optional(),
  comment: plainText(20_000).optional(),
  /** Shows the task to the owner again then; null ends that. */
  snoozedUntil: z.date().nullish(),
  /** A further part, or an edit, of the message that the task was made of: it isn't logged, and undoing the task takes it along. */
  isPart: z.boolean().optional(),
  /** Queues the task although a question about it is open, which withdraws the question. */
  withoutAnswer: z.boolean().optional(),
  expect: z.object({ status: TaskStatusName.optional(), runState: RunStateName.nullish() }).optional(),
  /** A pull request and branch that the deploy strategy asks for must be there before the task is ready. */
  strictReady: z.boolean().optional(),
  /** Clears the run state even where the status stays. */
  clearRun: z.boolean().optional(),
})
export type TaskEdit = z.input<typeof TaskEdit>
export type ParsedTaskEdit = z.output<typeof TaskEdit>
