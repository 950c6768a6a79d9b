import type { ApiDeps } from '../kit/deps.ts'
import type { ApiContext } from '../kit/env.ts'
import { pluginNames } from '../plugins/kit.ts'
import { skill } from '../plugins/skill.ts'
import type { Router } from './route.ts'

/** The paths of the agents' plugins. */
export const pluginPaths = ['/agents/*']

/** Adds the agents' plugins, Claude Code's marketplace and the skill. They are public: none holds a secret. */
export function addPluginRoutes({ app }: Router, { config }: ApiDeps): void {
  const load = () => import('../plugins/plugins.ts')
  const urlOf = (c: ApiContext) => config.publicUrl ?? new URL(c.req.url).origin
  for (const name of pluginNames)
    app.get(`/agents/${name}.zip`, async (c) => {
      const { buildPlugin } = await load()
      c.header('Content-Type', 'application/zip')
      // A copy, because the type of a body needs its own buffer.
      return c.body(new Uint8Array(buildPlugin(name, urlOf(c))))
    })
  app.get('/agents/marketplace.json', async (c) => c.json((await load()).marketplace(urlOf(c))))
  app.get('/agents/SKILL.md', (c) => {
    c.header('Content-Type', 'text/markdown; charset=utf-8')
    return c.body(skill)
  })
}
