import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRunnerConfig } from '../../src/runner/config.ts'
import { toPrompt } from '../../src/runner/prompt.ts'
import { spawnProgram, useDesk } from './support/runner.ts'

const desk = useDesk()
const minimal = '[projects]\nWEB = "web"\n[engines]\ncodex = ["codex"]\n'

describe('runner.toml', () => {
  test('needs only a project and an engine', () => {
    const config = parseRunnerConfig('/home/ada/runner.toml', minimal)

    expect(config).toMatchObject({
      max: 2,
      mode: 'ask',
      env: [],
      projects: { WEB: '/home/ada/web' },
      engines: { codex: { command: ['codex'], protocol: null } },
    })
  })

  test('may name another agent that speaks ACP', () => {
    const text =
      '[projects]\nWEB = "~/web"\n[engines]\nclaude-code = { command = ["claude-agent-acp"], protocol = "acp" }\n'

    const config = parseRunnerConfig('/home/ada/runner.toml', text)

    expect(config.engines['claude-code']).toEqual({ command: ['claude-agent-acp'], protocol: 'acp' })
    expect(config.projects.WEB).toBe(join(process.env.HOME ?? '', 'web'))
  })

  test.each([
    ['max = 0\n', /runner\.toml: max: .*1/],
    ['max = 21\n', /runner\.toml: max: .*20/],
    ['mode = "yolo"\n', /runner\.toml: mode: /],
    ['speed = 3\n', /runner\.toml: Unrecognized key: "speed"/],
    ['env = ["A-B"]\n', /runner\.toml: env\.0: must be the name of a variable/],
    ['max = \n', /runner\.toml, line 1: /],
  ])('with %j is refused with the setting to correct', (line, message) => {
    expect(() => parseRunnerConfig('runner.toml', line + minimal)).toThrow(message)
  })

  test.each([
    ['[engines]\ncodex = ["codex"]\n', /projects/],
    ['[projects]\n[engines]\ncodex = ["codex"]\n', /projects: must name at least one project/],
    ['[projects]\nweb = "web"\n[engines]\ncodex = ["codex"]\n', /must be a project key, e\.g\. WEB/],
    ['[projects]\nWEB = "web"\n[engines]\n', /engines: must name at least one engine/],
    ['[projects]\nWEB = "web"\n[engines]\ncodex = "codex"\n', /engines\.codex: must be a command/],
    ['[projects]\nWEB = "web"\n[engines]\naider = ["aider"]\n', /engines/],
  ])('%j is refused with what is missing', (text, message) => {
    expect(() => parseRunnerConfig('runner.toml', text)).toThrow(message)
  })
})

describe('the prompt', () => {
  const task = {
    task_key: 'WEB-1',
    project_key: 'WEB',
    title: 'Fix the login',
    description: 'It fails on iPhones.',
    acceptance_criteria: ['Safari works'],
    feedback: [{ text: 'Blue, please', at: '2026-11-29T10:00:00.000Z' }],
    agent_instructions: 'Use tabs.',
  }
  const log = [{ title: 'WEB-1 · Blocked', detail: 'Which color?', at: '2026-11-28T10:00:00.000Z' }]
  const input = {
    task,
    objective: 'implement',
    attempt: 2,
    branch: 'task/web-1',
    hasRemote: false,
    log,
  } as const

  test('has the task, criteria, feedback, earlier attempts and the project’s instructions', () => {
    const prompt = toPrompt(input)

    for (const part of [
      'Fix the login',
      'It fails on iPhones.',
      '- Safari works',
      'Blue, please',
      'Which color?',
    ])
      expect(prompt).toContain(part)
    expect(prompt).toContain('Use tabs.')
    expect(prompt).toContain('push nothing')
    expect(prompt).toContain('on the branch `task/web-1`')
  })

  test('of a first attempt has no history', () => {
    expect(toPrompt({ ...input, attempt: 1 })).not.toContain('Which color?')
  })

  test.each([
    ['plan', 'preq_plan_task'],
    ['implement', 'preq_complete_task'],
    ['review', 'preq_review_task'],
  ] as const)('to %s names the tool that ends the run', (objective, tool) => {
    expect(toPrompt({ ...input, objective })).toContain(tool)
  })

  test('asks for a pull request if the project wants one', () => {
    const withStrategy = { ...task, deploy_strategy: { auto_pr: true, default_branch: 'main' } }

    expect(toPrompt({ ...input, task: withStrategy, hasRemote: true })).toContain('open a pull request')
  })
})

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
    expect(listing.output()).toContain(`keep    ${unmerged}: 1 commits are not merged`)
    expect(existsSync(safe)).toBe(true)

    const removing = spawnProgram(['clean', '--yes', '--config', file], board)

    expect(await removing.exit).toBe(0)
    expect([safe, dirty, unmerged].map(existsSync)).toEqual([false, true, true])
    expect(git(repository, 'branch', '--list', 'web-1')).toContain('web-1')
  })
})
