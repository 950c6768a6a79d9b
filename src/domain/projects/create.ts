import { randomUUID } from 'node:crypto'
import { type ProjectRow, projects } from '../../db/schema.ts'
import { insert } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import { proposeKey } from './key.ts'
import { listProjects } from './read.ts'
import { NewProject } from './schemas.ts'

/** Creates a project. Throws `in-use` if another project, even a deleted one, has the key, and `invalid`. */
export async function createProject(ctx: Ctx, input: NewProject): Promise<ProjectRow> {
  const { key, ...draft } = parse(NewProject, input)
  return ctx.commit(async (db) => {
    const existing = await listProjects({ db, ownerId: ctx.ownerId }, { includeDeleted: true })
    const holder = existing.find(({ projectKey }) => projectKey === key)
    if (holder !== undefined) throw keyInUse(holder)
    const taken = existing.map(({ projectKey }) => projectKey)
    const now = ctx.now()
    const project: ProjectRow = {
      id: randomUUID(),
      ownerId: ctx.ownerId,
      projectKey: key ?? proposeKey(draft.name, taken),
      name: draft.name,
      description: draft.description ?? null,
      repoUrl: draft.repoUrl ?? null,
      vercelUrl: draft.vercelUrl ?? null,
      status: draft.status ?? 'active',
      priority: draft.priority ?? 2,
      bgImage: draft.bgImage ?? null,
      bgImageCredit: null,
      deletedAt: null,
      createdAt: now,
      updatedAt: now,
    }
    return {
      result: project,
      rows: [insert(projects, project)],
      events: [
        {
          type: 'PROJECT_CREATED',
          entityId: project.projectKey,
          projectId: project.id,
          payload: { name: project.name, fields: givenFields(draft) },
        },
      ],
      audit: [
        {
          action: 'project.create',
          targetType: 'project',
          targetId: project.projectKey,
          meta: { projectId: project.id, name: project.name },
        },
      ],
    }
  })
}

function keyInUse({ projectKey: key, name, deletedAt }: ProjectRow): DomainError {
  const deleted = deletedAt !== null
  return new DomainError(
    'in-use',
    deleted
      ? `${key} belongs to the deleted project “${name}”. Restore it, or pick another key.`
      : `${key} is already used by “${name}”. Pick another key.`,
    { key, deleted },
  )
}

function givenFields(fields: object): string[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined || value === null ? [] : [field],
  )
}
