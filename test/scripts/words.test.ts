import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findInCode, findInName, findInProse, isTitle } from '../../scripts/words.ts'

/** One word is a value, not prose. */
const isSentence = (text: string) => /\s/.test(text)
const words = (findings: readonly { readonly line: number; readonly word: string }[]) =>
  findings.map(({ line, word }) => `${line} ${word}`)

describe('dated words', () => {
  test.each([
    ['It waits anew.', ['1 anew']],
    ['One\ntwo whoever\nthree', ['2 whoever']],
    ['a port of its\nown', ['1 of its own']],
    ['the title of its own task; null if there is none', []],
    ['We recommend it; it has its own.', []],
    ['the webhook', []],
  ])('in %j are %j', (text, found) => {
    expect(words(findInProse(text))).toEqual(found)
  })

  test.each([
    ['leaveTrail', true],
    ['stack_trace', true],
    ['mostTasks', true],
    ['src/view/news.ts', true],
    ['almost', false],
    ['leastAndMost', false],
    ['newsletter', false],
    ['ranking', false],
  ])('are in the name %s: %s', (name, found) => {
    expect(findInName(name).length > 0).toBe(found)
  })

  test('are found in comments, texts and names, with their lines', () => {
    const source = [
      '// It waits anew,',
      '/**',
      ' * and is shut',
      ' * out.',
      ' */',
      "const trail = 'by webhook' // meanwhile",
      'const pattern = /whoever"/',
      'const text = html`',
      `at the most \${trail ? \`anew \${{ a: "news" }.a} whoever\` : pace} blackened\``,
      'const pace = 1',
    ].join('\n')

    expect(words(findInCode(source, isSentence))).toEqual([
      '1 anew',
      '3 shut out',
      '6 trail',
      '6 by webhook',
      '6 meanwhile',
      '9 at the most',
      '9 trail',
      '9 anew',
      '9 whoever',
      '9 pace',
      '9 blackened',
      '10 pace',
    ])
  })

  test('are found in the titles of tests and not in what they send', () => {
    const source = [
      "test('waits anew', () => send('wait anew'))",
      "test.each([['anew']])(",
      "  'sends %s anew',",
      ')',
      "describe('anew', () => {})",
    ].join('\n')

    expect(words(findInCode(source, isTitle))).toEqual(['1 anew', '3 anew', '5 anew'])
  })
})

// What the words are listed in.
const lists = ['scripts/words.ts', 'test/scripts/words.test.ts', 'test/scripts/claims.test.ts']

/** Names that keep a dated word, each with its reason. */
const allowed: Readonly<Record<string, string>> = {
  'test/view/samples/stack-trace.md': 'the sample is a stack trace',
  'test/view/samples/python-trace.md': 'the sample is a stack trace',
  'test/view/samples/java-trace.md': 'the sample is a stack trace',
}

function findInFiles(): string[] {
  const paths = ['src', 'test', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  const inCode = paths
    .filter((path) => /\.(ts|js)$/.test(path) && !lists.includes(path))
    .flatMap((path) => {
      const isProse = path.startsWith('src/') ? isSentence : isTitle
      return findInCode(readFileSync(path, 'utf8'), isProse).map((finding) => ({ path, ...finding }))
    })
  const inPaths = paths.flatMap((path) => findInName(path).map((finding) => ({ path, ...finding })))
  const inConfiguration = ['biome.json', '.ci/run'].flatMap((path) =>
    findInProse(readFileSync(path, 'utf8')).map((finding) => ({ path, ...finding })),
  )
  return [...inPaths, ...inCode, ...inConfiguration]
    .filter(({ word }) => allowed[word] === undefined)
    .map(({ path, line, word, better }) => `${path}:${line}: write "${better}" instead of "${word}"`)
}

// npm run docs checks the documents.
test('names, comments, titles and messages have no dated words', () => {
  expect(findInFiles()).toEqual([])
}, 60_000)
