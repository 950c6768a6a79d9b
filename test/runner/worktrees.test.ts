import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useDesk } from './support/runner.ts'

const desk = useDesk()
const branch = 'task/web-1/fix-the-login'
const commit = "run git commit --quiet --allow-empty --message='Fix it'"
const done = 'complete Done.'

/** Queues WEB-1 and waits for the end of its run. */
async function work(steps: readonly string[] = [commit, done], more: object = {}) {
  const { board } = desk()
  board.queue({ key: 'WEB-1', steps, ...more })
  const run = await board.until(() => board.runs.find(({ outcome }) => outcome !== null))
  return { outcome: run.outcome, reason: run.result?.reason ?? '' }
}

/** Makes a bare copy of the repository its remote. */
function addRemote(): string {
  const { folder, repository, git } = desk()
  const remote = join(folder, 'remote.git')
  git(folder, 'clone', '--quiet', '--bare', repository, remote)
  git(repository, 'remote', 'add', 'origin', remote)
  git(repository, 'fetch', '--quiet')
  git(repository, 'remote', 'set-head', 'origin', 'main')
  return remote
}

/** Commits to a branch of the remote from another clone. */
function pushFromElsewhere(remote: string, name: string): void {
  const { folder, git } = desk()
  const clone = join(folder, `clone-${name.replaceAll('/', '-')}`)
  git(folder, 'clone', '--quiet', remote, clone)
  git(clone, 'checkout', '--quiet', '-B', name)
  git(
    clone,
    '-c',
    'user.name=Bo',
    '-c',
    'user.email=bo@example.com',
    'commit',
    '-qm',
    'Elsewhere',
    '--allow-empty',
  )
  git(clone, 'push', '--quiet', 'origin', name)
}

const worktree = () => join(desk().worktrees, 'WEB', 'web-1')

describe('a worktree', () => {
  test('leaves a dirty checkout as it is', async () => {
    const { repository, git, start } = desk()
    git(repository, 'checkout', '--quiet', '-b', 'mine')
    writeFileSync(join(repository, 'README.md'), '# Changed\n')
    writeFileSync(join(repository, 'new.md'), 'new\n')
    git(repository, 'add', 'new.md')
    const before = git(repository, 'status', '--porcelain', '--branch')
    start()

    expect(await work()).toMatchObject({ outcome: 'completed' })

    expect(git(repository, 'status', '--porcelain', '--branch')).toBe(before)
    expect(readFileSync(join(repository, 'README.md'), 'utf8')).toBe('# Changed\n')
    expect(git(repository, 'stash', 'list')).toBe('')
    expect(git(worktree(), 'show', 'HEAD:README.md')).toBe('# Website')
  })

  test('resumes a local branch', async () => {
    const { repository, git, start } = desk()
    git(repository, 'checkout', '--quiet', '-b', branch)
    git(repository, 'commit', '--quiet', '--allow-empty', '--message=Earlier')
    git(repository, 'checkout', '--quiet', 'main')
    start()

    expect(await work()).toMatchObject({ outcome: 'completed' })

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nEarlier\nStart')
  })

  test('is used again by the next run of its task, with what was not committed', async () => {
    const { board, git, start } = desk()
    start()
    await work(['run echo half > draft.md', 'block Which color?'])

    board.queue({ key: 'WEB-1', attempt: 2, steps: [commit, done] })
    await board.until(() => board.runs[1]?.outcome)

    expect(readFileSync(join(worktree(), 'draft.md'), 'utf8')).toBe('half\n')
    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nStart')
  })

  test('starts from the newest default branch of the remote', async () => {
    const { git, start } = desk()
    pushFromElsewhere(addRemote(), 'main')
    start()

    await work()

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nElsewhere\nStart')
  })

  test('starts from the local default branch if that is ahead of the remote', async () => {
    const { repository, git, start } = desk()
    addRemote()
    git(repository, 'commit', '--quiet', '--allow-empty', '--message=Not pushed')
    start()

    await work()

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nNot pushed\nStart')
  })

  test('starts from the branch that the project names', async () => {
    const { repository, git, start } = desk()
    git(repository, 'branch', 'develop')
    git(repository, 'commit', '--quiet', '--allow-empty', '--message=Only on main')
    start()

    await work([commit, done], { base: 'develop' })

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nStart')
  })

  test('resumes a branch that only the remote has', async () => {
    const { git, start } = desk()
    pushFromElsewhere(addRemote(), branch)
    start()

    await work()

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nElsewhere\nStart')
    expect(git(worktree(), 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe(`origin/${branch}`)
  })

  test('gets the commits that the remote has on top of a local branch', async () => {
    const { repository, git, start } = desk()
    git(repository, 'branch', branch)
    pushFromElsewhere(addRemote(), branch)
    start()

    await work()

    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nElsewhere\nStart')
  })

  test('is made without the remote if that cannot be reached', async () => {
    const { folder, repository, git, start, log } = desk()
    git(repository, 'remote', 'add', 'origin', join(folder, 'nowhere.git'))
    start()

    expect(await work()).toMatchObject({ outcome: 'completed' })

    expect(log.join('\n')).toContain('The task starts with the commits that are here.')
  })

  test('is made again if its folder was deleted', async () => {
    const { board, git, start } = desk()
    start()
    await work()
    rmSync(worktree(), { recursive: true })

    board.queue({ key: 'WEB-1', attempt: 2, steps: [done] })
    const run = await board.until(() => board.runs[1]?.outcome && board.runs[1])

    expect(run).toMatchObject({ outcome: 'completed' })
    expect(git(worktree(), 'log', '--format=%s')).toBe('Fix it\nStart')
  })
})

describe('a task is blocked with a sentence', () => {
  test('if a hook fails, and nothing of the failed worktree is left', async () => {
    const { repository, git, start } = desk()
    const hook = join(repository, '.git', 'hooks', 'post-checkout')
    writeFileSync(hook, '#!/bin/sh\necho "no node_modules here" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    start()

    const { outcome, reason } = await work()

    expect(outcome).toBe('blocked')
    expect(reason).toContain('git worktree add failed')
    expect(reason).toContain('no node_modules here')
    expect(existsSync(worktree())).toBe(false)
    expect(git(repository, 'worktree', 'list').split('\n')).toHaveLength(1)
  })

  test('if the disk is full', async () => {
    const { folder, start } = desk()
    const real = process.env.PATH ?? ''
    mkdirSync(join(folder, 'bin'))
    const lines = [
      '#!/bin/sh',
      'case "$*" in "worktree add"*) echo "fatal: write error: No space left on device" >&2; exit 128;; esac',
      `PATH="${real}" exec git "$@"`,
    ]
    writeFileSync(join(folder, 'bin', 'git'), lines.join('\n'), { mode: 0o755 })
    process.env.PATH = `${join(folder, 'bin')}:${real}`
    try {
      start()

      expect(await work()).toEqual({
        outcome: 'blocked',
        reason: 'The disk is full. Free some space, then queue the task again.',
      })
    } finally {
      process.env.PATH = real
    }
  })

  test('if the project’s folder is missing', async () => {
    const { folder, start } = desk()
    start({ repository: join(folder, 'moved') })

    expect((await work()).reason).toBe(
      `The folder ${join(folder, 'moved')} of project WEB doesn't exist. Correct it in runner.toml, then queue the task again.`,
    )
  })

  test('if the folder is not a repository', async () => {
    const { folder, start } = desk()
    mkdirSync(join(folder, 'plain'))
    start({ repository: join(folder, 'plain') })

    expect((await work()).reason).toContain("isn't a git repository")
  })

  test('if the repository has no commit', async () => {
    const { folder, git, start } = desk()
    git(folder, 'init', '--quiet', 'fresh')
    start({ repository: join(folder, 'fresh') })

    expect((await work()).reason).toContain('has no commit yet')
  })

  test('if the default branch does not exist', async () => {
    const { start } = desk()
    start()

    expect((await work([done], { base: 'trunk' })).reason).toContain('has no branch trunk')
  })

  test('if its branch is checked out elsewhere', async () => {
    const { repository, git, start } = desk()
    git(repository, 'checkout', '--quiet', '-b', branch)
    start()

    expect((await work()).reason).toContain(`The branch ${branch} is checked out in`)
    expect(git(repository, 'branch', '--show-current')).toBe(branch)
  })

  test('if another folder is in the way', async () => {
    const { start } = desk()
    mkdirSync(worktree(), { recursive: true })
    writeFileSync(join(worktree(), 'precious.txt'), 'keep me')
    start()

    expect((await work()).reason).toContain('is in the way')
    expect(readFileSync(join(worktree(), 'precious.txt'), 'utf8')).toBe('keep me')
  })
})
