import { editTask } from '../../domain/tasks/edit.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import { toTaskAnswer } from '../answers.ts'
import type { Caller } from './caller.ts'

/** Changes a task as an agent does. */
export async function changeTask(
  { ctx, assignee }: Caller,
  taskId: string,
  edit: TaskEdit,
): Promise<Record<string, unknown>> {
  const { task, refused } = await editTask(ctx, taskId, { ...edit, strictReady: true })
  if (refused !== undefined) throw refused
  return { ...(await toTaskAnswer(ctx, task, assignee)) }
}
