import { describe, expect, it } from 'vitest'
import { fillBlocks } from '../../scripts/blocks.ts'
import { type Facts, findFalse } from '../../scripts/claims.ts'

const files: Record<string, string> = {
  'README.md': '# preqbot\n\n## How it is built\n',
  'docs/data.md': '# Where the data is\n',
  'src/main.ts': '',
  'src/db/': '',
  'src/token.ts': '',
  'test/': '',
}
const facts: Facts = {
  exists: (path) => path in files,
  read: (path) => files[path] ?? '',
  isInCode: (word) => ['BOT_TOKEN', 'preqbot_request_seconds'].includes(word),
  scripts: ['bench'],
  commands: ['inbox'],
  dependencies: ['grammy', 'zod'],
  rooms: ['src/db/', 'test/'],
  node: '20.19',
}

const picture = (...rooms: string[]) =>
  ['```', 'src/main.ts   begins', ...rooms.map((room) => `${room}   is one`), '```'].join('\n')
const standsOn = (...names: string[]) =>
  `## What it stands on\n\n| package | what for |\n|---|---|\n${names.map((name) => `| ${name} | this |\n`).join('')}\n## Next\n`

describe('a document', () => {
  it.each([
    ['a link to a file', '[data](docs/data.md)'],
    ['a link to a heading', '[built](README.md#how-it-is-built)'],
    ['a link to elsewhere', '[site](https://example.com/nothing)'],
    ['a path', 'see `src/main.ts`'],
    ['what the build makes', '`node dist/token.js`'],
    ['a script', '`npm run bench -- --quick`'],
    ['a variable', '`BOT_TOKEN`'],
    ['a metric', '`rate(preqbot_request_seconds_count[5m])`, `preqbot_process_cpu_seconds_total`'],
    ['a command and a route', 'Send /inbox, or ask /api.'],
    ['every room', picture('src/db/', 'test/')],
    ['every dependency', standsOn('grammy, zod')],
    ['the oldest Node', 'Node 20.19 or newer'],
  ])('may speak of %s', (_what, text) => {
    expect(findFalse({ path: 'README.md', text }, facts)).toEqual([])
  })

  it.each([
    ['[data](docs/date.md)', 'the link to docs/date.md leads nowhere'],
    ['<img src="docs/gone.png">', 'the link to docs/gone.png leads nowhere'],
    ['[data](docs/data.md#backup)', 'docs/data.md has no heading for #backup'],
    ['see `src/app.ts`', 'src/app.ts is not there'],
    ['`node dist/app.js`', 'dist/app.js is not there'],
    ['`npm run benchmark`', 'package.json has no script benchmark'],
    ['`BOT_TOKENS`', 'nothing reads BOT_TOKENS'],
    ['`preqbot_requests`', 'there is no metric preqbot_requests'],
    ['Send /outbox.', 'there is no command /outbox'],
    [picture('src/db/', 'test/', 'src/gone/'), 'src/gone/ of the picture is not there'],
    [picture('src/db/'), 'the picture does not show test/'],
    [standsOn('grammy, zod', 'express'), 'express is no dependency'],
    [standsOn('zod'), 'the dependency grammy is not named'],
    ['Node 18.0 or newer', 'it needs Node 20.19, not 18.0'],
  ])('that says %j is told: %s', (text, problem) => {
    expect(findFalse({ path: 'README.md', text }, facts)).toContain(`README.md: ${problem}`)
  })

  it('finds links from where it lies', () => {
    const path = 'docs/data.md'
    expect(findFalse({ path, text: '[back](../README.md)' }, facts)).toEqual([])
    expect(findFalse({ path, text: '[back](README.md)' }, facts)).toEqual([
      'docs/data.md: the link to README.md leads nowhere',
    ])
  })

  it('gets the parts that are made, and keeps the rest', () => {
    const text = 'before\n<!-- list: made by npm run docs -->\nold\n<!-- /list -->\nafter'
    expect(fillBlocks(text, { list: 'new' })).toBe(text.replace('old', 'new'))
    expect(fillBlocks(text, { other: 'new' })).toBe(text)
  })
})
