import { describe, expect, test } from 'vitest'
import { splitHtml, toPlainText } from '../../src/view/kit/html.ts'
import { showLong } from '../../src/view/markdown/long-text.ts'
import { markdownToHtml } from '../../src/view/markdown/markdown.ts'
import { lostWords } from '../support/lost-words.ts'
import { giants, samples } from '../support/markdown-samples.ts'
import { readTelegramHtml, readTelegramMessage } from '../support/telegram-html.ts'

describe.each([...samples, ...giants])('the result in %s', (_, markdown) => {
  test('is shown by Telegram with every word', () => {
    const { html } = markdownToHtml(markdown)
    expect(() => readTelegramHtml(html)).not.toThrow()
    expect(lostWords(markdown, html)).toEqual([])
  })

  test('is valid and complete when sent in parts', () => {
    const document = markdownToHtml(markdown)
    const parts = splitHtml(document, { max: 500 })
    for (const part of parts) readTelegramMessage(part.html, 500)
    const squeeze = (text: string) => text.replace(/\s/g, '')
    expect(squeeze(parts.map(toPlainText).join(''))).toBe(squeeze(toPlainText(document)))
  })

  test('fits one message, or is a file with a caption', () => {
    const shown = showLong(markdown, { head: { html: '<b>PREQ-1</b> Done' } })
    if (shown.kind === 'file') expect(() => readTelegramMessage(shown.caption.html, 1024)).not.toThrow()
    else expect(() => readTelegramMessage(shown.html.html)).not.toThrow()
  })
})

test('each sample keeps the looks that its snapshot records', () => {
  const shown = samples.map(([name, markdown]) => `<!-- ${name} -->\n${markdownToHtml(markdown).html}`)
  expect(shown.join('\n\n')).toMatchSnapshot()
})
