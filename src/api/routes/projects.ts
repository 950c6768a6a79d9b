import { createRoute, z } from '@hono/zod-openapi'
import { projectSettingKeys } from '../../domain/projects/project-settings.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { getProjectSettings } from '../../domain/projects/settings.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { ProjectKeyInput } from '../wire/common.ts'
import { ProjectJson, toProjectJson } from '../wire/project.ts'
import { addRoute, answers, type Router, security } from './route.ts'

const common = { security, tags: ['Projects'] }

const list = createRoute({
  ...common,
  method: 'get',
  path: '/api/projects',
  summary: 'List projects',
  responses: answers(
    { status: 200, description: 'The projects', schema: z.object({ projects: z.array(ProjectJson) }) },
    [],
  ),
})
const settings = createRoute({
  ...common,
  method: 'get',
  path: '/api/projects/{key}/settings',
  summary: "Get a project's settings, with defaults filled in",
  request: { params: z.object({ key: ProjectKeyInput }) },
  responses: answers(
    {
      status: 200,
      description: 'The settings',
      schema: z.object({ settings: z.record(z.enum(projectSettingKeys), z.string()) }),
    },
    [404],
  ),
})

/** Adds the project routes. */
export function addProjectRoutes(router: Router, deps: ApiDeps): void {
  addRoute(router, list, async (c) =>
    c.json({ projects: (await listProjects(createAgentCtx(deps, c))).map(toProjectJson) }),
  )
  addRoute(router, settings, async (c) =>
    c.json({ settings: await getProjectSettings(createAgentCtx(deps, c), c.req.valid('param').key) }),
  )
}
