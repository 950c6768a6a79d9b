import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A program's npm package, by exact version. */
export interface Package {
  readonly package: string
  readonly version: string
}

/** The folder in which the programs are installed; together they take 1.3 GB. */
export const agentsFolder =
  process.env.AGENTS_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'preqbot', 'agents')

/** Returns a path in an installed package. */
export function inPackage(...path: readonly string[]): string {
  return join(agentsFolder, 'node_modules', ...path)
}

function isInstalled({ package: name, version }: Package): boolean {
  const manifest = inPackage(name, 'package.json')
  if (!existsSync(manifest)) return false
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version === version
}

/** Installs missing packages. Throws with npm's reason, e.g. if the registry can't be reached. */
export function install(packages: readonly Package[], maxMs: number): void {
  if (packages.every(isInstalled)) return
  process.stderr.write(`Installing into ${agentsFolder} (1.3 GB, once) …\n`)
  mkdirSync(agentsFolder, { recursive: true })
  const names = packages.map(({ package: name, version }) => `${name}@${version}`)
  // No install script is needed: each program's binary is a package by itself.
  const { status, stderr, error } = spawnSync(
    'npm',
    ['install', '--prefix', agentsFolder, '--ignore-scripts', '--save-exact', '--no-audit', '--no-fund']
      .concat([
        '--loglevel=error',
        '--fetch-retries=1',
        '--fetch-retry-mintimeout=1000',
        '--fetch-retry-maxtimeout=2000',
      ])
      .concat(names),
    { encoding: 'utf8', timeout: maxMs },
  )
  if (status === 0 && packages.every(isInstalled)) return
  const reason = error?.message ?? stderr.trim().split('\n').slice(0, 4).join('\n')
  throw new Error(`npm could not install ${names.join(' ')}. Check the network and the registry.\n${reason}`)
}
