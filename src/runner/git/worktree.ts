import { existsSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Git, openGit, RunFailure } from './git.ts'

// A task may start without the newest commits; it must not hang on a network.
const maxFetchMs = 30_000

/** A task's worktree. */
export interface Worktree {
  readonly folder: string
  readonly branch: string
  /** The commit from which changed files are counted. */
  readonly base: string
  /** Whether the branch was there before this run. */
  readonly isResumed: boolean
}

export interface WorktreeOptions {
  /** The project's key. */
  readonly project: string
  /** The project's own checkout, which is never changed. */
  readonly repository: string
  /** The folder that contains all worktrees. */
  readonly root: string
  readonly taskKey: string
  readonly branch: string
  /** The default branch; null: git knows. */
  readonly base: string | null
  readonly log: (sentence: string) => void
}

/** Opens the worktree of a task, on its branch. Throws a `RunFailure` that says what to do. */
export async function openWorktree(options: WorktreeOptions): Promise<Worktree> {
  const { project, repository, root, taskKey, branch } = options
  const git = await openRepository(project, repository)
  await fetchRemote(git, options.log)
  const folder = join(root, project, taskKey.toLowerCase())
  const startPoint = await findBase(git, options.base)
  const remote = await remoteOf(git)
  const isLocal = await exists(git, `refs/heads/${branch}`)
  const isRemote = remote !== null && (await exists(git, `refs/remotes/${remote}/${branch}`))
  const place = (await listWorktrees(git)).find((one) => one.branch === branch)

  if (place === undefined || !existsSync(place.folder))
    await addWorktree(git, {
      folder,
      // The folder of a worktree was deleted by hand; its entry in git must not stop the task.
      force: place !== undefined,
      args: isLocal
        ? [branch]
        : isRemote
          ? ['--track', '-b', branch, `${remote}/${branch}`]
          : ['--no-track', '-b', branch, startPoint],
    })
  else if ((await realPathOf(place.folder)) !== (await realPathOf(folder)))
    throw new RunFailure(
      `The branch ${branch} is checked out in ${place.folder}. Check out another branch there, then queue the task again.`,
    )
  if (isLocal && isRemote) await forward(openGit(folder), `${remote}/${branch}`)
  const base = await openGit(folder).ask(['merge-base', 'HEAD', startPoint])
  return { folder, branch, base: base ?? startPoint, isResumed: isLocal || isRemote }
}

/** Opens a project's repository. Throws a `RunFailure` if its folder isn't one. */
export async function openRepository(project: string, folder: string): Promise<Git> {
  if (!existsSync(folder))
    throw new RunFailure(
      `The folder ${folder} of project ${project} doesn't exist. Correct it in runner.toml, then queue the task again.`,
    )
  const git = openGit(folder)
  // Throws if git isn't installed.
  await git.run(['--version'])
  if ((await git.ask(['rev-parse', '--git-dir'])) === null)
    throw new RunFailure(
      `${folder} isn't a git repository. Run git init there or correct runner.toml, then queue the task again.`,
    )
  if ((await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD'])) === null)
    throw new RunFailure(`${folder} has no commit yet. Make the first one, then queue the task again.`)
  return git
}

/** Counts the files that differ from the base, with uncommitted and new ones. */
export async function countChangedFiles({ folder, base }: Worktree): Promise<number> {
  const git = openGit(folder)
  const committed = await git.ask(['diff', '--name-only', '-z', `${base}...HEAD`])
  const changed = await git.ask(['diff', '--name-only', '-z', 'HEAD'])
  const added = await git.ask(['ls-files', '--others', '--exclude-standard', '-z'])
  const names = [committed, changed, added].flatMap((list) => (list ?? '').split('\0'))
  return new Set(names.filter((name) => name !== '')).size
}

/** Lists a repository's worktrees; the first is its own checkout. */
export async function listWorktrees(
  git: Git,
): Promise<{ readonly folder: string; readonly branch: string | null }[]> {
  const output = await git.run(['worktree', 'list', '--porcelain'])
  return output.split('\n\n').flatMap((entry) => {
    const [, folder] = /^worktree (.+)$/m.exec(entry) ?? []
    const [, branch] = /^branch refs\/heads\/(.+)$/m.exec(entry) ?? []
    return folder === undefined ? [] : { folder, branch: branch ?? null }
  })
}

/** Returns the remote to fetch from: origin, or else the first one; null without one. */
export async function remoteOf(git: Git): Promise<string | null> {
  const names = ((await git.ask(['remote'])) ?? '').split('\n').filter((name) => name !== '')
  return names.includes('origin') ? 'origin' : (names[0] ?? null)
}

/** Returns the start point of a new branch: the newer of the local and the remote default branch. */
export async function findBase(git: Git, given: string | null): Promise<string> {
  const remote = await remoteOf(git)
  const head =
    remote === null ? null : await git.ask(['symbolic-ref', '--short', `refs/remotes/${remote}/HEAD`])
  const name = given ?? head?.slice(`${remote}/`.length) ?? null
  if (name === null) return 'HEAD'
  const local = (await exists(git, `refs/heads/${name}`)) ? name : null
  const tracked = `refs/remotes/${remote}/${name}`
  const fromRemote = remote !== null && (await exists(git, tracked)) ? `${remote}/${name}` : null
  if (local !== null && fromRemote !== null) {
    const isAhead = await git.ask(['merge-base', '--is-ancestor', fromRemote, local])
    return isAhead === null ? fromRemote : local
  }
  const found = fromRemote ?? local
  if (found !== null) return found
  throw new RunFailure(
    `${git.folder} has no branch ${name}. Correct the project's default branch, then queue the task again.`,
  )
}

async function fetchRemote(git: Git, log: WorktreeOptions['log']): Promise<void> {
  const remote = await remoteOf(git)
  if (remote === null) return
  try {
    await git.run(['fetch', '--quiet', '--no-write-fetch-head', remote], maxFetchMs)
  } catch (error) {
    log(`${(error as Error).message}\nThe task starts with the commits that are here.`)
  }
}

async function addWorktree(
  git: Git,
  {
    folder,
    force,
    args,
  }: { readonly folder: string; readonly force: boolean; readonly args: readonly string[] },
): Promise<void> {
  if (existsSync(folder))
    throw new RunFailure(
      `The folder ${folder} is in the way: it isn't a worktree of ${git.folder}. Move it, then queue the task again.`,
    )
  await mkdir(dirname(folder), { recursive: true })
  const [first = '', ...rest] = args
  const isOption = first.startsWith('-')
  const command = ['worktree', 'add', '--quiet', ...(force ? ['--force'] : [])]
  try {
    await git.run(
      isOption ? [...command, ...args.slice(0, -1), folder, rest.at(-1) ?? ''] : [...command, folder, first],
    )
  } catch (error) {
    // A failed hook leaves a worktree behind. It has nothing but what git and the hook put there.
    await git.ask(['worktree', 'remove', '--force', folder])
    throw error
  }
}

// Commits that only the remote has; a branch that went its own way stays as it is.
async function forward(git: Git, remoteBranch: string): Promise<void> {
  await git.ask(['merge', '--ff-only', '--quiet', remoteBranch])
}

async function exists(git: Git, ref: string): Promise<boolean> {
  return (await git.ask(['show-ref', '--verify', '--quiet', ref])) !== null
}

async function realPathOf(folder: string): Promise<string> {
  return existsSync(folder) ? realpath(folder) : folder
}
