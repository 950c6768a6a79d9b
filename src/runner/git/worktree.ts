import { existsSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Git, openGit, RunFailure } from './git.ts'

// A task may start without the newest commits; it must not hang on a network.
const maxFetchMs = 30_000

/** A task's worktree. */
export interface Worktree {
  readonly folder: string
  /** The branch or commit from which changed files are counted. */
  readonly base: string
  readonly hasRemote: boolean
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
  const { git, head } = await openRepository(project, repository)
  const remote = await remoteOf(git)
  if (remote !== null) await fetchRemote(git, { remote, log: options.log })
  const folder = join(root, project, taskKey.toLowerCase())
  const [places, refs, base] = await Promise.all([
    listWorktrees(git),
    git.run([
      'for-each-ref',
      '--format=%(refname)',
      `refs/heads/${branch}`,
      `refs/remotes/${remote}/${branch}`,
    ]),
    findBase(git, { given: options.base, remote }),
  ])
  const startPoint = base ?? (await git.ask(['symbolic-ref', '--short', 'HEAD'])) ?? head
  const isLocal = refs.split('\n').includes(`refs/heads/${branch}`)
  const isRemote = refs.split('\n').includes(`refs/remotes/${remote}/${branch}`)
  const place = places.find((one) => one.branch === branch)

  if (place === undefined || !existsSync(place.folder)) {
    // The folder of a worktree was deleted by hand; its entry in git must not stop the task.
    const command = ['worktree', 'add', '--quiet', ...(place === undefined ? [] : ['--force'])]
    if (isLocal) command.push(folder, branch)
    else if (isRemote) command.push('--track', '-b', branch, folder, `${remote}/${branch}`)
    else command.push('--no-track', '-b', branch, folder, startPoint)
    await addWorktree(git, { folder, command })
  } else if ((await realPathOf(place.folder)) !== (await realPathOf(folder)))
    throw new RunFailure(
      `The branch ${branch} is checked out in ${place.folder}. Check out another branch there, then queue the task again.`,
    )
  if (isLocal && isRemote) await forward(openGit(folder), `${remote}/${branch}`)
  return { folder, base: startPoint, hasRemote: remote !== null }
}

/** Opens a project's repository, with the commit of its checkout. Throws a `RunFailure` if its folder isn't one. */
export async function openRepository(
  project: string,
  folder: string,
): Promise<{ readonly git: Git; readonly head: string }> {
  if (!existsSync(folder))
    throw new RunFailure(
      `The folder ${folder} of project ${project} doesn't exist. Correct it in runner.toml, then queue the task again.`,
    )
  const git = openGit(folder)
  const head = await git.ask(['rev-parse', '--verify', '--quiet', '--short', 'HEAD'])
  if (head !== null) return { git, head }
  // Throws if git isn't installed.
  await git.run(['--version'])
  if ((await git.ask(['rev-parse', '--git-dir'])) === null)
    throw new RunFailure(
      `${folder} isn't a git repository. Run git init there or correct runner.toml, then queue the task again.`,
    )
  throw new RunFailure(`${folder} has no commit yet. Make the first one, then queue the task again.`)
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

/** Returns the newer of the local and the remote default branch; null if git doesn't know which branch that is. */
export async function findBase(
  git: Git,
  { given, remote }: { readonly given: string | null; readonly remote: string | null },
): Promise<string | null> {
  const head =
    remote === null || given !== null
      ? null
      : await git.ask(['symbolic-ref', '--short', `refs/remotes/${remote}/HEAD`])
  const name = given ?? head?.slice(`${remote}/`.length) ?? null
  if (name === null) return null
  const local = (await exists(git, `refs/heads/${name}`)) ? name : null
  const isTracked = remote !== null && (await exists(git, `refs/remotes/${remote}/${name}`))
  const fromRemote = isTracked ? `${remote}/${name}` : null
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

async function fetchRemote(
  git: Git,
  { remote, log }: { readonly remote: string; readonly log: WorktreeOptions['log'] },
): Promise<void> {
  try {
    await git.run(['fetch', '--quiet', '--no-write-fetch-head', remote], maxFetchMs)
  } catch (error) {
    log(`${(error as Error).message}\nThe task starts with the commits that are here.`)
  }
}

async function addWorktree(
  git: Git,
  { folder, command }: { readonly folder: string; readonly command: readonly string[] },
): Promise<void> {
  if (existsSync(folder))
    throw new RunFailure(
      `The folder ${folder} is in the way: it isn't a worktree of ${git.folder}. Move it, then queue the task again.`,
    )
  await mkdir(dirname(folder), { recursive: true })
  try {
    await git.run(command)
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
