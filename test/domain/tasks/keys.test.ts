import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BranchName } from '../../../src/domain/projects/branch.ts'
import { branchFor, slugOf } from '../../../src/domain/tasks/edit/keys.ts'

const isRef = (name: string) => {
  try {
    execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const hasGit = isRef('main')

describe('a branch', () => {
  const accepts = (name: string) => BranchName.safeParse(name).success
  const edge = fc.constantFrom(
    ...[
      'a',
      'é',
      '.',
      '..',
      '/',
      '-',
      '@',
      '{',
      '~',
      '^',
      ':',
      '?',
      '*',
      '[',
      '\\',
      ' ',
      '.lock',
      'HEAD',
      '$',
      '`',
      '"',
    ],
  )

  test.skipIf(!hasGit)(
    'is taken if git takes it, and refused if git refuses it (skipped without git)',
    () => {
      fc.assert(
        fc.property(fc.array(edge, { minLength: 1, maxLength: 6 }), (parts) => {
          // Blanks around a name are not part of it, and git reads @ as HEAD.
          const name = parts.join('').trim()
          if (name !== '' && name !== '@') expect([name, accepts(name)]).toEqual([name, isRef(name)])
        }),
        { numRuns: 100 },
      )
    },
    60_000,
  )
})

describe('the branch of a task', () => {
  test.each([
    ['Fix the till', 'task/shop-1/fix-the-till'],
    ["Don't panic", 'task/shop-1/dont-panic'],
    ['한글 제목', 'task/shop-1/hangeul-jemog'],
    ['Überprüfung der Größe', 'task/shop-1/uberprufung-der-grosse'],
    ['Привет, мир', 'task/shop-1/privet-mir'],
    ['🚀🔥', 'task/shop-1'],
    ['🚀 launch', 'task/shop-1/launch'],
    ['..', 'task/shop-1'],
    ['a..b', 'task/shop-1/a-b'],
    ['~^: [x]?*\\', 'task/shop-1/x'],
    ['ends in .lock', 'task/shop-1/ends-in-lock'],
    ['@{upstream}', 'task/shop-1/upstream'],
    ['--flag', 'task/shop-1/flag'],
    ['x'.repeat(200), `task/shop-1/${'x'.repeat(50)}`],
    [`${'x'.repeat(49)} y`, `task/shop-1/${'x'.repeat(49)}`],
  ])('of %j is %s', async (title, branch) => {
    const name = branchFor('SHOP-1', await slugOf(title))

    expect(name).toBe(branch)
    expect(isRef(name)).toBe(true)
  })

  test('consists of plain words for any title', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (title) => {
        const name = branchFor('SHOP-1', await slugOf(title))

        expect(name).toMatch(/^task\/shop-1(\/[a-z0-9]+(-[a-z0-9]+)*)?$/)
        expect(name.length).toBeLessThanOrEqual('task/shop-1/'.length + 50)
      }),
      { numRuns: 300 },
    )
  })
})
