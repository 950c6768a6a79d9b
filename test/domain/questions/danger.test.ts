import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDangerousUse } from '../../../src/domain/questions/danger/danger.ts'
import samples from './samples/shell-commands.json' with { type: 'json' }

const isDangerous = (command: string) => isDangerousUse({ name: 'Bash', input: { command } })

const { dangerous, harmless } = samples

describe('a command', () => {
  test.each(dangerous)('%j is dangerous', (command) => {
    expect(isDangerous(command)).toBe(true)
  })

  test.each(harmless)('%j is not', (command) => {
    expect(isDangerous(command)).toBe(false)
  })

  test('of 20,000 characters is read, a longer one is dangerous', () => {
    const sized = (length: number) => `echo ${'x'.repeat(length - 5)}`
    expect([19_999, 20_000, 20_001].map((length) => isDangerous(sized(length)))).toEqual([false, false, true])
  })

  test('stays dangerous inside anything that runs it', () => {
    const inner = fc.constantFrom(
      'rm -rf x',
      'git push -f',
      'sudo ls',
      'git reset --hard',
      'git clean -fd',
      'dd of=x',
    )
    const frames: readonly ((command: string) => string)[] = [
      (command) => `ls; ${command}`,
      (command) => `${command} && ls`,
      (command) => `(${command})`,
      (command) => `{ ${command}; }`,
      (command) => `echo $(${command})`,
      (command) => `if true; then ${command}; fi`,
      (command) => `for i in 1 2; do ${command}; done`,
      (command) => `f() { ${command}; }; f`,
      (command) => `x=$(${command})`,
      (command) => `cat <(${command}) | wc -l`,
      (command) => `bash -c ${quote(command)}`,
      (command) => `env X=1 sh -ec ${quote(command)}`,
      (command) => `eval ${quote(command)}`,
      (command) => `ssh host ${quote(command)}`,
      (command) => `timeout 5 bash -c ${quote(command)} | tee log`,
      (command) => `cat <<E\n$(${command})\nE`,
    ]
    const nested = fc.array(fc.nat(frames.length - 1), { maxLength: 4 })
    fc.assert(
      fc.property(inner, nested, (command, chosen) => {
        const whole = chosen.reduce<string>((text, index) => frames[index]?.(text) ?? text, command)
        expect(isDangerous(whole), whole).toBe(true)
      }),
    )
  })

  test('of any characters is classified within bounds', () => {
    const part = fc.constantFrom(
      ...'rm -f|sh|$(|)|`|"|\'|\\|{|}|;|&&|<<E|\n|<(|${|*|x'.split('|'),
      ' ',
      '|',
      ...dangerous,
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const began = performance.now()
        isDangerous(parts.join(''))
        expect(performance.now() - began).toBeLessThan(2_000)
      }),
    )
  })
})

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

describe('a tool', () => {
  test.each([
    ['Write', { file_path: '/home/me/.ssh/config', content: '' }, true],
    ['Write', { file_path: '/repo/.env', content: '' }, true],
    ['Edit', { file_path: '/repo/.env.production', old_string: 'a', new_string: 'b' }, true],
    ['MultiEdit', { file_path: 'C:\\Users\\me\\.ssh\\config', edits: [] }, true],
    ['NotebookEdit', { notebook_path: '/home/me/.zshrc', new_source: '' }, true],
    ['mcp__files__write', { target: { path: '~/.bashrc' } }, true],
    ['apply_patch', { command: '*** Begin Patch\n*** Add File: .env\n+X=1\n*** End Patch' }, true],
    [
      'apply_patch',
      { command: '*** Begin Patch\n*** Update File: a\n*** Move to: .envrc\n*** End Patch' },
      true,
    ],
    ['exec_command', { cmd: 'rm -rf x' }, true],
    ['shell', { command: ['bash', '-lc', 'rm -rf x'] }, true],
    ['shell', { command: ['rm', '-rf', 'x'] }, true],
    ['shell', { command: ['ls', 3] }, true],
    ['Bash', { command: 'ls', dangerouslyDisableSandbox: true }, true],
    ['PowerShell', { command: 'ls' }, true],
    ['Write', { file_path: '/repo/src/env.ts', content: 'rm -rf ~/.ssh' }, false],
    ['Edit', { file_path: '/repo/.eslintrc', old_string: '.env', new_string: '' }, false],
    ['Read', { file_path: '/repo/.env' }, false],
    [
      'apply_patch',
      { command: '*** Begin Patch\n*** Update File: a.ts\n+.env rm -rf\n*** End Patch' },
      false,
    ],
    ['shell', { command: ['bash', '-lc', 'ls'] }, false],
    ['mcp__docs__search', { query: 'rm -rf' }, false],
    ['Bash', {}, false],
  ])('%s with %j: %s', (name, input, expected) => {
    expect(isDangerousUse({ name, input })).toBe(expected)
  })
})
