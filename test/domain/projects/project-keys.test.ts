import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { proposeKey } from '../../../src/domain/projects/key.ts'
import { isSameRepo, normalizeRepo } from '../../../src/domain/projects/repo.ts'

describe('the key proposed for a project', () => {
  test.each([
    ['preqbot', [], 'PREQ'],
    ['Preqstation Web', [], 'PW'],
    ['The big blue house', [], 'TBBH'],
    ['Ünïcode café', [], 'UC'],
    ['2048 clone', [], 'CLON'],
    ['a', [], 'PROJ'],
    ['日本語', [], 'PROJ'],
    ['', [], 'PROJ'],
    ['preqbot', ['PREQ'], 'PREQBO'],
    ['preqbot', ['PREQ', 'PREQBO', 'PREQBOT'], 'PROJ'],
    ['Preqstation Web', ['PW'], 'PREQ'],
    ['日本語', ['PROJ', 'PROJ2'], 'PROJ3'],
  ])('is for %j, with %j taken, %s', (name, taken, key) => {
    expect(proposeKey(name, taken)).toBe(key)
  })

  test('is always valid and never taken', () => {
    const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 12 }))
    fc.assert(
      fc.property(names, fc.nat(30), (name, rounds) => {
        const taken: string[] = []
        for (let round = 0; round <= rounds; round += 1) {
          const key = proposeKey(name, taken)
          expect(key).toMatch(/^[A-Z][A-Z0-9]{1,9}$/)
          expect(taken).not.toContain(key)
          taken.push(key)
        }
      }),
    )
  })
})

describe('a repository', () => {
  const web = { host: 'github.com', path: 'ada/web' }

  test.each([
    ['https://github.com/ada/web', web],
    ['https://github.com/ada/web.git', web],
    ['https://GitHub.COM/ada/web/', web],
    ['http://github.com/ada/web', web],
    ['https://ada:secret@github.com/ada/web.git', web],
    ['https://github.com:443/ada/web', web],
    ['https://github.com/ada/web?tab=readme#top', web],
    ['git@github.com:ada/web.git', web],
    ['git@GITHUB.com:ada/web', web],
    ['ssh://git@github.com/ada/web.git', web],
    ['ssh://git@github.com:22/ada/web.git', web],
    ['git+ssh://git@github.com/ada/web.git', web],
    ['  https://github.com/ada/web  ', web],
    ['https://gitlab.example/group/sub/web.git', { host: 'gitlab.example', path: 'group/sub/web' }],
    ['ada/web', { host: null, path: 'ada/web' }],
    ['ada/web.js', { host: null, path: 'ada/web.js' }],
    ['ada/web.git', { host: null, path: 'ada/web' }],
    ['web', null],
    ['', null],
    ['https://github.com', null],
    ['https://github.com/ada', null],
    ['a/b/c', null],
    ['not a repository', null],
    ['/srv/git/web.git', null],
  ])('is read from %j as %j', (text, repo) => {
    expect(normalizeRepo(text)).toEqual(repo)
  })

  test('without a host matches any host, but never another path', () => {
    const short = { host: null, path: 'ada/web' }
    expect(isSameRepo(short, web)).toBe(true)
    expect(isSameRepo(web, { ...web, host: 'gitlab.example' })).toBe(false)
    expect(isSameRepo(short, { ...web, path: 'ada/api' })).toBe(false)
  })
})
