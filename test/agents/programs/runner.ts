import { join } from 'node:path'
import type { Engine } from '../../../src/db/schema.ts'
import {
  buildRunner,
  createRepository,
  type SpawnedRunner,
  spawnProgram,
  writeToml,
} from '../../runner/support/runner.ts'
import type { Connected, Home } from './program.ts'
import { environmentOf } from './start.ts'

interface Board {
  readonly engine: Engine
  readonly url: string
  readonly token: string
}

/** Starts the runner "mac" on a home's repository, with a program that gets its variables from the allow-list. */
export async function startRunner(
  { folder, repository, ...home }: Home,
  connected: Connected,
  { engine, ...board }: Board,
): Promise<SpawnedRunner> {
  await buildRunner()
  createRepository(repository)
  const env = environmentOf({ folder, repository, ...home }, connected)
  const file = writeToml(
    { folder, repository, worktrees: join(folder, 'worktrees') },
    { name: 'mac', env: Object.keys(env), engines: { [engine]: connected.file } },
  )
  return spawnProgram(['--config', file], board, env)
}
