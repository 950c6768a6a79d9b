import { describe, expect, test } from 'vitest'
import { fillBlocks } from '../../scripts/blocks.ts'
import { type Facts, findFalse } from '../../scripts/claims.ts'

const files: Record<string, string> = {
  'README.md': '# preqbot\n\n## Architecture\n',
  'docs/data.md': '# Where the data is\n',
  'src/main.ts': '',
  'src/db/': '',
  'src/cli/token.ts': '',
  'test/': '',
}
const facts: Facts = {
  exists: (path) => path in files,
  read: (path) => files[path] ?? '',
  isInCode: (word) => ['BOT_TOKEN', 'preqbot_request_seconds'].includes(word),
  scripts: ['bench'],
  commands: ['inbox'],
  dependencies: ['grammy', 'zod'],
  devDependencies: ['vitest'],
  folders: ['src/db/', 'test/'],
  node: '20.19',
}

const diagram = (...folders: string[]) =>
  ['```', 'src/main.ts   entry', ...folders.map((folder) => `${folder}   a folder`), '```'].join('\n')
const table = (...rows: string[]) => `| package | what it is for |\n|---|---|\n${rows.join('\n')}\n`
const dependencies = (runtime: readonly string[], development: readonly string[]) =>
  `# Dependencies\n\n## Runtime\n\n${table(...runtime)}\n## Development\n\n${table(...development)}`

describe('a document', () => {
  test.each([
    ['a link to a file', '[data](docs/data.md)'],
    ['a link to a heading', '[built](README.md#architecture)'],
    ['a link to elsewhere', '[site](https://example.com/nothing)'],
    ['a path', 'see `src/main.ts`'],
    ['a file of the build', '`node dist/token.js`'],
    ['a script', '`npm run bench -- --quick`'],
    ['a variable', '`BOT_TOKEN`'],
    ['a metric', '`rate(preqbot_request_seconds_count[5m])`, `preqbot_process_cpu_seconds_total`'],
    ['a command and a route', 'Send /inbox, or ask /api.'],
    ['every folder', diagram('src/db/', 'test/')],
    ['the oldest Node', 'Node 20.19 or newer'],
    ['a recommendation', 'We recommend amendments.'],
    ['dated words in a generated table', '<!-- t: made by x -->\nof its own\n<!-- /t -->'],
  ])('may refer to %s', (_what, text) => {
    expect(findFalse({ path: 'README.md', text }, facts)).toEqual([])
  })

  test.each([
    ['[data](docs/date.md)', 'the link to docs/date.md is broken'],
    ['<img src="docs/gone.png">', 'the link to docs/gone.png is broken'],
    ['[data](docs/data.md#backup)', 'docs/data.md has no heading for #backup'],
    ['see `src/app/app.ts`', 'src/app/app.ts does not exist'],
    ['`node dist/app.js`', 'dist/app.js does not exist'],
    ['`npm run benchmark`', 'package.json has no script benchmark'],
    ['`BOT_TOKENS`', 'nothing reads BOT_TOKENS'],
    ['`preqbot_requests`', 'there is no metric preqbot_requests'],
    ['Send /outbox.', 'there is no command /outbox'],
    [diagram('src/db/', 'test/', 'src/gone/'), 'src/gone/ in the diagram does not exist'],
    [diagram('src/db/'), 'the diagram does not show test/'],
    ['# Ports\n\nA port of its own.', 'line 3: write "its own" instead of "of its own"'],
    ['`npm ci`\nWhoever opens it.', 'line 2: write "anyone" instead of "Whoever"'],
    ['Name each fault with its mend.', 'line 1: write "fix" instead of "mend"'],
    ['Node 18.0 or newer', 'package.json requires Node 20.19, not 18.0'],
  ])('that says %j is reported: %s', (text, problem) => {
    expect(findFalse({ path: 'README.md', text }, facts)).toContain(`README.md: ${problem}`)
  })

  test('resolves links from its own folder', () => {
    const path = 'docs/data.md'
    expect(findFalse({ path, text: '[back](../README.md)' }, facts)).toEqual([])
    expect(findFalse({ path, text: '[back](README.md)' }, facts)).toEqual([
      'docs/data.md: the link to README.md is broken',
    ])
  })

  test('gets its generated parts replaced, and the rest kept', () => {
    const text = 'before\n<!-- list: made by npm run docs -->\nold\n<!-- /list -->\nafter'
    expect(fillBlocks(text, { list: 'new' })).toBe(text.replace('old', 'new'))
    expect(fillBlocks(text, { other: 'new' })).toBe(text)
  })
})

describe('docs/dependencies.md', () => {
  const check = (text: string) => findFalse({ path: 'docs/dependencies.md', text }, facts)
  const runtime = ['| grammy | Telegram |', '| zod | Validates |']

  test('may list what package.json has, each with what it is for', () => {
    expect(check(dependencies(runtime, ['| vitest | Tests |']))).toEqual([])
  })

  test.each([
    [
      [...runtime, '| express | HTTP |'],
      ['| vitest | Tests |'],
      'express is not under Runtime in package.json',
    ],
    [['| zod | Validates |'], ['| vitest | Tests |'], 'grammy is missing under Runtime'],
    [runtime, [], 'vitest is missing under Development'],
    [
      [...runtime, '| vitest | Tests |'],
      ['| vitest | Tests |'],
      'vitest is not under Runtime in package.json',
    ],
    [['| grammy |  |', '| zod | Validates |'], ['| vitest | Tests |'], 'what grammy is for is missing'],
  ])('with %j and %j is reported: %s', (run, develop, problem) => {
    expect(check(dependencies(run, develop))).toEqual([`docs/dependencies.md: ${problem}`])
  })
})
