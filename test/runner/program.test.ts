import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRunnerConfig } from '../../src/runner/config.ts'
import { spawnProgram, useDesk } from './support/runner.ts'

const desk = useDesk()
describe('the program', () => {
  test('shows its help', async () => {
    const program = spawnProgram(['--help'], desk().board)

    expect(await program.exit).toBe(0)
    expect(program.output()).toContain('Usage: npm run runner')
  })

  test('refuses a command that it does not know', async () => {
    const program = spawnProgram(['start'], desk().board)

    expect(await program.exit).toBe(2)
    expect(program.output()).toContain('The commands are init, doctor, clean.')
  })

  test('without settings says how to make them', async () => {
    const program = spawnProgram(['--config', join(desk().folder, 'none.toml')], desk().board)

    expect(await program.exit).toBe(1)
    expect(program.output()).toContain('none.toml not found. Run npm run runner -- init to write it.')
  })

  test.each([
    ['PREQBOT_URL', '', 'Set PREQBOT_URL to the address of preqbot, e.g. http://localhost:3000.'],
    ['PREQBOT_URL', 'localhost:3000', 'Set PREQBOT_URL to the address'],
    ['PREQBOT_TOKEN', '', 'Set PREQBOT_TOKEN to a token.'],
    ['PREQBOT_TOKEN', 'secret', "PREQBOT_TOKEN isn't a token."],
  ])('with %s=%j says what to set', async (name, value, message) => {
    const { board, write } = desk()
    const program = spawnProgram(['--config', write()], board, { [name]: value })

    expect(await program.exit).toBe(1)
    expect(program.output()).toContain(message)
  })

  test('writes its settings from the answers', async () => {
    const { folder, repository, board } = desk()
    const file = join(folder, 'made.toml')
    const program = spawnProgram(['init', '--config', file], board)
    program.write(['web', repository, '', 'claude', '-', 'gemini --debug', '3', ''].join('\n'))

    expect(await program.exit).toBe(0)

    const config = parseRunnerConfig(file, readFileSync(file, 'utf8'))
    expect(config).toMatchObject({
      max: 3,
      mode: 'ask',
      projects: { WEB: repository },
      engines: {
        'claude-code': { command: ['claude'] },
        'gemini-cli': { command: ['gemini', '--debug'] },
      },
    })
    expect(config.engines.codex).toBeUndefined()
    expect(program.output()).toContain(`Wrote ${file}`)
  })

  test('doctor names what is right and what to correct', async () => {
    const { board, write } = desk()
    const file = write({ engines: { codex: ['no-such-program'] } })
    const program = spawnProgram(['doctor', '--config', file], board)

    expect(await program.exit).toBe(1)

    const lines = program.output()
    expect(lines).toContain('ok    git: git version')
    expect(lines).toContain('ok    project WEB: ')
    expect(lines).toContain(`ok    board: ${board.url}, token laptop`)
    expect(lines).toContain(
      'wrong Codex: no-such-program was not found. Install it, or correct its command in runner.toml.',
    )
  })

  test('clean lists worktrees, then removes those whose work is saved elsewhere', async () => {
    const { board, repository, worktrees, git, write } = desk()
    const add = (name: string) => {
      const path = join(worktrees, 'WEB', name)
      git(repository, 'worktree', 'add', '--quiet', '-b', name, path)
      return path
    }
    mkdirSync(worktrees)
    const [safe, dirty, unmerged] = [add('web-1'), add('web-2'), add('web-3')]
    writeFileSync(join(dirty, 'new.md'), 'new')
    git(unmerged, 'commit', '--quiet', '--allow-empty', '--message=Work')
    const file = write()
    const listing = spawnProgram(['clean', '--config', file], board)
    expect(await listing.exit).toBe(0)
    expect(listing.output()).toContain(`remove  ${safe}`)
    expect(listing.output()).toContain(`keep    ${dirty}: it has uncommitted changes`)
    expect(listing.output()).toContain(`keep    ${unmerged}: 1 commit is on no other branch`)
    expect(existsSync(safe)).toBe(true)

    const removing = spawnProgram(['clean', '--yes', '--config', file], board)

    expect(await removing.exit).toBe(0)
    expect([safe, dirty, unmerged].map(existsSync)).toEqual([false, true, true])
    expect(git(repository, 'branch', '--list', 'web-1')).toContain('web-1')
  })

  test('clean keeps a worktree whose commits are not pushed', async () => {
    const { board, folder, repository, worktrees, git, write } = desk()
    const remote = join(folder, 'remote.git')
    git(folder, 'clone', '--quiet', '--bare', repository, remote)
    git(repository, 'remote', 'add', 'origin', remote)
    git(repository, 'fetch', '--quiet')
    const path = join(worktrees, 'WEB', 'web-1')
    git(repository, 'worktree', 'add', '--quiet', '-b', 'web-1', path)
    git(path, 'commit', '--quiet', '--allow-empty', '--message=Work')
    // A local branch isn't enough if there is a remote.
    git(repository, 'branch', 'copy', 'web-1')
    const file = write()
    const first = spawnProgram(['clean', '--yes', '--config', file], board)
    expect(await first.exit).toBe(0)
    expect(first.output()).toContain('1 commit is not pushed')
    expect(existsSync(path)).toBe(true)
    git(path, 'push', '--quiet', 'origin', 'web-1')

    const second = spawnProgram(['clean', '--yes', '--config', file], board)

    expect(await second.exit).toBe(0)
    expect(existsSync(path)).toBe(false)
  })
})
