import type { NewEvent } from '../../core/events.ts'
import type { Task } from '../task.ts'

/** Returns the event of a task whose question was asked (`ask`), answered or ended. */
export function questionEvent({ key, title, project }: Task, lifecycle?: 'ask'): NewEvent {
  return {
    type: 'TASK_UPDATED',
    entityId: key,
    projectId: project.id,
    payload: { changedFields: ['question'], title, ...(lifecycle === undefined ? {} : { lifecycle }) },
  }
}
