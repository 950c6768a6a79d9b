import type { Actor, RunScope } from '../core/actor.ts'
import { DomainError } from '../core/errors.ts'
import type { TaskStatus } from '../core/task-values.ts'

/** Tests whether an actor sees a project. */
export function seesProject(actor: Actor, projectKey: string): boolean {
  if (actor.kind !== 'agent' || !actor.projectKeys) return true
  return actor.projectKeys.includes(projectKey)
}

/** Throws `forbidden` for a project outside the actor's token. */
export function requireProjectRight(actor: Actor, projectKey: string): void {
  if (seesProject(actor, projectKey) || actor.kind !== 'agent') return
  const keys = (actor.projectKeys ?? []).join(', ')
  throw new DomainError(
    'forbidden',
    `This token is limited to ${keys}. The owner can make one for ${projectKey} in /agents.`,
    { projectKey },
  )
}

/** Throws `forbidden` for any other task than that of the actor's run-scoped token. */
export function requireRunTask(actor: Actor, task: { readonly id: string }): void {
  if (actor.kind !== 'agent' || actor.run === undefined || actor.run.taskId === task.id) return
  throw outsideRun(actor.run)
}

/** Builds the refusal of what a run-scoped token may not do. */
export function outsideRun({ taskKey }: RunScope): DomainError {
  return new DomainError(
    'forbidden',
    `This token belongs to the run of ${taskKey}: it may only work on that task. The owner does anything else, in the chat.`,
    { run: taskKey },
  )
}

/** Throws `forbidden` if this status closes a task and the actor's token may not. */
export function requireClosingRight(actor: Actor, status: TaskStatus | null): void {
  if (actor.kind !== 'agent' || actor.rights !== 'work') return
  if (status !== 'done' && status !== 'archived') return
  throw new DomainError(
    'forbidden',
    'This token may not accept or archive tasks: the owner does, in the chat. Complete the task instead.',
    { rights: 'work' },
  )
}
