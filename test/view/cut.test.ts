import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asOneMessage } from '../../src/view/kit/cut.ts'
import {
  bold,
  code,
  type Html,
  html,
  italic,
  joinHtml,
  link,
  pre,
  quote,
  shorten,
  splitHtml,
  toPlainText,
  truncateHtml,
  visibleLength,
} from '../../src/view/kit/html.ts'
import { readTelegramHtml, readTelegramMessage } from '../support/telegram-html.ts'

const family = '👨‍👩‍👧‍👦'
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('word ', 'a < b & c\n', family, '한국어 ', '\n\n', 'é', '日本語', '&lt;', 'x'.repeat(30)),
)
const spans = fc.oneof(
  texts.map((text): Html => html`${text}`),
  texts.map((text) => code(text)),
  fc.tuple(texts, texts).map(([a, b]) => bold([a, italic(b)])),
  texts.map((text) => link('https://example.com/?a=1&b=2', text)),
)
const blocks = fc.oneof(
  spans,
  texts.map((text) => pre(text, 'ts')),
  fc.array(spans, { maxLength: 6 }).map((inner) => quote(inner, { expandable: true })),
)
const documents = fc.array(blocks, { maxLength: 40 }).map((parts) => joinHtml(parts, '\n'))

const squeeze = (text: string) => text.replace(/\s/g, '')
const boundaries = (text: string) =>
  new Set([...new Intl.Segmenter().segment(text)].map(({ index }) => index).concat(text.length))

describe('plain text of HTML', () => {
  test.each([
    ['<b>a</b> &lt;&amp;&quot;&#39;&#x1F600;&gt', 'a <&"\'😀>'],
    ['a &nbsp; & b &#0; &#xD800;', 'a &nbsp; & b &#0; &#xD800;'],
    ['a < b <foo> <br> <a href="x">c</a>', 'a < b <foo> <br> c'],
    ['<b>open', 'open'],
  ])('%s becomes %s', (source, expected) => {
    expect(toPlainText({ html: source })).toBe(expected)
  })

  test('matches Telegram’s parsing, and its length is in code points', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const { text } = readTelegramHtml(document.html)
        expect(toPlainText(document)).toBe(text)
        expect(visibleLength(document)).toBe([...text].length)
      }),
    )
  })
})

describe('clipping a title', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['the quick brown fox', 12, 'the quick…'],
    ['the quick brown fox', 10, 'the quick…'],
    ['unbreakable'.repeat(3), 12, 'unbreakable…'],
    ['😀😀😀😀', 3, '😀😀…'],
    [`ab${family}`, 5, 'ab…'],
    ['anything', 1, '…'],
    ['anything', 0, ''],
  ])('%s to %i is %s', (text, max, expected) => {
    expect(shorten(text, max)).toBe(expected)
  })

  test('never exceeds its length or splits a grapheme, unless a single grapheme is longer', () => {
    fc.assert(
      fc.property(
        fc.array(texts).map((parts) => parts.join('')),
        fc.integer({ min: 12, max: 60 }),
        (text, max) => {
          const clipped = shorten(text, max)
          expect([...clipped].length).toBeLessThanOrEqual(max)
          if (clipped === text) return
          expect(clipped.endsWith('…')).toBe(true)
          expect(text.startsWith(clipped.slice(0, -1))).toBe(true)
          expect(boundaries(text)).toContain(clipped.length - 1)
        },
      ),
    )
  })
})

describe('truncating HTML', () => {
  test.each([
    ['<b>bold <i>and italic</i> text</b>', 12, '<b>bold <i>and</i></b>…'],
    ['a &amp; b &lt; c', 4, 'a &amp;…'],
    [
      '<pre><code class="language-ts">const a = 1</code></pre>',
      6,
      '<pre><code class="language-ts">const</code></pre>…',
    ],
    ['<b>fits</b>', 4, '<b>fits</b>'],
  ])('%s to %i', (source, max, expected) => {
    expect(truncateHtml({ html: source }, max)).toEqual({ html: expected })
  })

  test('keeps any document valid and within its length', () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 0, max: 200 }), (document, max) => {
        const cut = truncateHtml(document, max)
        const { text } = readTelegramHtml(cut.html)
        expect([...text].length).toBeLessThanOrEqual(max)
        if (visibleLength(document) <= max) expect(cut).toEqual(document)
        else expect(toPlainText(document).startsWith(text.slice(0, -1))).toBe(true)
      }),
    )
  })
})

describe('a text', () => {
  test.each([
    [3_899, 'one message', 1],
    [3_900, 'one message', 1],
    [3_901, 'two messages', 2],
  ])('of %d characters is sent as %s', (length, _messages, count) => {
    const text = html`${`😀${'a'.repeat(length - 1)}`}`
    expect(splitHtml(text)).toHaveLength(count)
    expect(asOneMessage(text)).toEqual(count === 1 ? text : undefined)
  })

  test.each([
    [89, 'one message', 1],
    [90, 'one message', 1],
    [91, 'two messages', 2],
  ])('with %d links is sent as %s', (links, _messages, count) => {
    const text = joinHtml(
      Array.from({ length: links }, (_, index) => link(`https://x.test/${index}`, 'x')),
      '\n',
    )
    expect(splitHtml(text)).toHaveLength(count)
    expect(asOneMessage(text)).toEqual(count === 1 ? text : undefined)
  })
})

describe('splitting HTML', () => {
  test('cuts at a line and reopens closed tags with their attributes', () => {
    const source = html`${quote([bold('first line\nsecond line'), '\nthird'], { expandable: true })}`
    expect(splitHtml(source, { max: 15 }).map((part) => part.html)).toEqual([
      '<blockquote expandable><b>first line</b></blockquote>',
      '<blockquote expandable><b>second line</b></blockquote>',
      '<blockquote expandable>third</blockquote>',
    ])
    expect(splitHtml(pre('one\n  two', 'ts'), { max: 5 }).map((part) => part.html)).toEqual([
      '<pre><code class="language-ts">one</code></pre>',
      '<pre><code class="language-ts">  two</code></pre>',
    ])
  })

  test('prefers the end of a paragraph', () => {
    expect(splitHtml(html`${'aaaaaa\n\nbb\ncc dd'}`, { max: 11 }).map(toPlainText)).toEqual([
      'aaaaaa',
      'bb\ncc dd',
    ])
  })

  test('keeps a short text whole and returns no part for a blank one', () => {
    expect(splitHtml(bold('a'))).toEqual([bold('a')])
    expect(splitHtml(html`${' \n '}`)).toEqual([])
  })

  test('starts a new message before Telegram would drop formatting or refuse long URLs', () => {
    const many = joinHtml(
      Array.from({ length: 200 }, (_, index) => bold(index)),
      '\n',
    )
    expect(splitHtml(many)).toHaveLength(3)
    const long = joinHtml(
      Array.from({ length: 60 }, () => link(`https://a.bc/${'x'.repeat(700)}`, 'y')),
      '\n',
    )
    for (const part of splitHtml(long)) expect(() => readTelegramMessage(part.html)).not.toThrow()
  })

  test('keeps all of any document in valid parts within the limits', () => {
    const limits = fc.record({
      max: fc.integer({ min: 1, max: 120 }),
      maxEntities: fc.integer({ min: 3, max: 20 }),
    })
    fc.assert(
      fc.property(documents, limits, (document, { max, maxEntities }) => {
        const parts = splitHtml(document, { max, maxEntities })
        for (const part of parts) {
          const { text, entities } = readTelegramHtml(part.html)
          expect(text.trim()).not.toBe('')
          expect([...text].length).toBeLessThanOrEqual(max)
          expect(entities.length).toBeLessThanOrEqual(maxEntities)
        }
        expect(squeeze(parts.map(toPlainText).join(''))).toBe(squeeze(toPlainText(document)))
      }),
    )
  })

  test('keeps every link in one of the parts', () => {
    const lines = Array.from(
      { length: 300 },
      (_, index) => html`${link(`https://a.bc/${index}`, index)} ${'x'.repeat(20)}`,
    )
    const entities = splitHtml(joinHtml(lines, '\n')).flatMap(
      (part) => readTelegramMessage(part.html).entities,
    )
    expect(entities.map(({ value }) => value)).toEqual(lines.map((_, index) => `https://a.bc/${index}`))
  })
})
