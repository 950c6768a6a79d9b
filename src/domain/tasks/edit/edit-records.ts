import type { TaskChangeAction } from '../../core/audit/audit-meta.ts'
import type { NewEvent } from '../../core/events.ts'
import type { ParsedTaskEdit } from '../schemas.ts'
import { partAction } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'
import type { EditPlan } from './plan/plan-edit.ts'

export function namesOf({ status, runState, changedFields }: EditPlan): string[] {
  return [
    ...(status === null ? [] : ['status']),
    ...(runState === null ? [] : ['run_state']),
    ...changedFields.filter((field) => field !== 'snoozed_until'),
  ]
}

export function actionOf(edit: ParsedTaskEdit, plan: EditPlan, task: Task): TaskChangeAction {
  // A start by the agent that already works on the task is a heartbeat: the run continues.
  if (edit.lifecycle === 'start' && !plan.runStarts && runOf(task) !== null) return 'task.heartbeat'
  if (edit.lifecycle !== undefined) return `task.${edit.lifecycle}`
  if (plan.status !== null) return 'task.move'
  if (plan.runState !== null)
    return plan.runState.to === 'queued'
      ? 'task.queue'
      : plan.runState.to === 'running'
        ? 'task.claim'
        : task.runState === 'running'
          ? 'task.stop'
          : 'task.release'
  if (plan.snooze) return 'task.snooze'
  if (edit.isPart && plan.changedFields.length > 0) return partAction
  if (plan.changedFields.length > 0) return 'task.edit'
  return edit.comment === undefined ? 'task.result' : 'task.comment'
}

export function editEvents(task: Task, edit: ParsedTaskEdit, plan: EditPlan): NewEvent[] {
  const about = { entityId: task.key, projectId: task.project.id }
  const events: NewEvent[] = []
  const lifecycle = edit.lifecycle === undefined ? {} : { lifecycle: edit.lifecycle }
  if (plan.status !== null) {
    events.push({
      ...about,
      type: 'TASK_STATUS_CHANGED',
      payload: { ...plan.status, title: task.title, ...lifecycle },
    })
  }
  if (plan.changedFields.length > 0 || plan.runState !== null) {
    const changedFields = plan.runState === null ? plan.changedFields : [...plan.changedFields, 'run_state']
    const runState = plan.runState === null ? {} : { runState: plan.runState }
    events.push({
      ...about,
      type: 'TASK_UPDATED',
      payload: { changedFields, title: task.title, ...runState, ...lifecycle },
    })
  }
  return events
}
