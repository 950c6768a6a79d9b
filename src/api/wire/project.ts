import { z } from '@hono/zod-openapi'
import type { listProjects } from '../../domain/projects/read.ts'
import { toRepoAddress } from '../../domain/projects/repo.ts'
import { Instant } from './common.ts'

type Project = Awaited<ReturnType<typeof listProjects>>[number]

/** A project as agents see it, in camelCase as PREQSTATION's clients expect. */
export const ProjectJson = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid(),
    projectKey: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    repoUrl: z.string().nullable(),
    vercelUrl: z.string().nullable(),
    status: z.enum(['active', 'paused', 'done']),
    priority: z.int(),
    bgImage: z.string().nullable(),
    bgImageCredit: z.unknown(),
    deletedAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Project')
export type ProjectJson = z.infer<typeof ProjectJson>

export function toProjectJson(project: Project): ProjectJson {
  return {
    id: project.id,
    ownerId: project.ownerId,
    projectKey: project.projectKey,
    name: project.name,
    description: project.description,
    repoUrl: toRepoAddress(project.repoUrl),
    vercelUrl: project.vercelUrl,
    status: project.status,
    priority: project.priority,
    bgImage: project.bgImage,
    bgImageCredit: project.bgImageCredit,
    deletedAt: project.deletedAt?.toISOString() ?? null,
    createdAt: project.createdAt.toISOString(),
    updatedAt: project.updatedAt.toISOString(),
  }
}
