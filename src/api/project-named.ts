import { DomainError } from '../domain/errors.ts'
import { findProjectByRepo, requireProject } from '../domain/projects/read.ts'
import { requireTask, type Scope } from '../domain/tasks/read.ts'

/** How a request names a project: by its repository, or by its key in either spelling. */
interface ProjectName {
  readonly repo?: string | undefined
  readonly projectKey?: string | undefined
  readonly project_key?: string | undefined
}

export function namesProject({ repo, projectKey, project_key }: ProjectName): boolean {
  return Boolean(repo?.trim() || projectKey || project_key)
}

/** The project that a request names; the repository goes first. Throws `invalid` where there is none. */
export async function projectNamed(scope: Scope, name: ProjectName): Promise<{ readonly id: string }> {
  const key = name.projectKey ?? name.project_key
  if (name.repo?.trim()) {
    const project = await findProjectByRepo(scope, name.repo.trim())
    if (project !== null) return project
  } else if (key !== undefined) {
    const project = await requireProject(scope, key).catch(nullWhereMissing)
    if (project !== null) return project
  } else {
    throw new DomainError('invalid', 'Name the project by repo or projectKey.')
  }
  throw new DomainError('invalid', 'No project found for the given repo.')
}

/** Throws `invalid` where a request names another project than its task's, `not-found` where there is no task. */
export async function requireSameProject(scope: Scope, reference: string, name: ProjectName): Promise<void> {
  const task = await requireTask(scope, reference)
  const project = await projectNamed(scope, name)
  if (project.id !== task.project.id) {
    throw new DomainError('invalid', 'Only the owner can move a task to another project.')
  }
}

function nullWhereMissing(error: unknown): null {
  if (error instanceof DomainError && error.code === 'not-found') return null
  throw error
}
