import { DomainError } from '../../domain/core/errors.ts'
import type { Scope } from '../../domain/core/scope.ts'
import { findProjectByRepo, requireProject } from '../../domain/projects/read.ts'
import { requireTask } from '../../domain/tasks/read.ts'

/** How a request names a project: by repository, or by key in either spelling. */
interface ProjectName {
  readonly repo?: string | undefined
  readonly projectKey?: string | undefined
  readonly project_key?: string | undefined
}

export function namesProject({ repo, projectKey, project_key }: ProjectName): boolean {
  return Boolean(repo?.trim() || projectKey || project_key)
}

/** Returns the project that a request names. Throws `invalid` if it doesn't exist, or if repository and key disagree. */
export async function requireNamedProject(scope: Scope, name: ProjectName): Promise<{ readonly id: string }> {
  const key = name.projectKey ?? name.project_key
  const repo = name.repo?.trim()
  if (!repo && key === undefined) throw new DomainError('invalid', 'Name the project by repo or projectKey.')
  const project = repo
    ? await findProjectByRepo(scope, repo)
    : await requireProject(scope, key ?? '').catch(nullIfMissing)
  if (project === null) throw new DomainError('invalid', 'No project found for the given repo.')
  if (key !== undefined && key.toUpperCase() !== project.projectKey)
    throw new DomainError(
      'invalid',
      `${repo} is ${project.projectKey}, not ${key.toUpperCase()}. Send one of them.`,
    )
  return project
}

/** Throws `invalid` if a request names another project than its task's, `not-found` if the task doesn't exist. */
export async function requireSameProject(scope: Scope, reference: string, name: ProjectName): Promise<void> {
  const task = await requireTask(scope, reference)
  const project = await requireNamedProject(scope, name)
  if (project.id !== task.project.id) {
    throw new DomainError('invalid', 'Only the owner can move a task to another project.')
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof DomainError && error.code === 'not-found') return null
  throw error
}
