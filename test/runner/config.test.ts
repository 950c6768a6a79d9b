import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRunnerConfig } from '../../src/runner/config.ts'

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
    expect(config.projects.WEB).toBe(join(homedir(), 'web'))
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
