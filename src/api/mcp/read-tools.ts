import { z } from '@hono/zod-openapi'
import { listActivity } from '../../domain/activity.ts'
import { listTaskLog } from '../../domain/comments.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { getProjectSettings } from '../../domain/projects/settings.ts'
import { LabelName, TaskStatusName } from '../../domain/tasks/schemas.ts'
import { availableLabels, readTaskAnswer, toTaskList } from '../answers.ts'
import { listTaskPage } from '../task-page.ts'
import { ActivityCursorInput, toActivityCursor, toActivityJson } from '../wire/activity.ts'
import { EngineInput } from '../wire/common.ts'
import { toProjectJson } from '../wire/project.ts'
import { toCompactTaskJson } from '../wire/task.ts'
import { Cursor } from '../wire/task-query.ts'
import { instant, projectKey, taskId } from './inputs.ts'
import { defineTool } from './tool.ts'

const pageSize = 50

/** The tools that only read. */
export const readTools = [
  defineTool({
    name: 'preq_list_tasks',
    title: 'List tasks',
    description:
      'Lists tasks in board order. Without a status, done and archived tasks are included. Rows are compact unless detail is "full"; pass next_cursor as cursor to get the next page.',
    kind: 'read',
    input: z.object({
      status: TaskStatusName.optional(),
      label: LabelName.optional(),
      projectKey: projectKey.optional(),
      engine: EngineInput.optional().describe('Only tasks for this engine'),
      runState: z.enum(['queued', 'working', 'running']).optional(),
      detail: z.enum(['compact', 'full']).optional(),
      limit: z.int().min(1).max(200).optional(),
      cursor: Cursor.optional(),
    }),
    run: async ({ ctx, assignee }, { runState, detail, limit = pageSize, ...filter }) => {
      const page = await listTaskPage(ctx, { ...filter, limit, run_state: runState })
      return {
        tasks:
          detail === 'full' ? await toTaskList(ctx, page.tasks, assignee) : page.tasks.map(toCompactTaskJson),
        available_labels: await availableLabels(ctx),
        next_cursor: page.next,
      }
    },
  }),
  defineTool({
    name: 'preq_get_task',
    title: 'Get a task',
    description:
      "Gets one task in full: note, acceptance criteria, branch, latest result, the owner's feedback, and how the project wants work delivered.",
    kind: 'read',
    input: z.object({ taskId }),
    run: async ({ ctx, assignee }, input) => ({
      ...(await readTaskAnswer(ctx, input.taskId, assignee)),
    }),
  }),
  defineTool({
    name: 'preq_list_task_log',
    title: "Read a task's log",
    description: 'Lists earlier attempts and comments, oldest first. Pass next_cursor as cursor to get more.',
    kind: 'read',
    input: z.object({ taskId, limit: z.int().min(1).max(200).optional(), cursor: z.guid().optional() }),
    run: async ({ ctx }, { taskId, limit = pageSize, cursor }) => {
      const { entries, nextCursor } = await listTaskLog(ctx, taskId, { limit, after: cursor })
      return { entries, next_cursor: nextCursor }
    },
  }),
  defineTool({
    name: 'preq_list_projects',
    title: 'List projects',
    description: 'Lists projects with their keys and repositories.',
    kind: 'read',
    input: z.object({}),
    run: async ({ ctx }) => ({ projects: (await listProjects(ctx)).map(toProjectJson) }),
  }),
  defineTool({
    name: 'preq_get_project_settings',
    title: 'Get project settings',
    description: "Gets a project's deploy strategy and agent instructions, with defaults filled in.",
    kind: 'read',
    input: z.object({ projectKey }),
    run: async ({ ctx }, input) => ({ settings: await getProjectSettings(ctx, input.projectKey) }),
  }),
  defineTool({
    name: 'preq_list_project_activity',
    title: 'List activity',
    description:
      'Lists activity, newest first: tasks by their last change, and work logs. Pass next_cursor as cursor to get the next page.',
    kind: 'read',
    input: z.object({
      from: instant.optional(),
      to: instant.optional(),
      projectKeys: z.array(projectKey).min(1).max(100).optional(),
      limit: z.int().min(1).max(200).optional(),
      cursor: ActivityCursorInput.optional(),
    }),
    run: async ({ ctx }, { limit = pageSize, cursor, ...filter }) => {
      const { activities, next } = await listActivity(ctx, filter, { limit, after: cursor })
      return {
        from: filter.from?.toISOString() ?? null,
        to: filter.to?.toISOString() ?? null,
        project_keys: filter.projectKeys?.map((key) => key.toUpperCase()) ?? null,
        count: activities.length,
        has_more: next !== null,
        next_cursor: next && toActivityCursor(next),
        events: activities.map(toActivityJson),
      }
    },
  }),
]
