import type { Ctx } from '../../domain/core/context.ts'
import type { Scope } from '../../domain/core/scope.ts'
import type { Label } from '../../domain/labels/label.ts'
import { listLabels } from '../../domain/labels/labels.ts'
import { readSettingsOf } from '../../domain/projects/stored-settings.ts'
import { readArtifacts, requireTaskDetail } from '../../domain/tasks/detail.ts'
import type { DetailWithLabels } from '../../domain/tasks/detail-after.ts'
import { recordFetched } from '../../domain/tasks/notes/feedback.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { LabelJson } from './common.ts'
import { type TaskJson, toTaskDetailJson, toTaskJson } from './task.ts'

export interface TaskAnswer {
  readonly task: TaskJson
  readonly available_labels: LabelJson[]
}

/** Builds the answer about one task: its details and the owner's labels. */
export function toTaskAnswer(detail: DetailWithLabels, assignee: string): TaskAnswer {
  return { task: toTaskDetailJson(detail, assignee), available_labels: detail.boardLabels.map(toLabelJson) }
}

/** Reads the answer about a task by key or UUID and marks its comments as fetched. Throws `not-found`. */
export async function readTaskAnswer(ctx: Ctx, reference: string, assignee: string): Promise<TaskAnswer> {
  const detail = await requireTaskDetail(ctx, reference)
  const isHeard = await recordFetched(ctx, detail)
  return toTaskAnswer(isHeard ? await requireTaskDetail(ctx, reference) : detail, assignee)
}

/** Asks a verb for the detail of single-task answers. */
export const withDetail = { withDetail: true } as const

/** Returns the detail of a verb that was asked for it. */
export function requireDetail(detail: DetailWithLabels | null | undefined): DetailWithLabels {
  if (detail == null) throw new Error('the verb returned no detail')
  return detail
}

/** Builds the tasks of a list answer. */
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

/** Lists the owner's labels. */
export async function availableLabels(scope: Scope): Promise<LabelJson[]> {
  return (await listLabels(scope)).map(toLabelJson)
}

function toLabelJson({ name, color }: Label): LabelJson {
  return { name, color }
}
