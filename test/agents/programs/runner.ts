import type { Engine } from '../../../src/db/schema.ts'
import {
  buildRunner,
  createRepository,
  type SpawnedRunner,
  spawnProgram,
} from '../../runner/support/runner.ts'
import type { Connected, Home } from './program.ts'
import { environmentOf } from './start.ts'

interface Board {
  readonly engine: Engine
  readonly url: string
  readonly token: string
}

/** Starts the runner "mac" on a home's repository, with one program. The program gets its variables from the allow-list. */
export async function startRunner(
  home: Home,
  connected: Connected,
  { engine, url, token }: Board,
): Promise<SpawnedRunner> {
  await buildRunner()
  createRepository(home.repository)
  const env = environmentOf(home, connected)
  const toml = [
    'name = "mac"',
    `worktrees = "${home.folder}/worktrees"`,
    `state = "${home.folder}/state"`,
    `env = ${JSON.stringify(Object.keys(env))}`,
    '[projects]',
    `WEB = "${home.repository}"`,
    '[engines]',
    `${engine} = ${JSON.stringify(connected.file)}`,
  ]
  const file = home.write('runner.toml', toml.join('\n'))
  return spawnProgram(['--config', file], { url, token }, env)
}
