import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawable, fitToPixels, widthOf } from '../../src/view/charts/lettering.ts'
import { svg } from '../../src/view/charts/svg.ts'

const files = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((file) =>
  createRequire(import.meta.url).resolve(`@expo-google-fonts/inter/${file}`),
)
const anyText = fc.string({ unit: 'binary', maxLength: 60 })
const latinText = fc.string({
  unit: fc.constantFrom(...'WMmwilfjtrIJQ@%&— 09azÅÄößŒЖЩюфΩλǄ№'),
  minLength: 1,
  maxLength: 40,
})

describe('text in pictures', () => {
  test.each([
    ['Website', 'Website'],
    ['  Größe   – naïve ', 'Größe – naïve'],
    ['Документация', 'Документация'],
    ['Τεκμηρίωση', 'Τεκμηρίωση'],
    ['쇼핑몰 Shop 🛒', 'Shop'],
    ['日本語', ''],
    ['🚀 !', ''],
    ['Cafe\u0301', 'Café'],
    ['a\u0000b\u200db', 'a b b'],
  ])('from %j keeps what the font has: %j', (name, kept) => {
    expect(drawable(name)).toBe(kept)
  })

  test('keeps no character without a glyph in the bundled font', () => {
    const glyphs = files.map((file) => charactersOf(readFileSync(file)))

    const missing = Array.from({ length: 0x11000 }, (_, code) => code)
      .filter(
        (code) => (code < 0xd800 || code > 0xdfff) && drawable(`a${String.fromCodePoint(code)}a`) !== 'a a',
      )
      .flatMap((code) => [...drawable(`a${String.fromCodePoint(code)}a`)])
      .filter((character) => !glyphs.every((known) => known.has(character.codePointAt(0) ?? 0)))

    expect(missing).toEqual([])
  })

  test('is cut to the available width and no shorter', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 600 }), (name, room) => {
        const cut = fitToPixels(name, 32, room)

        expect(cut === '' || widthOf(cut, 32) <= room).toBe(true)
        if (widthOf(name, 32) <= room) expect(cut).toBe(name)
      }),
    )
  })

  test('is never drawn wider than estimated', () => {
    fc.assert(
      fc.property(latinText, (text) => {
        const drawn = new Resvg(
          svg`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text xml:space="preserve" font-family="Inter" font-weight="600" font-size="32">${text}</text></svg>`
            .svg,
          { font: { fontFiles: files, loadSystemFonts: false } },
        ).getBBox()

        expect(drawn?.width ?? 0).toBeLessThanOrEqual(widthOf(text, 32))
      }),
      { numRuns: 40 },
    )
  })
})

/** Reads the code points of a TrueType font's `cmap` (format 12). */
function charactersOf(font: Buffer): Set<number> {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + 16 * index)
  const cmap = tables.find((at) => font.toString('latin1', at, at + 4) === 'cmap')
  if (cmap === undefined) throw new Error('no cmap')
  const start = font.readUInt32BE(cmap + 8)
  const subtables = Array.from(
    { length: font.readUInt16BE(start + 2) },
    (_, index) => start + font.readUInt32BE(start + 8 + 8 * index),
  )
  const wide = subtables.find((at) => font.readUInt16BE(at) === 12)
  if (wide === undefined) throw new Error('no cmap of format 12')
  const groups = Array.from({ length: font.readUInt32BE(wide + 12) }, (_, index) => wide + 16 + 12 * index)
  return new Set(
    groups.flatMap((at) => {
      const [first, last] = [font.readUInt32BE(at), font.readUInt32BE(at + 4)]
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    }),
  )
}
