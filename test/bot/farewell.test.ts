import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const isFull = process.env.FAREWELL === 'full'

const files = [
  'src/bot/features/reports/stats.ts',
  'src/view/reports/stats.ts',
  'test/bot/features/stats.test.ts',
  'test/view/stats.test.ts',
]
/** The lines that name the feature in tables of the bot and of its tests. */
const lines: Readonly<Record<string, readonly RegExp[]>> = {
  'src/bot/features/features.ts': [/^import \{ stats \}.*\n/m, /^ +stats\(\),\n/m],
  'src/bot/kit/commands.ts': [/^ +\{ command: 'stats'.*\n/m],
  'src/view/kit/signs.ts': [/^ +stats: .*\n/m],
  'test/bot/buttons.test.ts': [/^ +\['1v\|stats\|month.*\n/m],
  'test/bot/screens.test.ts': [/^ +\['\/stat'.*\n/m],
}
// What the board with /stats looks like: a picture of it, and the product as it is built and documented.
const onlyWithStats = [
  'test/app/built.test.ts',
  'test/browser/fits.test.ts',
  'test/scripts/**',
  'test/bot/farewell.test.ts',
]

let copy: string

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'preqbot-farewell-'))
  const parts = ['src', 'test', 'bench', 'scripts', 'drizzle', 'docs', 'README.md', 'package.json']
  const config = ['tsconfig.json', 'vitest.config.ts', 'drizzle.config.ts', 'biome.json']
  for (const name of [...parts, ...config]) await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
})

afterAll(() => rm(copy, { recursive: true, force: true }))

/** Runs a program of node_modules in the copy. Returns its exit code and what it printed. */
async function runTool(name: string, args: readonly string[]) {
  const path = join(copy, 'node_modules/.bin', name)
  try {
    // The copy's own run must not take this one's settings, e.g. its database template.
    const env = { PATH: process.env.PATH, TEST_DATABASE_URL: process.env.TEST_DATABASE_URL }
    const { stdout } = await run(path, args, { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

test(
  '/stats leaves with its files and its lines: everything compiles and the other tests pass',
  async () => {
    for (const file of files) await rm(join(copy, file))
    for (const [file, patterns] of Object.entries(lines)) {
      const text = await readFile(join(copy, file), 'utf8')
      for (const pattern of patterns) expect(text, file).toMatch(pattern)
      await writeFile(
        join(copy, file),
        patterns.reduce((rest, pattern) => rest.replace(pattern, ''), text),
      )
    }

    const compiled = await runTool('tsc', ['--noEmit'])
    const tests = isFull
      ? onlyWithStats.flatMap((pattern) => ['--exclude', pattern])
      : ['test/bot/features.test.ts', 'test/bot/buttons.test.ts', 'test/bot/screens.test.ts']
    const tested = await runTool('vitest', ['run', ...tests])

    expect(compiled, compiled.output).toMatchObject({ code: 0 })
    expect(tested, tested.output).toMatchObject({ code: 0 })
  },
  isFull ? 3_600_000 : 600_000,
)
