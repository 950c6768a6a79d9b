import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Guard, mutate } from '../mutations/guard.ts'
import { guards } from '../mutations/guards.ts'

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null)

/** Finds the files that contain a guard's text. */
function placesOf({ find }: Guard): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && readFileSync(path, 'utf8').includes(find))
}

test('every guard of the mutation tests can be removed from its file', () => {
  const problems = guards.flatMap((guard) => {
    const mutated = mutate(guard, read(guard.file))
    return 'problem' in mutated ? [`${guard.name}: ${mutated.problem}, but in ${placesOf(guard)}`] : []
  })

  expect(problems).toEqual([])
})

test('every guard of the mutation tests has its own name, and tests', () => {
  expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length)
  expect(
    guards.filter(({ tests }) => tests.length === 0 || !tests.every((file) => existsSync(file))),
  ).toEqual([])
})
