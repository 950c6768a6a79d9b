import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bold, html, toPlainText, visibleLength } from '../../src/view/kit/html.ts'
import { showLong } from '../../src/view/markdown/long-text.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

const head = bold('PREQ-1 · ready')
const lines = (count: number, line = 'a line of the result') =>
  Array.from({ length: count }, () => line).join('\n')

describe('a result', () => {
  test('of a few lines is shown inline', () => {
    expect(showLong('Done: **all** tests pass.', { head })).toEqual({
      kind: 'inline',
      html: html`${head}\n\nDone: <b>all</b> tests pass.`,
    })
  })

  test('of ten lines is shown inline, of eleven folded', () => {
    expect(showLong(lines(10), { head }).kind).toBe('inline')
    const shown = showLong(lines(11), { head })
    expect(shown).toEqual({
      kind: 'folded',
      html: { html: `<b>PREQ-1 · ready</b>\n<blockquote expandable>${lines(11)}</blockquote>` },
    })
  })

  test('that contains quotes is folded without them', () => {
    const shown = showLong(`> quoted\n\n${lines(12)}`, { head })
    expect(shown.kind === 'folded' && shown.html.html.match(/<blockquote/g)).toHaveLength(1)
  })

  test('without text is only its head', () => {
    expect(showLong(' \n', { head })).toEqual({ kind: 'inline', html: head })
  })

  test('longer than one message is a file whose caption is the head and the first lines', () => {
    const markdown = `# Report\n\n${lines(300)}`
    const shown = showLong(markdown, { head, fileName: 'PREQ-1.md' })
    if (shown.kind !== 'file') throw new Error(`shown as ${shown.kind}`)
    expect(shown).toMatchObject({ fileName: 'PREQ-1.md', content: markdown })
    expect(toPlainText(shown.caption)).toMatch(/^PREQ-1 · ready\n\nReport\na line of the result\n/)
    expect(toPlainText(shown.caption).split('\n').length).toBeLessThanOrEqual(11)
    expect(toPlainText(shown.caption).endsWith('…')).toBe(true)
  })

  test('that fits only without the head is a file', () => {
    const body = lines(20, 'word '.repeat(38))
    expect(showLong(body, { head }).kind).toBe('folded')
    expect(showLong(body, { head: html`${'x'.repeat(300)}` }).kind).toBe('file')
  })

  test('with many code spans loses code rather than links, because Telegram drops the last entities', () => {
    const markdown = `${'`a` '.repeat(200)}\n\n[end](https://example.com)`
    const shown = showLong(markdown, { head })
    if (shown.kind === 'file') throw new Error('shown as a file')
    const { entities } = readTelegramMessage(shown.html.html)
    expect(entities.map(({ type }) => type).sort()).toEqual(['bold', 'text_link'])
  })

  test('with too many links for one message is a file', () => {
    expect(showLong(lines(120, '[a](https://example.com)'), { head }).kind).toBe('file')
    expect(showLong(lines(8, `[a](https://example.com/${'b'.repeat(1500)})`), { head }).kind).toBe('file')
  })

  test('of any kind and any length is valid and within the limits', () => {
    const part = fc.constantFrom(
      'word ',
      '**b** ',
      '`c` ',
      '[d](https://example.com/e) ',
      '> f\n',
      '\n\n',
      '- g\n',
      '한국어 ',
      '😀',
    )
    const markdown = fc.tuple(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 100 }))
    fc.assert(
      fc.property(markdown, fc.integer({ min: 0, max: 1500 }), ([parts, times], headLength) => {
        const source = parts.join('').repeat(times)
        const shown = showLong(source, { head: html`${head}${'h'.repeat(headLength)}` })
        if (shown.kind === 'file') {
          expect(shown.content).toBe(source)
          readTelegramMessage(shown.caption.html, 1024)
        } else {
          readTelegramMessage(shown.html.html)
          expect(visibleLength(shown.html)).toBeLessThanOrEqual(3900)
        }
      }),
    )
  })

  test('of a million characters is prepared without converting all of them', () => {
    const start = performance.now()
    expect(showLong('**word** '.repeat(120_000), { head }).kind).toBe('file')
    expect(performance.now() - start).toBeLessThan(500)
  })
})
