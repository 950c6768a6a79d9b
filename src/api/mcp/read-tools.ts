import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { text } from '../../domain/core/text.ts'
import { LabelName } from '../../domain/labels/label.ts'
import { listLabels } from '../../domain/labels/labels.ts'
import { listProjects, requireProject } from '../../domain/projects/read.ts'
import { getProjectSettings } from '../../domain/projects/settings.ts'
import { listActivity } from '../../domain/reports/activity.ts'
import { listTaskLog } from '../../domain/tasks/notes/comments.ts'
import { TaskStatusName } from '../../domain/tasks/schemas.ts'
import { ActivityCursorInput, toActivityCursor, toActivityJson } from '../wire/activity.ts'
import { availableLabels, readTaskAnswer, toTaskList } from '../wire/answers.ts'
import { EngineInput } from '../wire/common.ts'
import { toProjectJson } from '../wire/project.ts'
import { toCompactTaskJson } from '../wire/task.ts'
import { listTaskPage } from '../wire/task-page.ts'
import { Cursor, toCursor } from '../wire/task-query.ts'
import { fitPage } from './fit-page.ts'
import { instant, limit, projectKey, taskId } from './inputs.ts'
import { defineTool } from './tool.ts'

const pageSize = 50
const maxLabels = 50
const details = z.enum(['simple', 'compact', 'full'])
const nextPage = 'next_cursor of the page before'

/** The tools that only read. */
export const readTools = [
  defineTool({
    name: 'preq_list_tasks',
    description:
      'Lists tasks in board order. Without a status, done and archived tasks are included. If next_cursor is set, there are more.',
    kind: 'read',
    input: z.object({
      status: TaskStatusName.optional().describe('Only this status'),
      label: LabelName.optional().describe('Only with this label'),
      projectKey: projectKey.optional(),
      engine: EngineInput.optional().describe('Only tasks for this engine'),
      runState: z.enum(['queued', 'working', 'running']).optional().describe('Only in this run state'),
      q: text(200).optional().describe('Words in key, title or note'),
      detail: details.optional().describe('full: whole tasks and the board’s labels'),
      limit: limit(200),
      cursor: Cursor.optional().describe(nextPage),
    }),
    unlisted: { dispatchTarget: text(40).optional() },
    run: async ({ ctx, assignee }, { runState, detail, limit = pageSize, projectKey, ...filter }) => {
      await requireKnown(ctx, {
        projectKeys: projectKey === undefined ? [] : [projectKey],
        label: filter.label,
      })
      const page = await listTaskPage(ctx, { ...filter, projectKey, limit, run_state: runState })
      const isFull = detail === 'full'
      const rows = isFull
        ? fitPage(await toTaskList(ctx, page.tasks, assignee))
        : fitPage(page.tasks.map((task) => ({ ...toCompactTaskJson(task), project_key: task.project.key })))
      const last = page.tasks[rows.length - 1]
      return {
        count: rows.length,
        project_key: projectKey?.toUpperCase() ?? null,
        tasks: rows,
        ...(isFull ? { available_labels: await someLabels(ctx) } : {}),
        next_cursor: rows.length < page.tasks.length && last !== undefined ? toCursor(last) : page.next,
      }
    },
  }),
  defineTool({
    name: 'preq_get_task',
    description:
      "Gets one task in full: note, acceptance criteria, branch, latest result, the owner's feedback, and how the project wants work delivered.",
    kind: 'read',
    input: z.object({ taskId, detail: details.optional().describe('full: adds the board’s labels') }),
    run: async ({ ctx, assignee }, input) => {
      const { task } = await readTaskAnswer(ctx, input.taskId, assignee)
      return { task, ...(input.detail === 'full' ? { available_labels: await someLabels(ctx) } : {}) }
    },
  }),
  defineTool({
    name: 'preq_list_task_log',
    description: 'Lists earlier attempts and comments, oldest first.',
    kind: 'read',
    input: z.object({ taskId, limit: limit(200), cursor: z.guid().optional().describe(nextPage) }),
    run: async ({ ctx }, { taskId, limit = pageSize, cursor }) => {
      const { entries, nextCursor } = await listTaskLog(ctx, taskId, { limit, after: cursor })
      const rows = fitPage(entries)
      return {
        count: rows.length,
        entries: rows,
        next_cursor: rows.length < entries.length ? (rows.at(-1)?.id ?? null) : nextCursor,
      }
    },
  }),
  defineTool({
    name: 'preq_list_projects',
    description: 'Lists projects with their keys and repositories.',
    kind: 'read',
    input: z.object({}),
    run: async ({ ctx }) => {
      const projects = (await listProjects(ctx)).map((project) => {
        const { projectKey, name, repoUrl } = toProjectJson(project)
        // PREQSTATION's CLI maps repositories by `repoUrl`.
        return { key: projectKey, name, repo: project.repoUrl, repoUrl }
      })
      return { count: projects.length, projects }
    },
  }),
  defineTool({
    name: 'preq_get_project_settings',
    description: "Gets a project's deploy strategy and agent instructions, with defaults filled in.",
    kind: 'read',
    input: z.object({ projectKey }),
    run: async ({ ctx }, { projectKey }) => ({
      project_key: projectKey.toUpperCase(),
      settings: await getProjectSettings(ctx, projectKey),
    }),
  }),
  defineTool({
    name: 'preq_list_project_activity',
    description: 'Lists activity, newest first: tasks by their last change, and work logs.',
    kind: 'read',
    input: z.object({
      from: instant.optional().describe('ISO 8601 with an offset'),
      to: instant.optional().describe('ISO 8601 with an offset'),
      projectKeys: z.array(projectKey).max(100).optional().describe('Only these projects'),
      limit: limit(500),
      cursor: ActivityCursorInput.optional().describe(nextPage),
    }),
    run: async ({ ctx }, { limit = pageSize, cursor, projectKeys = [], ...filter }) => {
      await requireKnown(ctx, { projectKeys })
      const keys = projectKeys.length === 0 ? undefined : projectKeys.map((key) => key.toUpperCase())
      const page = { limit, after: cursor }
      const { activities, next } = await listActivity(ctx, { ...filter, projectKeys: keys }, page)
      const rows = fitPage(activities.map(toActivityJson))
      const last = rows.length < activities.length ? activities[rows.length - 1] : undefined
      const nextCursor = last === undefined ? next : { at: last.at, id: last.id }
      return {
        from: filter.from?.toISOString() ?? null,
        to: filter.to?.toISOString() ?? null,
        project_keys: keys ?? null,
        count: rows.length,
        has_more: nextCursor !== null,
        next_cursor: nextCursor && toActivityCursor(nextCursor),
        events: rows,
      }
    },
  }),
]

/** Throws `not-found` for unknown projects and labels, which would otherwise look like an empty list. */
export async function requireKnown(
  ctx: Ctx,
  named: { readonly projectKeys: readonly string[]; readonly label?: string | undefined },
): Promise<void> {
  for (const key of named.projectKeys) await requireProject(ctx, key)
  const { label } = named
  if (label === undefined) return
  const names = (await listLabels(ctx)).map(({ name }) => name)
  if (names.some((name) => name.toLowerCase() === label.toLowerCase())) return
  const known = names.length === 0 ? 'There are none.' : `Labels: ${names.slice(0, maxLabels).join(', ')}.`
  throw new DomainError('not-found', `No label ${label}. ${known}`, { labels: true })
}

async function someLabels(ctx: Ctx) {
  return (await availableLabels(ctx)).slice(0, maxLabels)
}
