import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
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
  'test/app/built-stats.test.ts',
  'test/bot/buttons/stats.ts',
  'test/bot/features/stats.test.ts',
  'test/bot/features/stats-of-agents.test.ts',
  'test/view/stats.test.ts',
]
const list = 'src/bot/features/list.ts'
const line = "export { stats } from './reports/stats.ts'\n"

const quickly = [
  'test/bot/features.test.ts',
  'test/bot/buttons.test.ts',
  'test/bot/screens.test.ts',
  'test/scripts/imports.test.ts',
  'test/view/signs.test.ts',
]
const notCopied = new Set(['node_modules', '.git', 'dist', 'data', 'coverage'])
const everythingElse = ['--exclude', 'test/bot/farewell.test.ts']

let copy: string

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'preqbot-farewell-'))
  for (const name of await readdir(root))
    if (!notCopied.has(name)) await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
})

afterAll(() => rm(copy, { recursive: true, force: true }))

/** Runs an installed program in the copy. Returns its exit code and output. */
async function runTool(name: string, args: readonly string[]) {
  const path = join(copy, 'node_modules/.bin', name)
  try {
    // The copy's run must not inherit settings of this one, e.g. its database template.
    const env = { PATH: process.env.PATH, TEST_DATABASE_URL: process.env.TEST_DATABASE_URL }
    const { stdout } = await run(path, args, { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

test(
  '/stats can be removed by deleting its files and one line: everything compiles and the other tests pass',
  async () => {
    const text = await readFile(join(copy, list), 'utf8')
    expect(text).toContain(line)
    for (const file of files) await rm(join(copy, file))
    await writeFile(join(copy, list), text.replace(line, ''))

    const compiled = await runTool('tsc', ['--noEmit'])
    // Regenerates the documents' table of commands.
    const documented = await runTool('tsx', ['scripts/docs.ts'])
    const tested = await runTool('vitest', ['run', ...(isFull ? everythingElse : quickly)])

    expect(compiled, compiled.output).toMatchObject({ code: 0 })
    expect(documented, documented.output).toMatchObject({ code: 0 })
    expect(tested, tested.output).toMatchObject({ code: 0 })
  },
  isFull ? 3_600_000 : 600_000,
)
