import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { signs } from '../../src/view/kit/signs.ts'

const src = join(import.meta.dirname, '../../src')
const tables = ['view/kit/signs.ts', 'domain/core/task-values.ts']

const sign = /\p{Extended_Pictographic}|[‹›\u2190-\u21ff\u2300-\u23ff\u25a0-\u2bff]/gu

// "WEB-1 → Done", which is also used in comments.
const typography = '→'
const allowed: Readonly<Record<string, string>> = {
  // What a person may type for "done".
  'domain/quick-add/acts.ts': '✔✓',
  // Nested quotes.
  'view/markdown/blocks.ts': '›',
  // A wide letter.
  'view/charts/lettering.ts': '™',
}

/** A sign that only one file uses is a whole literal there, e.g. `const statsSign = '📊'`. */
const ownSign = /'(\P{M}\ufe0f?)'/gu

// The playground replaces Telegram; its signs aren't the bot's.
const sources = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)))
  .filter((file) => !file.startsWith('playground') && !tables.includes(file))
  .map((file) => ({ file, text: readFileSync(join(src, file), 'utf8') }))

const plain = (text: string) => text.replaceAll('\ufe0f', '')

const ownSigns = sources.flatMap(({ file, text }) =>
  [...text.matchAll(ownSign)]
    .map(([, glyph = '']): [string, string] => [file, glyph])
    .filter(([, glyph]) => new RegExp(sign).test(glyph)),
)

test('no two meanings share a sign', () => {
  const meanings = [...Object.entries(signs), ...ownSigns]

  const shared = meanings.filter((meaning) =>
    meanings.some((other) => other !== meaning && plain(other[1]) === plain(meaning[1])),
  )

  expect(shared).toEqual([])
})

test('a sign is one character', () => {
  const odd = Object.entries(signs).filter(([, glyph]) => !/^\P{M}\ufe0f?$/u.test(glyph))

  expect(odd).toEqual([])
})

test('a sign is defined once, in the table or as a literal in the only file that uses it', () => {
  const literals = sources.flatMap(({ file, text }) =>
    [...text.replaceAll(ownSign, '').matchAll(sign)]
      .map(([glyph]) => glyph)
      .filter((glyph) => !`${typography}${allowed[file] ?? ''}`.includes(glyph))
      .map((glyph) => `${file}: ${glyph}`),
  )

  expect(literals).toEqual([])
})

test('each sign of the table is used', () => {
  const used = new Set(
    sources.flatMap(({ text }) => [...text.matchAll(/\b(?:s|taskS)igns\.(\w+)/g)].map(([, name]) => name)),
  )

  expect(Object.keys(signs).filter((name) => !used.has(name))).toEqual([])
})
