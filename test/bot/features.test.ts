import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { features } from '../../src/bot/features/features.ts'
import { commands } from '../support/buttons.ts'

const folder = 'src/bot/features'
const lists = [join(folder, 'list.ts'), join(folder, 'features.ts')]

/** Returns the files of this folder that a file imports. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/^(?:import|export) [^']*from '(\.[^']+)'/gms)
  return [...specifiers]
    .map(([, specifier = '']) => join(dirname(file), specifier))
    .filter((path) => path.startsWith(`${folder}/`))
}

/** Returns a feature's file and all other files of this folder that it needs. */
function filesOf(entry: string): string[] {
  const files = new Set([entry])
  for (const file of files) for (const path of importsOf(file)) files.add(path)
  return [...files]
}

test('no feature imports another feature’s file', () => {
  const entries = lists.flatMap(importsOf).filter((entry) => !lists.includes(entry))
  const owners = entries.flatMap((entry) => filesOf(entry).map((file) => ({ entry, file })))

  const shared = owners.filter(({ entry, file }) =>
    owners.some((other) => other.file === file && other.entry !== entry),
  )

  expect(owners.length).toBeGreaterThan(30)
  expect(shared).toEqual([])
})

test('each command is registered exactly once', () => {
  const names = commands.map(({ command }) => command)

  expect(names.length).toBeGreaterThan(20)
  expect(names).toEqual([...new Set(names)])
})

test('each kind of prompt is answered by one feature', () => {
  const kinds = features().flatMap(({ answers }) => answers.map(([kind]) => kind))

  expect(kinds.length).toBeGreaterThan(20)
  expect(kinds).toEqual([...new Set(kinds)])
})
