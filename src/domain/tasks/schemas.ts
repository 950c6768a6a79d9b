import { z } from 'zod'
import { engines, runStates, taskPriorities, taskStatuses } from '../../db/schema.ts'
import { isWebUrl, lineText, plainText, text } from '../core/text.ts'
import { LabelName } from '../labels/label.ts'
import { BranchName } from '../projects/branch.ts'
import { OptionInputs } from '../questions/new-question.ts'
import type { NewQuestion } from '../questions/question.ts'
import { lifecycleActions } from './edit/lifecycle.ts'

export { BranchName } from '../projects/branch.ts'

export const TaskTitle = lineText(180)
export const TaskNote = text(50_000)
export const CriterionText = text(200)

export const TaskStatusName = z.enum(taskStatuses)
export const TaskPriorityName = z.enum(taskPriorities)
export const EngineName = z.enum(engines)
export const RunStateName = z.enum(runStates)
export const LifecycleActionName = z.enum(lifecycleActions)

/** A result's pull request, or an empty string. */
export const PullRequestUrl = plainText(2_000).refine(
  (url) => url.trim() === '' || isWebUrl(url.trim()),
  'must be an http(s) URL; leave it out if there is none',
)

/** An artifact: a link to it, or where it is and why there is no link. */
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

// One work log's detail contains all of it and is limited to 100,000 characters.
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
    /** The owner's options for answering a block. */
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

/** A new task in a project, given by UUID. */
export const NewTask = z.object({
  projectId: z.uuid(),
  title: TaskTitle,
  description: TaskNote.nullish(),
  criteria: criteria.optional(),
  status: TaskStatusName.optional(),
  /** Queues the task for an agent immediately. */
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
 * A change of one task: absent fields stay. `note` replaces the whole note, `description` and `plan` its text,
 * `criteria` its criteria. `expect` is the state that the caller saw; a different one is a `conflict`.
 */
export const TaskEdit = z.object({
  title: TaskTitle.optional(),
  note: TaskNote.nullish(),
  description: TaskNote.nullish(),
  plan: TaskNote.optional(),
  /** The plan keeps the text and replaces only an older plan. */
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
  /** Artifacts without a result; they replace the task's artifacts. */
  artifacts: Artifacts.optional(),
  comment: plainText(20_000).optional(),
  /** Snoozes the task until then; null ends the snooze. */
  snoozedUntil: z.date().nullish(),
  /** A further part, or an edit, of the message that became the task. It isn't logged, and undoing the task removes it too. */
  isPart: z.boolean().optional(),
  /** Queues the task despite an open question, which is withdrawn. */
  withoutAnswer: z.boolean().optional(),
  expect: z.object({ status: TaskStatusName.optional(), runState: RunStateName.nullish() }).optional(),
  /** Requires the deploy strategy's pull request and branch before the task is ready. */
  strictReady: z.boolean().optional(),
  /** Clears the run state even if the status stays. */
  clearRun: z.boolean().optional(),
  /** How the board itself ends the run. */
  ends: z.enum(['lost', 'limited']).optional(),
  /** The question that the board asks. */
  asks: z.custom<NewQuestion>().optional(),
})
export type TaskEdit = z.input<typeof TaskEdit>
export type ParsedTaskEdit = z.output<typeof TaskEdit>
