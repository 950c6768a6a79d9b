import { z } from '@hono/zod-openapi'
import { claimTask } from '../../domain/tasks/claim.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { deleteTask } from '../../domain/tasks/remove.ts'
import {
  BranchName,
  LabelName,
  TaskNote,
  TaskStatusName,
  TaskTitle,
  text,
} from '../../domain/tasks/schemas.ts'
import { noteAnswered, toTaskAnswer } from '../answers.ts'
import { projectNamed, requireSameProject } from '../project-named.ts'
import { NewTaskBody } from '../wire/task-input.ts'
import { changeTask } from './change-task.ts'
import { acceptanceCriteria, engine, labels, projectKey, taskId } from './inputs.ts'
import { defineTool } from './tool.ts'

const priority = NewTaskBody.shape.priority

/** The tools that change the board. */
export const writeTools = [
  defineTool({
    name: 'preq_create_task',
    title: 'Create a task',
    description: 'Creates a task in the inbox of a project, named by repo or projectKey.',
    kind: 'write',
    input: z.object({
      title: TaskTitle,
      repo: text(500).optional().describe('owner/repo, or the URL of the repository'),
      projectKey: projectKey.optional(),
      description: TaskNote.optional(),
      priority,
      labels: labels.optional(),
      acceptanceCriteria: acceptanceCriteria.optional(),
      branch: BranchName.optional(),
      engine,
    }),
    run: async (caller, { repo, projectKey, acceptanceCriteria, ...draft }) => {
      const project = await projectNamed(caller.ctx, { repo, projectKey })
      const { task } = await createTask(caller.ctx, {
        ...draft,
        projectId: project.id,
        criteria: acceptanceCriteria,
        engine: draft.engine ?? caller.engine,
      })
      return { ...(await toTaskAnswer(caller.ctx, task, caller.assignee)) }
    },
  }),
  defineTool({
    name: 'preq_plan_task',
    title: 'Plan a task',
    description: 'Writes the plan into the task’s note; a task of the inbox moves to todo.',
    kind: 'write',
    input: z.object({
      taskId,
      planMarkdown: TaskNote,
      projectKey: projectKey.optional(),
      acceptanceCriteria: acceptanceCriteria.optional(),
      priority,
      labels: labels.optional(),
      engine,
    }),
    run: async (caller, { taskId, engine, projectKey, planMarkdown, acceptanceCriteria, ...fields }) => {
      if (projectKey !== undefined) await requireSameProject(caller.ctx, taskId, { projectKey })
      return changeTask(caller, taskId, engine, {
        ...fields,
        lifecycle: 'plan',
        plan: planMarkdown,
        criteria: acceptanceCriteria,
      })
    },
  }),
  defineTool({
    name: 'preq_start_task',
    title: 'Start a task',
    description:
      'Says that you are working on the task now. Call it again from time to time during long work: it is your sign of life.',
    kind: 'write',
    input: z.object({ taskId, engine }),
    run: (caller, { taskId, engine }) => changeTask(caller, taskId, engine, { lifecycle: 'start' }),
  }),
  defineTool({
    name: 'preq_update_task_note',
    title: 'Replace a note',
    description: 'Replaces the whole note of a task.',
    kind: 'write',
    input: z.object({ taskId, noteMarkdown: TaskNote, engine }),
    run: (caller, { taskId, noteMarkdown, engine }) =>
      changeTask(caller, taskId, engine, { note: noteMarkdown }),
  }),
  defineTool({
    name: 'preq_update_task_status',
    title: 'Move a task',
    description: 'Moves a task to any status and ends its run. Prefer start, complete, review and block.',
    kind: 'write',
    input: z.object({ taskId, status: TaskStatusName, engine }),
    run: (caller, { taskId, status, engine }) =>
      changeTask(caller, taskId, engine, { status, clearRun: true }),
  }),
  defineTool({
    name: 'preq_complete_task',
    title: 'Complete a task',
    description:
      'Reports finished work; a task of todo or hold becomes ready for the owner. Give branchName and prUrl where the project’s deploy strategy asks for a pull request.',
    kind: 'write',
    input: z.object({
      taskId,
      summary: text(70_000).describe('What was done, Markdown'),
      tests: text(10_000).optional(),
      prUrl: text(2_000).optional(),
      notes: text(20_000).optional(),
      branchName: BranchName.optional(),
      engine,
    }),
    run: (caller, { taskId, engine, branchName, ...result }) =>
      changeTask(caller, taskId, engine, { lifecycle: 'complete', branch: branchName || undefined, result }),
  }),
  defineTool({
    name: 'preq_review_task',
    title: 'Accept a task',
    description: 'Reports that ready work was verified; the task becomes done.',
    kind: 'write',
    input: z.object({ taskId, summary: text(70_000).optional(), engine }),
    run: (caller, { taskId, summary, engine }) =>
      changeTask(caller, taskId, engine, {
        lifecycle: 'review',
        result: summary?.trim() ? { summary } : undefined,
      }),
  }),
  defineTool({
    name: 'preq_block_task',
    title: 'Block a task',
    description:
      'Says that you cannot go on, and why; the task goes on hold and the owner is asked. The answer comes as feedback.',
    kind: 'write',
    input: z.object({ taskId, reason: text(10_000).pipe(z.string().trim().min(1)), engine }),
    run: (caller, { taskId, reason, engine }) =>
      changeTask(caller, taskId, engine, { lifecycle: 'block', result: { blockedReason: reason } }),
  }),
  defineTool({
    name: 'preq_delete_task',
    title: 'Delete a task',
    description: 'Deletes a task for good. Its work logs stay; its key never comes back.',
    kind: 'delete',
    input: z.object({ taskId }),
    run: async ({ ctx }, input) => {
      await deleteTask(ctx, input.taskId)
      return { ok: true }
    },
  }),
  defineTool({
    name: 'preq_claim_task',
    title: 'Claim the next task',
    description:
      'Takes the next task that was queued for an agent, or with status "todo" also one that nobody queued; it is yours and working. task is null where nothing waits.',
    kind: 'write',
    input: z.object({
      engine,
      projectKey: projectKey.optional(),
      label: LabelName.optional(),
      status: z.literal('todo').optional(),
    }),
    run: async (caller, input) => {
      const { ctx, assignee } = caller
      const task = await claimTask(ctx, { ...input, engine: input.engine ?? caller.engine ?? undefined })
      if (task === null) return { task: null }
      await noteAnswered(ctx, task)
      return { ...(await toTaskAnswer(ctx, task, assignee)) }
    },
  }),
]
