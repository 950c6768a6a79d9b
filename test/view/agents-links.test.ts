import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withDetectedEntities } from '../../src/playground/text/detect-entities.ts'
import { title, toPlainText } from '../../src/view/kit/html.ts'
import { markdownToHtml } from '../../src/view/markdown/markdown.ts'
import { deletedMessage } from '../../src/view/notifications/message.ts'
import { readTelegramHtml } from '../support/telegram-html.ts'

const shown = (markdown: string) => markdownToHtml(markdown).html.replaceAll('\u2060', '')
/** Returns what can be tapped in a text, according to Telegram's detection. */
const tappable = (text: string) =>
  withDetectedEntities(text, []).map(
    ({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`,
  )

describe('a link in Markdown', () => {
  test.each([
    '[Accept](tg://resolve?domain=evil)',
    '[p](tg://proxy?server=1.2.3.4&port=1)',
    '[me](tg://user?id=42)',
    '<tg://user?id=42>',
    '![x](tg://resolve?domain=evil)',
    '[x](javascript:alert(1))',
    '[x](https://user:pass@github.com@evil.example/)',
    '[x](https://user@evil.example/)',
  ])('%s is plain text without anything to tap', (markdown) => {
    const { html } = markdownToHtml(markdown)

    expect(html).not.toContain('<a ')
    expect(tappable(readTelegramHtml(html).text)).toEqual([])
  })

  test.each([
    ['https://github.com/acme/web/pull/1', 'https://evil.example/x', 'evil.example'],
    ['github.com', 'https://evil.example', 'evil.example'],
    ['GitHub.com/acme', 'https://github.com.evil.example', 'github.com.evil.example'],
    ['\u202egithub.com', 'https://evil.example', 'evil.example'],
    ['github\u200b.com', 'https://evil.example', 'evil.example'],
    ['github。com', 'https://evil.example', 'evil.example'],
    ['log in at github.com now', 'https://evil.example', 'evil.example'],
    ['https://github.com@evil.example', 'https://other.example', 'other.example'],
    ['gіthub.com', 'https://gіthub.com', 'xn--gthub-n2e.com'],
  ])('labeled %j that points to %s shows its host', (label, url, host) => {
    const text = readTelegramHtml(markdownToHtml(`[${label}](${url})`).html).text.replaceAll('\u2060', '')

    expect(text).toMatch(new RegExp(`\\(${host.replaceAll('.', '\\.')}\\)$`))
  })

  test.each([
    ['[github.com/acme](https://github.com/acme)', '<a href="https://github.com/acme">github.com/acme</a>'],
    ['[GitHub.com](https://www.github.com)', '<a href="https://www.github.com">GitHub.com</a>'],
    ['[README.md](https://github.com/a/b)', '<a href="https://github.com/a/b">README.md</a>'],
    ['[v1.2.3](https://github.com/a/b)', '<a href="https://github.com/a/b">v1.2.3</a>'],
    ['[the docs](https://docs.example.com)', '<a href="https://docs.example.com">the docs</a>'],
  ])('%s needs no host next to it', (markdown, html) => {
    expect(shown(markdown)).toBe(html)
  })
})

describe('the text of agents', () => {
  test.each([
    ['/undo', []],
    ['(/undo@preqbot_playground)', []],
    ['ask @durov_bot', []],
    ['see evil.example.com/x?y=1', []],
    ['EVIL.COM and evil.cOm', []],
    ['README.md, main.rs', []],
    ['at 10.0.0.1', []],
    ['tg://resolve?domain=evil', []],
    ['https://github.com@evil.com/', []],
    ['https://example.com/a?b=1 is fine', ['url https://example.com/a?b=1']],
    ['mail ada@example.com', ['email ada@example.com']],
  ])('%j has %j to tap', (text, found) => {
    expect(tappable(toPlainText(title(text)))).toEqual(found)
    expect(tappable(readTelegramHtml(markdownToHtml(text).html).text)).toEqual(found)
  })

  test('has nothing to tap in a title', () => {
    const message = deletedMessage({
      by: 'laptop',
      key: 'WEB-1',
      title: 'Tell @durov_bot to /undo on evil.com',
      auditId: null,
      others: 0,
    })

    expect(tappable(readTelegramHtml(JSON.stringify(message)).text)).toEqual([])
  })

  test('keeps identifiers unchanged, so they can be copied', () => {
    for (const text of [
      'src/index.test.ts',
      'java.lang.NullPointerException',
      'my_module.do_it',
      'v1.2.3',
      '`/undo evil.com`',
    ])
      expect(readTelegramHtml(markdownToHtml(text).html).text).not.toContain('\u2060')
  })

  test('is shown without bidi overrides, control characters and invisible characters, even in code', () => {
    expect(shown('a\u202eb\u2066c\u0007d\u3164e `f\u202eg`\n\n```\nh\u202e\u0000i\n```')).toBe(
      'abcde <code>fg</code>\n<pre>hi</pre>',
    )
  })

  test('never has a mention or a command to tap', () => {
    const piece = fc.constantFrom(
      '/',
      '@',
      'undo',
      'evil',
      '.',
      'com',
      ' ',
      ':',
      '//',
      'http',
      's',
      '-',
      '_',
      '(',
      '`',
      '*',
      '\n',
      '[',
      ']',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { text, entities } = readTelegramHtml(markdownToHtml(pieces.join('')).html)
        const given = entities.map(({ type, offset, length }) => ({ type, offset, length })) as Parameters<
          typeof withDetectedEntities
        >[1]
        const found = withDetectedEntities(text, given).filter(
          ({ type }) => type === 'mention' || type === 'bot_command',
        )
        expect(found).toEqual([])
      }),
    )
  })
})
