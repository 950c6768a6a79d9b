import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm'
import { type ProjectRow, projects } from '../../db/schema.ts'
import { requireProjectRight } from '../access/rights.ts'
import { DomainError } from '../core/errors.ts'
import { isInSight, type Scope } from '../core/scope.ts'
import { isSameRepo, normalizeRepo } from './repo.ts'

/** Lists the owner's projects by key, deleted ones only on request. */
export async function listProjects(
  scope: Scope,
  options: { readonly includeDeleted?: boolean } = {},
): Promise<ProjectRow[]> {
  return scope.db
    .select()
    .from(projects)
    .where(
      and(
        eq(projects.ownerId, scope.ownerId),
        isInSight(scope),
        options.includeDeleted ? undefined : isNull(projects.deletedAt),
      ),
    )
    .orderBy(asc(projects.projectKey))
}

/** Returns the project with this key, in any case. Throws `not-found`, also if it's deleted. */
export async function requireProject({ db, ownerId, actor }: Scope, key: string): Promise<ProjectRow> {
  const [project] = await db
    .select()
    .from(projects)
    .where(
      and(
        eq(projects.ownerId, ownerId),
        eq(projects.projectKey, key.toUpperCase()),
        isNull(projects.deletedAt),
      ),
    )
  if (project === undefined) throw noSuchProject(key)
  if (actor !== undefined) requireProjectRight(actor, project.projectKey)
  return project
}

export function noSuchProject(key: string): DomainError {
  return new DomainError('not-found', `No project ${key.slice(0, 40)}.`, { key })
}

/**
 * Finds the project of a repository: `owner/repo`, an https or ssh URL in any spelling, or exactly the stored value. If several
 * match, an exact match comes first, then one on the same host, then the oldest.
 */
export async function findProjectByRepo({ db, ownerId }: Scope, repo: string): Promise<ProjectRow | null> {
  const candidates = await db
    .select()
    .from(projects)
    .where(and(eq(projects.ownerId, ownerId), isNull(projects.deletedAt), isNotNull(projects.repoUrl)))
    .orderBy(asc(projects.createdAt), asc(projects.projectKey))
  const exact = candidates.find((project) => project.repoUrl === repo)
  const wanted = normalizeRepo(repo)
  if (exact !== undefined || wanted === null) return exact ?? null
  const same = candidates.flatMap((project) => {
    const stored = normalizeRepo(project.repoUrl ?? '')
    return stored !== null && isSameRepo(stored, wanted) ? [{ project, host: stored.host }] : []
  })
  return (same.find(({ host }) => host === wanted.host) ?? same[0])?.project ?? null
}
