import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../src')

/** A module and what it imports, dynamic and type-only imports included; paths are relative to src. */
type Imports = ReadonlyMap<string, readonly string[]>

function readImports(): Imports {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]))
}

function importsOf(file: string, source: string): string[] {
  const found = source.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)
  return [...found].map(([, path = '']) => posix.join(posix.dirname(file), path))
}

// Each list goes from the bottom up: a module may import what stands in its own line or above it, never below.
const layers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  domain: [
    ['core'],
    ['time', 'labels', 'work-logs', 'projects', 'settings', 'access'],
    ['runs', 'questions', 'sessions'],
    ['turn.ts'],
    ['tasks'],
    ['quick-add', 'reports'],
    ['undo'],
  ],
  view: [
    ['kit'],
    ['markdown', 'charts'],
    ['tasks'],
    ['projects', 'settings'],
    ['notifications'],
    ['reports'],
    ['system'],
  ],
  bot: [['kit'], ['middleware', 'dialogs', 'intake'], ['features'], ['bot.ts']],
  runner: [
    ['process', 'board.ts', 'git', 'prompt.ts', 'config.ts'],
    ['owner.ts', 'state.ts'],
    ['adapters'],
    ['supervise.ts', 'report.ts'],
    ['run.ts'],
    ['runner.ts', 'init.ts', 'doctor.ts', 'clean.ts'],
    ['main.ts'],
  ],
  api: [['kit'], ['middleware', 'wire'], ['routes', 'hooks', 'mcp', 'docs'], ['api.ts']],
  // A snapshot is a backup, and the embedded database takes one before it migrates.
  db: [
    [
      'schema',
      'schema.ts',
      'types.ts',
      'prepared.ts',
      'rows.ts',
      'error-codes.ts',
      'sync-folder.ts',
      'reach.ts',
    ],
    ['migrations'],
    ['backup'],
    ['embedded', 'postgres'],
    ['open.ts'],
  ],
}

/** What each part of src may import besides itself and packages. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  db: ['log.ts'],
  domain: ['db'],
  'telegram/store': ['db', 'domain'],
  view: ['domain', 'telegram/store'],
  pictures: [],
  telegram: ['telegram/store', 'domain', 'view', 'log.ts'],
  bot: [
    'telegram',
    'telegram/store',
    'domain',
    'view',
    'config.ts',
    'log.ts',
    'logged-error.ts',
    'metrics.ts',
  ],
  api: ['telegram/store', 'domain', 'view', 'config.ts', 'log.ts', 'logged-error.ts', 'metrics.ts'],
  notifier: ['telegram', 'telegram/store', 'domain', 'view', 'pictures', 'log.ts', 'metrics.ts'],
  jobs: ['telegram/store', 'domain', 'view', 'log.ts'],
  playground: [],
}

/** A separate program: it shares only what goes over the wire. */
const wireOfRunners = 'api/wire/runners.ts'

function partOf(path: string): string {
  if (path.startsWith('telegram/store/')) return 'telegram/store'
  return path.split('/')[0] ?? ''
}

/** Why an import isn't allowed; null if it is. */
function problemOf(from: string, to: string): string | null {
  const [part, other] = [partOf(from), partOf(to)]
  if (part === other) return directionProblem(part, from, to)
  if (part === 'runner') return to === wireOfRunners ? null : `runner must not import ${to}`
  if (part.endsWith('.ts') || part === 'app' || part === 'cli') return null
  return allowed[part]?.includes(other) ? null : `${part} must not import ${other}`
}

function directionProblem(part: string, from: string, to: string): string | null {
  const level = (path: string) =>
    layers[part]?.findIndex((names) => names.includes(path.split('/')[1] ?? '')) ?? 0
  return level(to) > level(from) ? `${to.split('/')[1]} stands above ${from.split('/')[1]}` : null
}

/** The features that `list.ts` and `features.ts` name, each with the files in bot/features that only it may use. */
function filesOfFeatures(imports: Imports): ReadonlyMap<string, ReadonlySet<string>> {
  const folder = 'bot/features/'
  const reach = (file: string, found: Set<string>): Set<string> => {
    for (const next of imports.get(file) ?? [])
      if (next.startsWith(folder) && !found.has(next)) reach(next, found.add(next))
    return found
  }
  const lists = [`${folder}list.ts`, `${folder}features.ts`]
  const features = lists
    .flatMap((list) => imports.get(list) ?? [])
    .filter((path) => path.startsWith(folder) && !lists.includes(path))
  return new Map(features.map((feature) => [feature, reach(feature, new Set())]))
}

/** Returns the first import cycle as a chain of paths; null without one. */
function cycleIn(imports: Imports): readonly string[] | null {
  const done = new Set<string>()
  const visit = (file: string, chain: readonly string[]): readonly string[] | null => {
    if (chain.includes(file)) return [...chain.slice(chain.indexOf(file)), file]
    if (done.has(file)) return null
    for (const next of imports.get(file) ?? []) {
      const cycle = visit(next, [...chain, file])
      if (cycle !== null) return cycle
    }
    done.add(file)
    return null
  }
  for (const file of imports.keys()) {
    const cycle = visit(file, [])
    if (cycle !== null) return cycle
  }
  return null
}

const imports = readImports()

test('every import goes in an allowed direction', () => {
  const problems = [...imports].flatMap(([from, targets]) =>
    targets.flatMap((to) => {
      const problem = problemOf(from, to)
      return problem === null ? [] : [`${from} → ${to}: ${problem}`]
    }),
  )
  expect(problems).toEqual([])
})

test('no feature imports another or shares a file with it', () => {
  const features = [...filesOfFeatures(imports)]
  expect(features.length).toBeGreaterThan(20)
  const problems = features.flatMap(([feature, files]) =>
    features
      .filter(([other]) => other !== feature)
      .flatMap(([other, otherFiles]) =>
        [...files]
          .filter((file) => file === other || otherFiles.has(file))
          .map((file) => `${feature} and ${other} meet in ${file}`),
      ),
  )
  expect(problems).toEqual([])
})

test('no module imports itself through others, in types either', () => {
  expect(cycleIn(imports)).toBeNull()
})

test('views import only types of the ledger', () => {
  const values = [...imports.keys()]
    .filter((file) => file.startsWith('view/'))
    .filter((file) =>
      /^import \{[^}]*\} from '[^']*telegram\/store/m.test(readFileSync(join(root, file), 'utf8')),
    )
  expect(values).toEqual([])
})

test.each([
  [
    "import type { Card } from '../../view/kit/card.ts'",
    'domain/core/text.ts',
    'domain must not import view',
  ],
  ["import { undoChange } from '../undo/undo.ts'", 'domain/tasks/read.ts', 'undo stands above tasks'],
  ["import { sha256 } from '../domain/core/text.ts'", 'runner/state.ts', 'runner must not import domain'],
  ["const { createLog } = await import('../../log.ts')", 'playground/world/world.ts', 'playground must not'],
])('a forbidden import is found: %s', (source, file, problem) => {
  const [target = ''] = importsOf(file, source)
  expect(problemOf(file, target)).toContain(problem)
})

test('a feature that imports another is found', () => {
  const files = new Map([
    ['bot/features/list.ts', ['bot/features/tasks/new.ts', 'bot/features/lists/board.ts']],
    ['bot/features/tasks/new.ts', ['bot/features/tasks/draft.ts']],
    ['bot/features/tasks/draft.ts', ['bot/features/lists/board.ts']],
  ])
  expect(filesOfFeatures(files).get('bot/features/tasks/new.ts')).toContain('bot/features/lists/board.ts')
})

test('a cycle is found, of types too', () => {
  const pair = new Map([
    ['a.ts', importsOf('a.ts', "import type { B } from './b.ts'")],
    ['b.ts', importsOf('b.ts', "import { a } from './a.ts'")],
  ])
  expect(cycleIn(pair)).toEqual(['a.ts', 'b.ts', 'a.ts'])
})
