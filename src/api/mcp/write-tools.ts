import { z } from '@hono/zod-openapi'
import { OptionInputs } from '../../domain/questions/question.ts'
import { claimTask, heldByToken, objectiveOf } from '../../domain/tasks/claim.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { releaseEdit } from '../../domain/tasks/handoff.ts'
import { deleteTask } from '../../domain/tasks/remove.ts'
import { BranchName, LabelName, TaskNote, TaskStatusName, TaskTitle } from '../../domain/tasks/schemas.ts'
import { findWaiting } from '../../domain/tasks/waiting.ts'
import { text } from '../../domain/text.ts'
import { progressLog } from '../../domain/work-log-texts.ts'
import { createWorkLog } from '../../domain/work-logs.ts'
import { noteAnswered, toTaskAnswer } from '../answers.ts'
import { projectNamed } from '../project-named.ts'
import { NewTaskBody } from '../wire/task-input.ts'
import { changeTask } from './change-task.ts'
import { emptyClaimHint } from './claim-hint.ts'
import { acceptanceCriteria, engine, labels, projectKey, taskId } from './inputs.ts'
import { defineTool } from './tool.ts'

const words = text(20_000).pipe(z.string().trim().min(1))
const priority = NewTaskBody.shape.priority

/** The tools that change the board. */
export const writeTools = [
  defineTool({
    name: 'preq_create_task',
    title: 'Create a task',
    description: "Creates a task in a project's inbox. Name the project by repo or projectKey.",
    kind: 'write',
    input: z.object({
      title: TaskTitle,
      repo: text(500).optional().describe('owner/repo, or the repository URL'),
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
      })
      return { ...(await toTaskAnswer(caller.ctx, task, caller.assignee)) }
    },
  }),
  defineTool({
    name: 'preq_plan_task',
    title: 'Plan a task',
    description: "Writes a plan into the task's note. An inbox task moves to todo.",
    kind: 'write',
    input: z.object({
      taskId,
      planMarkdown: TaskNote,
      acceptanceCriteria: acceptanceCriteria.optional(),
      priority,
      labels: labels.optional(),
      engine,
    }),
    run: (caller, { taskId, engine, planMarkdown, acceptanceCriteria, ...fields }) =>
      changeTask(caller, taskId, {
        engine,
        ...fields,
        lifecycle: 'plan',
        plan: planMarkdown,
        criteria: acceptanceCriteria,
      }),
  }),
  defineTool({
    name: 'preq_start_task',
    title: 'Start a task',
    description: 'Marks the task as in progress. Call it again now and then as a heartbeat.',
    kind: 'write',
    input: z.object({ taskId, engine }),
    run: (caller, { taskId, engine }) => changeTask(caller, taskId, { engine, lifecycle: 'start' }),
  }),
  defineTool({
    name: 'preq_update_task_note',
    title: 'Replace a note',
    description: "Replaces the task's whole note.",
    kind: 'write',
    input: z.object({ taskId, noteMarkdown: TaskNote, engine }),
    run: (caller, { taskId, noteMarkdown, engine }) =>
      changeTask(caller, taskId, { engine, note: noteMarkdown }),
  }),
  defineTool({
    name: 'preq_update_task_status',
    title: 'Move a task',
    description: "Sets the task's status and ends its run. Prefer start, complete, review and block.",
    kind: 'write',
    input: z.object({ taskId, status: TaskStatusName, engine }),
    run: (caller, { taskId, status, engine }) =>
      changeTask(caller, taskId, { engine, status, clearRun: true }),
  }),
  defineTool({
    name: 'preq_complete_task',
    title: 'Complete a task',
    description:
      "Reports finished work; the task becomes ready for the owner to accept. If the project's deploy strategy asks for a pull request, pass branchName and prUrl.",
    kind: 'write',
    input: z.object({
      taskId,
      summary: text(70_000).describe('What was done, in Markdown'),
      tests: text(10_000).optional(),
      prUrl: text(2_000).optional(),
      notes: text(20_000).optional(),
      branchName: BranchName.optional(),
      engine,
    }),
    run: (caller, { taskId, engine, branchName, ...result }) =>
      changeTask(caller, taskId, { engine, lifecycle: 'complete', branch: branchName || undefined, result }),
  }),
  defineTool({
    name: 'preq_review_task',
    title: 'Accept a task',
    description: 'Accepts a ready task after verifying it; the task becomes done.',
    kind: 'write',
    input: z.object({ taskId, summary: text(70_000).optional(), engine }),
    run: (caller, { taskId, summary, engine }) =>
      changeTask(caller, taskId, {
        engine,
        lifecycle: 'review',
        result: summary?.trim() ? { summary } : undefined,
      }),
  }),
  defineTool({
    name: 'preq_block_task',
    title: 'Block a task',
    description: 'Blocks the task and asks the owner. The answer arrives as feedback on the task.',
    kind: 'write',
    input: z.object({
      taskId,
      reason: text(10_000).pipe(z.string().trim().min(1)).describe('The question, its first line on its own'),
      options: OptionInputs.optional().describe('Up to 6 answers to choose from; each becomes a button'),
      engine,
    }),
    run: (caller, { taskId, reason, options, engine }) =>
      changeTask(caller, taskId, { engine, lifecycle: 'block', result: { blockedReason: reason, options } }),
  }),
  defineTool({
    name: 'preq_release_task',
    title: 'Give a run back',
    description: 'Ends your run without a result; the task is queued again.',
    kind: 'write',
    input: z.object({ taskId, note: words.optional().describe('What the next agent should know') }),
    run: (caller, { taskId, note }) => changeTask(caller, taskId, releaseEdit(note)),
  }),
  defineTool({
    name: 'preq_comment',
    title: 'Comment on a task',
    description:
      'Comments on a task. With progress, it is one silent line on the owner’s card and a heartbeat.',
    kind: 'write',
    input: z.object({ taskId, text: words, progress: z.boolean().optional() }),
    run: async ({ ctx }, { taskId, text, progress }) => {
      if (progress) await createWorkLog(ctx, { task: taskId, ...progressLog(text) })
      else await editTask(ctx, taskId, { comment: text })
      return { ok: true }
    },
  }),
  defineTool({
    name: 'preq_delete_task',
    title: 'Delete a task',
    description: 'Deletes a task. Its work logs stay, and its key is never reused.',
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
      'Claims the next queued task for you. With status "todo", it also claims todo tasks that are not queued. task is null if there is nothing to claim.',
    kind: 'write',
    input: z.object({
      engine,
      projectKey: projectKey.optional(),
      label: LabelName.optional(),
      status: z.literal('todo').optional(),
      next: z.boolean().optional().describe('Another task, although a run of yours is open'),
      resume: taskId
        .optional()
        .describe('Takes over the run of this task from another session of your token'),
    }),
    run: async (caller, input) => {
      const { ctx, assignee } = caller
      const { next, ...wanted } = input
      const { task, isResumed } = await claimTask(ctx, { ...wanted, resumes: next ? 'none' : 'session' })
      const held = (await heldByToken(ctx)).filter((key) => key !== task?.key)
      const others = held.length === 0 ? {} : { held }
      if (task === null) return { task: null, hint: emptyClaimHint(await findWaiting(ctx, input)), ...others }
      await noteAnswered(ctx, task)
      return {
        ...(await toTaskAnswer(ctx, task, assignee)),
        objective: objectiveOf(task.status),
        ...(isResumed ? { resumed: true } : {}),
        ...(isResumed || held.length === 0 ? {} : others),
      }
    },
  }),
]
