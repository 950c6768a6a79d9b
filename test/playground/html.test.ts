import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BotApiError } from '../../src/playground/protocol/refusal.ts'
import { formatted } from '../../src/playground/text/formatted.ts'
import { parseHtml } from '../../src/playground/text/html.ts'

describe('what Telegram refuses, with byte offsets', () => {
  test.each([
    ['é <x>', 'Unsupported start tag "x" at byte offset 3'],
    ['é <p class="a">', 'Unsupported start tag "p" at byte offset 3'],
    ['<br>', 'Unsupported start tag "br" at byte offset 0'],
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['😀<b', 'Unclosed start tag at byte offset 4'],
    ['<b class="', 'Unclosed start tag at byte offset 0'],
    ['<b class', 'Unclosed start tag "b" at byte offset 0'],
    ['<b =x>', 'Empty attribute name in the tag "b" at byte offset 0'],
    ['<b class"x">', 'Empty attribute name in the tag "b" at byte offset 0'],
    ['<tg-time unix="1" format="x">y</tg-time>', 'Invalid date format used'],
    ['<a href=http://a.b>', 'Unexpected end of name token at byte offset 8'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['</b>', 'Unexpected end tag at byte offset 0'],
    ['<b>x</b ', 'Unclosed end tag at byte offset 4'],
    ['<b>é</i>', 'Unmatched end tag at byte offset 5, expected "</b>", found "</i>"'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<b>x<i>y</i>', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<tg-emoji emoji-id="x">x</tg-emoji>', 'Invalid custom emoji identifier specified'],
  ])('%s', (html, detail) => {
    expect(() => parseHtml(html)).toThrow(
      new BotApiError(400, `Bad Request: can't parse entities: ${detail}`),
    )
  })
})

describe('what Telegram parses', () => {
  test.each([
    ['<b>a</b> <STRONG>b</strong> <i>c</i><em></em>', 'a b c', ['bold 0+1', 'bold 2+1', 'italic 4+1']],
    ['<u>a</u> <ins>b</ins>', 'a b', ['underline 0+1', 'underline 2+1']],
    [
      '<s>a</s> <strike>b</strike> <del>c</del>',
      'a b c',
      ['strikethrough 0+1', 'strikethrough 2+1', 'strikethrough 4+1'],
    ],
    ['<span class="tg-spoiler">a</span> <tg-spoiler>b</tg-spoiler>', 'a b', ['spoiler 0+1', 'spoiler 2+1']],
    ['<b>a</>', 'a', ['bold 0+1']],
    ['😀<b>é😀</b>', '😀é😀', ['bold 2+3']],
    ['<b>a</b><b>b</b>', 'ab', ['bold 0+2']],
    ['<b>a<i>b</i></b>', 'ab', ['bold 0+2', 'italic 1+1']],
    ['&lt;b&gt; &amp &quot;&#65;&#x42;&nbsp;&copy; a & b > c', '<b> & "AB&nbsp;&copy; a & b > c', []],
    ['<a href="https://a.example">x</a>', 'x', ['text_link 0+1 https://a.example/']],
    ['<a href="a.example/b?c=1&amp;d#e">x</a>', 'x', ['text_link 0+1 http://a.example/b?c=1&d#e']],
    ['<a href="tg://resolve?domain=a">x</a>', 'x', ['text_link 0+1 tg://resolve?domain=a']],
    ['<a href="nothing">x</a> <a href="http://localhost/">y</a>', 'x y', []],
    ['<a href="javascript:x">x</a>', 'x', []],
    ['<pre>a</pre>', 'a', ['pre 0+1']],
    ['<pre><code class="language-ts">a</code></pre>', 'a', ['pre 0+1 ts']],
    ['<pre>a<code class="language-ts">b</code></pre>', 'ab', ['pre 0+2']],
    ['<code class="language-ts">a</code>', 'a', ['code 0+1']],
    ['<b>a<code>b</code>c</b>', 'abc', ['bold 0+1', 'code 1+1', 'bold 2+1']],
    ['<code>a<b>b</b></code>', 'ab', ['code 0+2']],
    ['<blockquote>a</blockquote>', 'a', ['blockquote 0+1']],
    ['<blockquote expandable>a<b>b</b></blockquote>', 'ab', ['expandable_blockquote 0+2', 'bold 1+1']],
    ['<blockquote>a<blockquote>b</blockquote></blockquote>', 'ab', ['blockquote 0+2']],
    ['<tg-time unix="1700000000" format="r">soon</tg-time>', 'soon', ['date_time 0+4 1700000000 r']],
    ['<tg-time unix="0">never</tg-time>', 'never', []],
    ['<tg-emoji emoji-id="53">👍</tg-emoji>', '👍', ['custom_emoji 0+2 53']],
    ['  \n a <b>b</b> \n ', 'a b', ['bold 2+1']],
    [' <b> a </b> ', '<b> a </b>'.replace(/<\/?b>/g, '').trimEnd(), ['bold 0+2']],
    ['a\r\nb\u0007c', 'a\nb c', []],
  ])('%s', (html, text, entities) => {
    const result = formatted(html, 'HTML', undefined)

    expect(result.text).toBe(text)
    expect(result.entities.map(written)).toEqual(entities)
  })
})

function written({
  type,
  offset,
  length,
  ...more
}: {
  type: string
  offset: number
  length: number
}): string {
  return [type, `${offset}+${length}`, ...Object.values(more)].join(' ')
}

describe('any input', () => {
  const pieces = fc.constantFrom(
    ...[
      '<b>',
      '</b>',
      '<i>',
      '</i>',
      '<a href="',
      '">',
      '</a>',
      '<pre>',
      '</pre>',
      '<code class=language-x>',
      '</>',
    ],
    ...[
      '<blockquote expandable>',
      '</blockquote>',
      '&lt;',
      '&#x1F600',
      '&',
      '<',
      '>',
      '"',
      ' ',
      '\n',
      '😀',
      'a.b',
      'é',
    ],
  )
  const html = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 30 })

  test('is parsed or refused, and every entity lies inside the text on character boundaries', () => {
    fc.assert(
      fc.property(html, (parts) => {
        try {
          const { text, entities } = formatted(parts.join(''), 'HTML', undefined)
          for (const { offset, length } of entities) {
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(length).toBeGreaterThan(0)
            expect(offset + length).toBeLessThanOrEqual(text.length)
            expect(text.slice(offset, offset + length).isWellFormed()).toBe(text.isWellFormed())
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BotApiError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('that is escaped comes back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
        expect(parseHtml(escaped)).toEqual({ text, entities: [] })
      }),
    )
  })
})
