import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../domain/core/context.ts'
import { text } from '../../domain/core/text.ts'
import { OptionInputs } from '../../domain/questions/new-question.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { type Edited, editTask } from '../../domain/tasks/edit/edit.ts'
import { releaseEdit } from '../../domain/tasks/edit/handoff.ts'
import { deleteTask } from '../../domain/tasks/removal/remove.ts'
import {
  Artifacts,
  BranchName,
  PullRequestUrl,
  type TaskEdit,
  TaskNote,
  TaskStatusName,
  TaskTitle,
} from '../../domain/tasks/schemas.ts'
import { createWorkLog } from '../../domain/tasks/work-logs.ts'
import { progressLog } from '../../domain/work-logs/work-log-texts.ts'
import { requireNamedProject } from '../kit/named-project.ts'
import { toTaskRow } from '../wire/task.ts'
import {
  acceptanceCriteria,
  engine,
  idempotencyKey,
  labelNames,
  nonBlankText,
  priority,
  projectKey,
  taskId,
} from './inputs.ts'
import { type Call, defineTool, performTool } from './tool.ts'

const artifacts = Artifacts.optional().describe('Links to what the work made')

/** The tools that change the board. */
export const writeTools = [
  defineTool({
    name: 'preq_create_task',
    description: "Creates a task in a project's inbox. Name the project by repo or projectKey.",
    kind: 'write',
    input: z.object({
      title: TaskTitle.describe('What is to be done, in at most 180 characters'),
      repo: text(500).optional().describe('owner/repo, or the repository URL'),
      projectKey: projectKey.optional(),
      description: TaskNote.optional().describe('The note, in Markdown'),
      priority,
      labels: labelNames.optional(),
      acceptanceCriteria: acceptanceCriteria.optional(),
      branch: BranchName.optional().describe('Made up if left out'),
      engine: engine.describe('Only this engine gets the task'),
      idempotencyKey,
    }),
    unlisted: { assignee: text(120).optional() },
    run: (call, { repo, projectKey, acceptanceCriteria: criteria, ...draft }) =>
      change(call, 'The owner decides when it is worked on.', async (ctx) => {
        const project = await requireNamedProject(ctx, { repo, projectKey })
        return createTask(ctx, { ...draft, projectId: project.id, criteria })
      }),
  }),
  defineTool({
    name: 'preq_plan_task',
    description:
      "Puts a plan under ## Plan in the note, replacing only an older plan; the owner's text stays. An inbox task moves to todo.",
    kind: 'write',
    input: z.object({
      taskId,
      planMarkdown: nonBlankText(50_000).describe('The plan, in Markdown'),
      acceptanceCriteria: acceptanceCriteria.optional(),
      priority,
      labels: labelNames.optional(),
    }),
    run: (call, { taskId, engine, planMarkdown, acceptanceCriteria, priority, labels }) =>
      edit(call, taskId, 'The owner reads the plan. Claim other work.', {
        engine,
        priority,
        labels,
        lifecycle: 'plan',
        plan: planMarkdown,
        keepsText: true,
        criteria: acceptanceCriteria,
      }),
  }),
  defineTool({
    name: 'preq_start_task',
    description: 'Marks the task as in progress. Call it again now and then as a heartbeat.',
    kind: 'write',
    input: z.object({ taskId }),
    run: (call, { taskId, engine }) =>
      edit(call, taskId, 'Work on its branch, then complete or block it.', { engine, lifecycle: 'start' }),
  }),
  defineTool({
    name: 'preq_update_task_note',
    description: "Replaces the task's whole note, the owner's words included. To add words, comment.",
    kind: 'write',
    input: z.object({ taskId, noteMarkdown: TaskNote.describe('The new note; "" clears it') }),
    unlisted: { artifacts },
    run: (call, { taskId, noteMarkdown, artifacts, engine }) =>
      edit(call, taskId, 'Go on with your work.', { engine, note: noteMarkdown, artifacts }),
  }),
  defineTool({
    name: 'preq_update_task_status',
    description: "Sets the task's status and ends its run. Prefer start, complete, review and block.",
    kind: 'write',
    input: z.object({ taskId, status: TaskStatusName.describe('The new status') }),
    run: (call, { taskId, status, engine }) =>
      edit(call, taskId, 'The run is over. Claim other work.', { engine, status, clearRun: true }),
  }),
  defineTool({
    name: 'preq_complete_task',
    description:
      "Reports finished work; the task becomes ready for the owner to accept. If the project's deploy strategy asks for a pull request, pass branchName and prUrl.",
    kind: 'write',
    input: z.object({
      taskId,
      summary: nonBlankText(70_000).describe('What was done, in Markdown'),
      tests: text(10_000).optional().describe('What was tested, and how it went'),
      prUrl: PullRequestUrl.optional().describe('http(s) URL of the pull request'),
      notes: text(20_000).optional().describe('What the owner should know'),
      branchName: BranchName.optional().describe('If it is not the task’s branch'),
      artifacts,
    }),
    run: (call, { taskId, engine, branchName, summary, tests, prUrl, notes, artifacts }) =>
      edit(call, taskId, 'The owner accepts it or sends it back. Claim other work.', {
        engine,
        lifecycle: 'complete',
        branch: branchName,
        result: { summary, tests, prUrl, notes, artifacts },
      }),
  }),
  defineTool({
    name: 'preq_review_task',
    description: 'Accepts a ready task that the owner asked you to review; the task becomes done.',
    kind: 'write',
    input: z.object({ taskId, summary: text(70_000).optional().describe('What you verified') }),
    run: (call, { taskId, summary, engine }) =>
      edit(call, taskId, 'Done. Claim other work.', {
        engine,
        lifecycle: 'review',
        result: summary?.trim() ? { summary } : undefined,
      }),
  }),
  defineTool({
    name: 'preq_block_task',
    description: 'Ends your run and asks the owner. The answer comes as feedback with a later claim.',
    kind: 'write',
    input: z.object({
      taskId,
      reason: nonBlankText(10_000).describe('The question, its first line on its own'),
      options: OptionInputs.optional().describe('Answers to choose from'),
    }),
    run: (call, { taskId, reason, options, engine }) =>
      edit(call, taskId, 'Stop working on it. Claim other work.', {
        engine,
        lifecycle: 'block',
        result: { blockedReason: reason, options },
      }),
  }),
  defineTool({
    name: 'preq_release_task',
    description: 'Ends your run without a result; the task is queued again.',
    kind: 'write',
    input: z.object({
      taskId,
      note: nonBlankText(20_000).optional().describe('What the next agent should know'),
    }),
    run: (call, { taskId, note }) => edit(call, taskId, 'Claim other work.', releaseEdit(note)),
  }),
  defineTool({
    name: 'preq_comment',
    description: 'Comments on a task, for the owner and later agents.',
    kind: 'write',
    input: z.object({
      taskId,
      text: nonBlankText(20_000).describe('The comment'),
      progress: z.boolean().optional().describe('One silent line on the card, and a heartbeat'),
    }),
    run: async (call, { taskId, text, progress }) => {
      if (!progress) return edit(call, taskId, 'Go on with your work.', { comment: text })
      const answer = await performTool(call, {
        verb: (ctx) => createWorkLog(ctx, { task: taskId, ...progressLog(text) }),
        answer: async ({ id, taskKey }) => ({ ok: true, task_key: taskKey, comment_id: id }),
      })
      return answer ?? {}
    },
  }),
  defineTool({
    name: 'preq_delete_task',
    description: 'Deletes a task, loudly; the owner can restore it. Only what you made or were told to.',
    kind: 'delete',
    input: z.object({ taskId }),
    run: async (call, input) => {
      const answer = await performTool(call, {
        verb: (ctx) => deleteTask(ctx, input.taskId),
        answer: async ({ task }) => ({ ok: true, deleted: true, taskId: task.key }),
      })
      return answer ?? {}
    },
  }),
]

/** Edits a task with an agent's rules. */
function edit(call: Call, taskId: string, next: string, wanted: TaskEdit): Promise<Record<string, unknown>> {
  return change(call, next, (ctx) => editTask(ctx, taskId, { ...wanted, strictReady: true }))
}

/** Runs a change and answers with the compact task, what changed and what to do next. */
async function change(
  call: Call,
  next: string,
  verb: (ctx: Ctx) => Promise<Edited>,
): Promise<Record<string, unknown>> {
  const answer = await performTool(call, {
    verb,
    answer: async ({ task, changed = [], commentId, refused }) => {
      if (refused !== undefined) throw refused
      const comment = commentId === undefined ? {} : { comment_id: commentId }
      return { task: toTaskRow(task), changed, ...comment, next }
    },
  })
  return answer ?? {}
}
