import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { type RunnerConfig, stateFolderOf } from './config.ts'
import { openGit } from './git/git.ts'
import { listWorktrees, openRepository, remoteOf } from './git/worktree.ts'
import { openState } from './state.ts'

interface Found {
  readonly project: string
  readonly repository: string
  readonly folder: string
  /** Why it stays; null if it can be removed. */
  readonly reason: string | null
}

/** Lists the runner's worktrees, and removes those whose work is saved elsewhere once that is confirmed. Branches stay. */
export async function cleanWorktrees(
  config: RunnerConfig,
  { isConfirmed }: { readonly isConfirmed: boolean },
): Promise<string> {
  const found = (
    await Promise.all(Object.keys(config.projects).map((key) => findWorktrees(config, key)))
  ).flat()
  if (found.length === 0) return 'There are no worktrees.'
  const lines: string[] = []
  for (const worktree of found) lines.push(await cleanOne(worktree, isConfirmed))
  const isLeft = !isConfirmed && found.some(({ reason }) => reason === null)
  if (isLeft) lines.push('Nothing was removed. Run npm run runner -- clean --yes to remove these worktrees.')
  return lines.join('\n')
}

async function cleanOne({ repository, folder, reason }: Found, isConfirmed: boolean): Promise<string> {
  if (reason !== null) return `keep    ${folder}: ${reason}`
  if (!isConfirmed) return `remove  ${folder}`
  // Without --force, git checks again that nothing is lost.
  await openGit(repository).run(['worktree', 'remove', folder])
  return `removed ${folder}`
}

async function findWorktrees(config: RunnerConfig, project: string): Promise<Found[]> {
  const repository = config.projects[project] ?? ''
  if (!existsSync(repository) || !existsSync(config.worktrees)) return []
  const { git } = await openRepository(project, repository)
  const root = await realpath(config.worktrees)
  const working = openState(stateFolderOf(config))
    .savedRuns()
    .flatMap(({ worktree }) => worktree ?? [])
  const folders = (await listWorktrees(git))
    .map(({ folder }) => folder)
    .filter((folder) => folder.startsWith(`${root}${sep}`) && existsSync(folder))
  return Promise.all(
    folders.map(async (folder) => {
      const isWorking = (
        await Promise.all(working.filter(existsSync).map((path) => realpath(path)))
      ).includes(folder)
      const reason = isWorking ? 'an agent works in it' : await reasonToKeep(folder)
      return { project, repository, folder, reason }
    }),
  )
}

/** Returns why a worktree holds work that is nowhere else; null if it doesn't. */
async function reasonToKeep(folder: string): Promise<string | null> {
  const git = openGit(folder)
  const changes = await git.run(['status', '--porcelain'])
  if (changes !== '') return 'it has uncommitted changes'
  // Without a remote, another branch must have the commits.
  const remote = await remoteOf(git)
  const own = await git.run(['branch', '--show-current'])
  const others = remote === null ? [`--exclude=${own}`, '--branches'] : [`--remotes=${remote}`]
  const count = await git.run(['rev-list', '--count', 'HEAD', '--not', ...others])
  if (count === '0') return null
  const commits = count === '1' ? '1 commit is' : `${count} commits are`
  return remote === null ? `${commits} on no other branch` : `${commits} not pushed`
}
