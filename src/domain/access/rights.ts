import type { Actor } from '../core/actor.ts'
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
