import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutUnseen } from '../../src/domain/core/text.ts'
import { withDetectedEntities } from '../../src/playground/text/detect-entities.ts'
import {
  bold,
  code,
  escapeHtml,
  html,
  isLinkable,
  italic,
  joinHtml,
  link,
  pre,
  quote,
  tgTime,
  title,
  toPlainText,
} from '../../src/view/kit/html.ts'
import { readTelegramHtml } from '../support/telegram-html.ts'

describe('the template', () => {
  test('escapes values in text and in attributes', () => {
    expect(html`<b>${'<i>&"'}</b>`).toEqual({ html: '<b>&lt;i&gt;&amp;&quot;</b>' })
  })

  test('inserts HTML, joins lists and omits empty values', () => {
    const parts = [bold('a'), ' < ', [italic('b'), null]]
    expect(html`${parts}|${undefined}${null}${false}|${0}${12n}`.html).toBe('<b>a</b> &lt; <i>b</i>||012')
  })

  test('makes valid HTML from any text that parses back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const whole = text.toWellFormed()
        expect(readTelegramHtml(html`<b>${text}</b>x`.html).text).toBe(`${whole}x`)
        expect(toPlainText(escapeHtml(text))).toBe(whole)
        expect(readTelegramHtml(html`<a href="https://a.b/${text}">x</a>`.html).entities[0]?.value).toBe(
          `https://a.b/${whole}`,
        )
      }),
    )
  })

  test('replaces a lone surrogate with U+FFFD because Telegram accepts only UTF-8', () => {
    expect(escapeHtml('a\ud83d b').html).toBe('a\ufffd b')
  })
})

test('joining omits empty parts', () => {
  expect(joinHtml([bold('a'), '', null, false, escapeHtml(''), 'b'], ' · ').html).toBe('<b>a</b> · b')
  expect(joinHtml(['a', 'b'], html`<b>,</b>`).html).toBe('a<b>,</b>b')
})

test('code keeps its language if known', () => {
  expect(pre('a < b').html).toBe('<pre>a &lt; b</pre>')
  expect(pre('a', 'c++').html).toBe('<pre><code class="language-c++">a</code></pre>')
  expect(code('x & y').html).toBe('<code>x &amp; y</code>')
})

describe('a link', () => {
  test.each([
    ['https://example.com/a?b=1&c="2"', true],
    ['http://127.0.0.1:3000/', true],
    ['tg://user?id=1', true],
    ['mailto:a@example.com', false],
    ['http://localhost:3000/', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['src/a.ts', false],
    ['//example.com', false],
    ['https://', false],
    [`https://example.com/${'a'.repeat(2000)}`, false],
    ['', false],
  ])('to %s becomes a link: %s', (url, expected) => {
    expect(isLinkable(url)).toBe(expected)
    const reading = readTelegramHtml(link(url, 'text').html)
    expect(reading.text).toBe('text')
    expect(reading.entities.map(({ value }) => value)).toEqual(expected ? [url] : [])
  })
})

test('a quote unwraps inner quotes', () => {
  expect(quote(html`a ${quote(bold('b'))}`, { expandable: true }).html).toBe(
    '<blockquote expandable>a <b>b</b></blockquote>',
  )
  expect(quote('a < b').html).toBe('<blockquote>a &lt; b</blockquote>')
})

test('a time has its timestamp and format, and is plain text before 1970', () => {
  const at = new Date('2026-10-19T12:00:00.900Z')
  expect(tgTime(at, 'wDT', 'Monday <noon>').html).toBe(
    '<tg-time unix="1792411200" format="wDT">Monday &lt;noon&gt;</tg-time>',
  )
  expect(tgTime(new Date(Number.NaN), 'r', 'never').html).toBe('never')
})

describe('a title', () => {
  const tappable = (text: string) => {
    const shown = toPlainText(title(text))
    return withDetectedEntities(shown, []).map(({ offset, length }) => shown.slice(offset, offset + length))
  }

  test.each([
    'Add idempotency keys to /charges',
    '/undo is the wrong word (/redo, /again)',
    'Rewrite README.md, main.rs and docs/setup.py',
    'Ask @codex_bot and @ada_lovelace',
    '/charges@preqbot_playground README.md',
  ])('%s has nothing to tap', (text) => {
    expect(tappable(text)).toEqual([])
  })

  test('keeps a URL with a scheme as a link', () => {
    expect(tappable('See https://example.com/README.md/@me and /charges')).toEqual([
      'https://example.com/README.md/@me',
    ])
  })

  test('keeps its text except invisible characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(withoutUnseen(toPlainText(title(text)))).toBe(withoutUnseen(text))
      }),
    )
  })

  test.each([
    ['Deploy\u202e yb detpeccA', 'Deploy yb detpeccA'],
    ['a\u200bb\u3164c\u0007d', 'abcd'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['mail ada@example.com', 'mail ada@example.com'],
  ])('%j becomes %j', (text, shown) => {
    expect(toPlainText(title(text))).toBe(shown)
  })

  test('is cut before joiners are inserted', () => {
    expect(toPlainText(title('Look at /charges again', 12))).toBe('Look at…')
  })
})
