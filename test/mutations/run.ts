import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Guard, mutate } from './guard.ts'
import { guards } from './guards.ts'

// Removes one guard after the other from a copy of the repository and expects its tests to fail. The checkout stays as it is.

type Database = 'embedded' | 'postgres'

/** What vitest's JSON reporter writes, as far as it's read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

type Result = 'killed' | 'survived' | "didn't apply" | 'ran no test' | 'not run'

const maxMsPerFile = 5 * 60_000
const root = resolve(import.meta.dirname, '../..')
const postgresUrl = process.env.TEST_DATABASE_URL ?? ''
const stopping = new AbortController()

function databasesOf({ on }: Guard): readonly Database[] {
  return on === 'both' ? ['embedded', 'postgres'] : [on]
}

/** Copies what git tracks, and what it doesn't ignore, as it is now. */
function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-mutations-'))
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = spawnSync('git', list, { cwd: root, encoding: 'utf8' })
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
  for (const file of files) cpSync(join(root, file), join(folder, file))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs test files in the copy; null where they came to no result. */
async function runTests(folder: string, tests: readonly string[], on: Database): Promise<Report | null> {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const { TEST_DATABASE_URL: _, TEST_UPDATES: __, ...env } = process.env
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  // A second try, or a test that a busy machine holds up would pass for one that noticed something.
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--bail=1', '--retry=1', '--reporter=json', `--outputFile=${report}`, ...tests],
    {
      cwd: folder,
      // As in CI.
      env: on === 'embedded' ? env : { ...env, TEST_DATABASE_URL: postgresUrl, TEST_UPDATES: 'webhook' },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: maxMsPerFile * tests.length,
    },
  )
  const stop = () => child.kill()
  stopping.signal.addEventListener('abort', stop)
  await new Promise((done) => child.once('close', done))
  stopping.signal.removeEventListener('abort', stop)
  stopping.signal.throwIfAborted()
  return existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report) : null
}

/** The tests must pass with the guards in place: else any failure would look like a kill. */
async function requirePassing(folder: string, selected: readonly Guard[], on: Database): Promise<void> {
  const wanted = selected.filter((guard) => databasesOf(guard).includes(on))
  const tests = [...new Set(wanted.flatMap((guard) => guard.tests))]
  if (tests.length === 0) return
  const report = await runTests(folder, tests, on)
  const failures = report === null ? ['No test ran.'] : failuresIn(report).map(describe)
  if (failures.length === 0) return
  throw new Error(`With all guards in place, tests fail on ${on}:\n${failures.join('\n')}`)
}

type Failure = Report['testResults'][number]['assertionResults'][number]

function failuresIn({ testResults }: Report): Failure[] {
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
}

function describe({ fullName, failureMessages: [message = ''] }: Failure): string {
  return `${fullName}: ${message.split('\n')[0]}`
}

async function probe(folder: string, guard: Guard, on: Database): Promise<[Result, string?]> {
  if (on === 'postgres' && postgresUrl === '') return ['not run', 'set TEST_DATABASE_URL']
  const path = join(folder, guard.file)
  const source = existsSync(path) ? readFileSync(path, 'utf8') : null
  const mutated = mutate(guard, source)
  if ('problem' in mutated) return ["didn't apply", mutated.problem]
  writeFileSync(path, mutated.source)
  const report = await runTests(folder, guard.tests, on)
  writeFileSync(path, source ?? '')
  if (report === null || report.numPassedTests + report.numFailedTests === 0) return ['ran no test']
  const [failed] = failuresIn(report)
  return failed === undefined ? ['survived'] : ['killed', `by “${failed.fullName}”`]
}

async function probeAll(folder: string, selected: readonly Guard[]): Promise<readonly Result[]> {
  await requirePassing(folder, selected, 'embedded')
  if (postgresUrl !== '') await requirePassing(folder, selected, 'postgres')
  const results: Result[] = []
  for (const guard of selected) {
    for (const on of databasesOf(guard)) {
      const began = performance.now()
      const [result, detail = ''] = await probe(folder, guard, on)
      const seconds = Math.round((performance.now() - began) / 1_000)
      console.log([result, guard.name, `on ${on}`, `${seconds} s`, detail].join('\t'))
      results.push(result)
    }
  }
  return results
}

const { values } = parseArgs({
  options: { list: { type: 'boolean' }, only: { type: 'string', multiple: true } },
})
const { only } = values
const selected = only === undefined ? guards : guards.filter(({ name }) => only.includes(name))
if (values.list) for (const { name, file, on } of selected) console.log([name, on, file].join('\t'))
else if (selected.length === 0) throw new Error('There is no guard of that name. --list shows them all.')
else {
  const folder = copyRepository()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  try {
    const results = await probeAll(folder, selected)
    const count = (wanted: Result) => results.filter((result) => result === wanted).length
    const kinds: readonly Result[] = ['killed', 'survived', "didn't apply", 'ran no test', 'not run']
    console.log(
      `${selected.length} guards, ${results.length} probes: ${kinds.map((kind) => `${count(kind)} ${kind}`).join(', ')}`,
    )
    if (count('killed') + count('not run') < results.length) process.exitCode = 1
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    console.error('Interrupted. Nothing in the repository has changed.')
    process.exitCode = 130
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
