import { z } from '@hono/zod-openapi'
import { engines, taskPriorities, taskStatuses } from '../../domain/core/task-values.ts'
import {
  type DeploySettings,
  type ProjectSettings,
  toDeploySettings,
} from '../../domain/projects/project-settings.ts'
import { toRepoAddress } from '../../domain/projects/repo.ts'
import { criteriaOf } from '../../domain/tasks/notes/note.ts'
import { Artifact } from '../../domain/tasks/schemas.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { Instant } from './common.ts'

const runState = z.enum(['queued', 'working']).nullable()

const shared = {
  id: z.string().openapi({ description: "The task's key", example: 'WEB-12' }),
  task_key: z.string(),
  title: z.string(),
  status: z.enum(taskStatuses),
  priority: z.enum(taskPriorities),
  repo: z.string().nullable(),
  labels: z.array(z.string()),
  engine: z.enum(engines).nullable(),
  dispatch_target: z.null(),
  run_state: runState,
  run_state_updated_at: Instant.nullable(),
  updated_at: Instant,
}

/** A task as agents see it. Optional fields are absent in lists. */
export const TaskJson = z
  .object({
    ...shared,
    uuid: z.uuid(),
    task_prefix: z.string(),
    task_number: z.int(),
    project_key: z.string(),
    description: z.string().nullable().openapi({ description: 'The whole note, in Markdown' }),
    assignee: z.string(),
    branch: z.string().nullable(),
    acceptance_criteria: z.array(z.string()),
    artifacts: z.array(Artifact).openapi({ description: 'What the work made, as its result named it' }),
    latest_preq_result: z
      .object({
        title: z.string(),
        summary: z.string().nullable(),
        blocked_reason: z.string().nullable(),
        worked_at: Instant,
      })
      .nullable()
      .openapi({ description: 'The latest result; always null in lists' }),
    feedback: z
      .array(
        z.object({
          text: z.string(),
          at: Instant,
          heard_at: Instant.optional().openapi({
            description: 'When a hook brought it to the running agent; absent if none did',
          }),
        }),
      )
      .optional()
      .openapi({
        description: "The owner's comments since the latest result, oldest first; absent in lists",
      }),
    note_updated_by: z.string().nullable().optional().openapi({
      description: 'Who wrote the note as it is: `owner` or `agent:<token name>`; absent in lists',
    }),
    note_updated_at: Instant.nullable().optional(),
    agent_instructions: z.string().nullable(),
    deploy_strategy: z.object({
      strategy: z.enum(['none', 'direct_commit', 'feature_branch']),
      default_branch: z.string(),
      auto_pr: z.boolean(),
      commit_on_review: z.boolean(),
      squash_merge: z.boolean(),
    }),
    result: z.null(),
    due_at: Instant.nullable(),
    focused_at: Instant.nullable(),
    created_at: Instant,
  })
  .openapi('Task')
export type TaskJson = z.infer<typeof TaskJson>

/** A task in a compact list. */
export const CompactTaskJson = z
  .object({ ...shared, branch_name: z.string().nullable() })
  .openapi('CompactTask')
export type CompactTaskJson = z.infer<typeof CompactTaskJson>

/** Returns the part of the owner's email before the @, shown as every task's assignee. */
export function toAssignee(ownerEmail: string): string {
  return ownerEmail.split('@')[0] || ownerEmail
}

/** Converts a task for a list. */
export function toTaskJson(
  task: Task,
  facts: {
    readonly settings: ProjectSettings | undefined
    readonly artifacts: readonly Artifact[] | undefined
    readonly assignee: string
  },
): TaskJson {
  const { settings, artifacts = [], assignee } = facts
  const deploy = settings && toDeploySettings(settings)
  return toJson(task, {
    deploy,
    agentInstructions: settings?.agent_instructions || null,
    artifacts,
    assignee,
  })
}

/** Converts a task for a single-task answer. */
export function toTaskDetailJson(task: TaskDetail, assignee: string): TaskJson {
  const { deploy, agentInstructions, artifacts, latestResult, noteUpdated } = task
  return Object.assign(toJson(task, { deploy, agentInstructions, artifacts, assignee }), {
    latest_preq_result: latestResult && {
      title: latestResult.title,
      summary: latestResult.summary,
      blocked_reason: latestResult.blockedReason,
      worked_at: latestResult.workedAt.toISOString(),
    },
    feedback: task.feedback.map(({ text, at, heardAt }) => ({
      text,
      at: at.toISOString(),
      ...(heardAt === null ? {} : { heard_at: heardAt.toISOString() }),
    })),
    note_updated_by: noteUpdated?.by ?? null,
    note_updated_at: noteUpdated?.at.toISOString() ?? null,
  })
}

export function toCompactTaskJson(task: Task): CompactTaskJson {
  return { ...toShared(task), branch_name: task.branch }
}

/** Converts a task for the answer of an MCP write: about 40 tokens. */
export function toTaskRow({ key, title, status, runState, priority, engine, branch, labels }: Task) {
  return {
    id: key,
    task_key: key,
    title,
    status,
    run_state: toRunState(runState),
    priority,
    engine,
    branch_name: branch,
    labels: labels.map(({ name }) => name),
  }
}

function toRunState(runState: Task['runState']): 'queued' | 'working' | null {
  return runState === 'running' ? 'working' : runState
}

function toShared(task: Task) {
  return {
    id: task.key,
    task_key: task.key,
    title: task.title,
    status: task.status,
    priority: task.priority,
    repo: toRepoAddress(task.project.repoUrl),
    labels: task.labels.map((label) => label.name),
    engine: task.engine,
    dispatch_target: null,
    run_state: toRunState(task.runState),
    run_state_updated_at: task.runStateUpdatedAt?.toISOString() ?? null,
    updated_at: task.updatedAt.toISOString(),
  }
}

function toJson(
  task: Task,
  facts: {
    readonly deploy: DeploySettings | undefined
    readonly agentInstructions: string | null
    readonly artifacts: readonly Artifact[]
    readonly assignee: string
  },
): TaskJson {
  const { deploy } = facts
  // Object.assign takes 1 µs here; a literal that starts with a spread takes V8 16 µs.
  return Object.assign(toShared(task), {
    uuid: task.id,
    task_prefix: task.prefix,
    task_number: task.number,
    project_key: task.project.key,
    description: task.note,
    assignee: facts.assignee,
    branch: task.branch,
    acceptance_criteria: criteriaOf(task.note).map((criterion) => criterion.text),
    artifacts: [...facts.artifacts],
    latest_preq_result: null,
    agent_instructions: facts.agentInstructions,
    deploy_strategy: {
      strategy: deploy?.strategy ?? 'none',
      default_branch: deploy?.defaultBranch ?? 'main',
      auto_pr: deploy?.autoPr ?? false,
      commit_on_review: deploy?.commitOnReview ?? true,
      squash_merge: deploy?.squashMerge ?? true,
    },
    result: null,
    due_at: task.dueAt?.toISOString() ?? null,
    focused_at: task.focusedAt?.toISOString() ?? null,
    created_at: task.createdAt.toISOString(),
  })
}
