import { z } from 'zod'
import { engines, runStates, taskPriorities, taskStatuses } from '../../db/schema.ts'
import { storable } from '../clip.ts'
import { lifecycleActions } from './lifecycle.ts'

/** A text of at most `max` code points, counted as Postgres counts, that Postgres can store. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => storable(value) === value, 'must not hold NUL or half a surrogate pair')
    .refine((value) => value.length <= max || [...value].length <= max, `must be at most ${max} characters`)
    .meta({ maxLength: max })

const oneLine = (value: string) => value.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ').trim()

export const TaskTitle = text(180).pipe(z.string().overwrite(oneLine).min(1, 'must not be empty'))
export const TaskNote = text(50_000)
export const LabelName = text(40).pipe(z.string().overwrite(oneLine).min(1, 'must not be empty'))
export const CriterionText = text(200)
export const BranchName = text(200).pipe(z.string().trim())

export const TaskStatusName = z.enum(taskStatuses)
export const TaskPriorityName = z.enum(taskPriorities)
export const EngineName = z.enum(engines)
export const RunStateName = z.enum(runStates)
export const LifecycleActionName = z.enum(lifecycleActions)

// All of it stands in the detail of one work log, which holds 100,000 characters.
const maxResult = 96_000

export const ResultInput = z
  .object({
    summary: text(70_000).optional(),
    blockedReason: text(10_000).optional(),
    tests: text(10_000).optional(),
    prUrl: text(2_000).optional(),
    notes: text(20_000).optional(),
    checks: text(10_000).optional(),
    engine: EngineName.optional(),
  })
  .refine(
    (result) => [...Object.values(result).join('')].length <= maxResult,
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
  comment: text(20_000).optional(),
  expect: z.object({ status: TaskStatusName.optional(), runState: RunStateName.nullish() }).optional(),
  /** A pull request and branch that the deploy strategy asks for must be there before the task is ready. */
  strictReady: z.boolean().optional(),
  /** Clears the run state even where the status stays. */
  clearRun: z.boolean().optional(),
})
export type TaskEdit = z.input<typeof TaskEdit>
export type ParsedTaskEdit = z.output<typeof TaskEdit>
