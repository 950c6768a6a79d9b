import { z } from '@hono/zod-openapi'
import { type TaskPriority, taskPriorities } from '../../domain/core/task-values.ts'
import { text } from '../../domain/core/text.ts'
import { LabelName } from '../../domain/labels/label.ts'
import { OptionInputs } from '../../domain/questions/new-question.ts'
import {
  Artifacts,
  BranchName,
  CriterionText,
  LifecycleActionName,
  PullRequestUrl,
  TaskNote,
  TaskStatusName,
  TaskTitle,
} from '../../domain/tasks/schemas.ts'
import { EngineInput, ProjectKeyInput, TaskReference } from './common.ts'

const assignedByBoard = z
  .unknown()
  .refine(() => false, 'is assigned by the board and cannot be set')
  .optional()
  .openapi({ not: {}, description: 'Rejected: assigned by the board' })

/** A priority as agents write it; unknown values become none. */
const PriorityInput = z
  .string()
  .transform((value): TaskPriority => {
    const name = value.trim().toLowerCase()
    return taskPriorities.find((priority) => priority === name) ?? 'none'
  })
  .openapi({ type: 'string', description: `${taskPriorities.join(', ')}; anything else becomes none` })

const fields = {
  id: assignedByBoard,
  taskKey: assignedByBoard,
  taskPrefix: assignedByBoard,
  taskNumber: assignedByBoard,
  title: TaskTitle,
  description: TaskNote,
  status: TaskStatusName,
  priority: PriorityInput,
  branch: BranchName,
  labels: z.array(LabelName).max(50),
  acceptance_criteria: z.array(CriterionText.pipe(z.string().trim().min(1, 'must not be empty'))).max(200),
  engine: z.union([EngineInput, z.literal('')]),
  assignee: z.string().openapi({ description: 'Ignored: every task belongs to the owner' }),
  repo: text(500),
  projectKey: ProjectKeyInput,
  project_key: ProjectKeyInput,
}

/** The body of POST /api/tasks. */
export const NewTaskBody = z
  .object({ ...fields })
  .partial()
  .required({ title: true })
  .openapi('NewTask')
export type NewTaskBody = z.output<typeof NewTaskBody>

const resultText = (max: number) => z.union([text(max), z.null()]).optional()

const pullRequest = PullRequestUrl.nullish().openapi({ description: 'An http(s) URL; empty: none' })
const artifacts = Artifacts.nullish().openapi({
  description: 'What the work made: links, or where it is and why there is no link',
})

/** What an agent reports about its work. Both spellings of a name are accepted. */
export const ResultBody = z
  .object({
    summary: resultText(70_000),
    reason: resultText(10_000).openapi({ description: 'Why the work is blocked' }),
    blocked_reason: resultText(10_000),
    blockedReason: resultText(10_000),
    tests: resultText(10_000),
    pr_url: pullRequest,
    prUrl: pullRequest,
    notes: resultText(20_000),
    options: z
      .union([OptionInputs, z.null()])
      .optional()
      .openapi({ description: 'What the owner may choose from to answer a block' }),
    checks: z
      .union([text(10_000), z.record(text(100), z.union([text(200), z.number(), z.boolean()])), z.null()])
      .optional()
      .openapi({ description: 'Checks and their outcomes, e.g. `{"tests": "pass"}`' }),
    artifacts,
    engine: z.union([EngineInput, z.literal('')]).optional(),
  })
  .openapi('Result')
export type ResultBody = z.output<typeof ResultBody>

/** The body of PATCH /api/tasks/{id}; absent fields are unchanged. */
export const TaskPatchBody = z
  .object({
    ...fields,
    planMarkdown: TaskNote,
    noteMarkdown: TaskNote,
    lifecycle_action: LifecycleActionName,
    result: ResultBody,
    artifacts,
  })
  .partial()
  .openapi('TaskPatch')
export type TaskPatchBody = z.output<typeof TaskPatchBody>

/** The body of PATCH /api/tasks/{id}/status. */
export const StatusBody = z
  .strictObject({ status: TaskStatusName, engine: z.union([EngineInput, z.literal('')]).optional() })
  .openapi('StatusChange')

/** The body of POST /api/tasks/claim. */
export const ClaimBody = z
  .object({
    engine: EngineInput,
    project_key: ProjectKeyInput,
    projectKey: ProjectKeyInput,
    label: LabelName,
    status: z.literal('todo').openapi({ description: 'Also hands out todo tasks that are not queued' }),
    next: z.boolean().openapi({ description: 'Another task, although a run of yours is open' }),
    resume: TaskReference.openapi({
      description: 'Takes over the run of this task from another session of your token',
    }),
    wait: z
      .number()
      .min(0)
      .max(55)
      .openapi({ description: 'Seconds to hold the request until a task is queued' }),
    runner: z.guid().openapi({ description: 'The runner that starts the agent; the answer has its `run`' }),
    engines: z.array(EngineInput).min(1).max(10).openapi({
      description: 'The engines that the runner can start, the preferred one first',
    }),
    projects: z.array(ProjectKeyInput).min(1).max(100).openapi({
      description: 'The keys of the projects that the runner has',
    }),
  })
  .partial()
  .refine(
    ({ runner, engines, projects }) =>
      (runner === undefined) === (engines === undefined) &&
      (runner === undefined) === (projects === undefined),
    'runner, engines and projects belong together',
  )
  .openapi('Claim')
export type ClaimBody = z.output<typeof ClaimBody>
