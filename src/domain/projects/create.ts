import { and, eq } from 'drizzle-orm'
import { type ProjectRow, projects } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import { proposeKey } from './key.ts'
import { listProjects } from './read.ts'
import { NewProject } from './schemas.ts'

/** Creates a project. Throws `in-use` if another project, even a deleted one, has the key, and `invalid`. */
export async function createProject(ctx: Ctx, input: NewProject): Promise<ProjectRow> {
  const draft = parse(NewProject, input)
  return ctx.mutate(async (tx) => {
    const project = await insert(ctx, tx, draft)
    return {
      result: project,
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

type Draft = ReturnType<typeof NewProject.parse>

async function insert(ctx: Ctx, tx: Tx, { key, ...draft }: Draft): Promise<ProjectRow> {
  const now = ctx.now()
  for (;;) {
    const projectKey = key ?? proposeKey(draft.name, await takenKeys(ctx, tx))
    const [project] = await tx
      .insert(projects)
      .values({ ...draft, ownerId: ctx.ownerId, projectKey, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning()
    if (project !== undefined) return project
    if (key !== undefined) throw await keyInUse(ctx, tx, key)
  }
}

async function takenKeys(ctx: Ctx, tx: Tx): Promise<string[]> {
  const all = await listProjects({ db: tx, ownerId: ctx.ownerId }, { includeDeleted: true })
  return all.map((project) => project.projectKey)
}

async function keyInUse(ctx: Ctx, tx: Tx, key: string): Promise<DomainError> {
  const [holder] = await tx
    .select({ name: projects.name, deletedAt: projects.deletedAt })
    .from(projects)
    .where(and(eq(projects.ownerId, ctx.ownerId), eq(projects.projectKey, key)))
  const deleted = holder !== undefined && holder.deletedAt !== null
  return new DomainError(
    'in-use',
    deleted
      ? `${key} belongs to the deleted project “${holder.name}”. Restore it, or pick another key.`
      : `${key} is already used by “${holder?.name}”. Pick another key.`,
    { key, deleted },
  )
}

function givenFields({ key: _, ...fields }: Draft): string[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined || value === null ? [] : [field],
  )
}
