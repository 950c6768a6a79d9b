import type { Ctx } from '../../domain/core/context.ts'
import type { Scope } from '../../domain/core/scope.ts'
import type { Label } from '../../domain/labels/label.ts'
import { listLabels } from '../../domain/labels/labels.ts'
import { readSettingsOf } from '../../domain/projects/stored-settings.ts'
import { noteFetched } from '../../domain/tasks/notes/feedback.ts'
import {
  type DetailWithLabels,
  readArtifacts,
  readDetail,
  requireTaskDetail,
} from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { LabelJson } from './common.ts'
import { type TaskJson, toTaskDetailJson, toTaskJson } from './task.ts'

export interface TaskAnswer {
  readonly task: TaskJson
  readonly available_labels: LabelJson[]
}

/** What is said of one task: all of it, and the labels there are. */
export async function toTaskAnswer(scope: Scope, task: Task, assignee: string): Promise<TaskAnswer> {
  return toAnswer(await readDetail(scope, task), assignee)
}

/** The same of a task that is named by its key or uuid, whose comments the agent then has; throws `not-found`. */
export async function readTaskAnswer(ctx: Ctx, reference: string, assignee: string): Promise<TaskAnswer> {
  const detail = await requireTaskDetail(ctx, reference)
  await noteFetched(ctx, detail)
  return toAnswer(detail, assignee)
}

/** Notes that an answer gave an agent the comments on its task. */
export async function noteAnswered(ctx: Ctx, task: Task): Promise<void> {
  await noteFetched(ctx, await readDetail(ctx, task))
}

function toAnswer(detail: DetailWithLabels, assignee: string): TaskAnswer {
  return { task: toTaskDetailJson(detail, assignee), available_labels: detail.boardLabels.map(toLabelJson) }
}

/** Tasks for a list. */
export async function toTaskList(
  scope: Scope,
  tasks: readonly Task[],
  assignee: string,
): Promise<TaskJson[]> {
  const settings = await readSettingsOf(
    scope.db,
    tasks.map((task) => task.project.id),
  )
  const artifacts = await readArtifacts(scope, tasks)
  return tasks.map((task) =>
    toTaskJson(task, {
      settings: settings.get(task.project.id),
      artifacts: artifacts.get(task.id),
      assignee,
    }),
  )
}

/** The owner's labels as agents see them. */
export async function availableLabels(scope: Scope): Promise<LabelJson[]> {
  return (await listLabels(scope)).map(toLabelJson)
}

function toLabelJson({ name, color }: Label): LabelJson {
  return { name, color }
}
