import { editTask } from '../../domain/tasks/edit.ts'
import { requireTask } from '../../domain/tasks/read.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import type { Engine } from '../../domain/tasks/task.ts'
import { toTaskAnswer } from '../answers.ts'
import type { Caller } from './caller.ts'

/** Changes a task as an agent does. The engine is the one given, else the task's, else the client's own. */
export async function changeTask(
  caller: Caller,
  taskId: string,
  engine: Engine | undefined,
  edit: TaskEdit,
): Promise<Record<string, unknown>> {
  const { ctx } = caller
  const acting =
    engine ?? (caller.engine === null ? undefined : await ownEngine(caller, taskId, caller.engine))
  const { task } = await editTask(ctx, taskId, { ...edit, engine: acting, strictReady: true })
  return { ...(await toTaskAnswer(ctx, task, caller.assignee)) }
}

async function ownEngine({ ctx }: Caller, taskId: string, engine: Engine): Promise<Engine | undefined> {
  return (await requireTask(ctx, taskId)).engine === null ? engine : undefined
}
