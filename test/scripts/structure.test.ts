import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../src')
const maxLines = 300
const crumbLines = 15
const maxFiles = 15

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(root.length + 1)
      .replaceAll('\\', '/'),
  )
const modules = files
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => {
    const source = readFileSync(join(root, path), 'utf8')
    return { path, source, lines: source.split('\n').length - 1 }
  })

test('a file of more than 300 lines gives its reason in its first comment', () => {
  const offenders = modules.filter(({ lines, source }) => lines > maxLines && !/^\/[/*]/.test(source))
  expect(offenders.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([])
})

test('the median file has 60 to 110 lines', () => {
  const sizes = modules.map(({ lines }) => lines).sort((a, b) => a - b)
  const median = sizes[Math.floor(sizes.length / 2)]
  expect(median).toBeGreaterThanOrEqual(60)
  expect(median).toBeLessThanOrEqual(110)
})

test('a folder has at most 15 files', () => {
  const counts = new Map<string, number>()
  for (const path of files) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > maxFiles)).toEqual([])
})

test('a file of less than 15 lines has more than one importer', () => {
  const importers = new Map<string, Set<string>>()
  for (const { path, source } of modules)
    for (const [, target = ''] of source.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)) {
      const name = posix.join(posix.dirname(path), target)
      importers.set(name, (importers.get(name) ?? new Set()).add(path))
    }
  const crumbs = modules.filter(({ path, lines }) => lines < crumbLines && importers.get(path)?.size === 1)
  expect(crumbs.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([])
})

test('an exported name has one meaning', () => {
  const declaration = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm
  const places = new Map<string, Set<string>>()
  for (const { path, source } of modules)
    for (const [, name = ''] of source.matchAll(declaration))
      places.set(name, (places.get(name) ?? new Set()).add(path))
  const collisions = [...places].filter(([, paths]) => paths.size > 1)
  expect(collisions.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)).toEqual([])
})
