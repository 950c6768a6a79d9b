import type { MessageEntity } from 'grammy/types'

/** A text with Telegram's formatting entities. */
export interface FormattedText {
  readonly text: string
  readonly entities?: readonly MessageEntity[] | undefined
}

const marked = ['code', 'pre', 'text_link', 'strikethrough', 'blockquote', 'expandable_blockquote']

/**
 * Converts formatted text to Markdown: code, strikethrough, quotes and links. Links in the first line go below the
 * text, because that line may become a title.
 */
export function toMarkdown({ text, entities = [] }: FormattedText): string {
  const endOfFirst = text.indexOf('\n') === -1 ? text.length : text.indexOf('\n')
  const below: string[] = []
  const found = entities
    .filter(({ type }) => marked.includes(type))
    .sort((left, right) => left.offset - right.offset || right.length - left.length)

  const write = (from: number, to: number, within: readonly MessageEntity[]): string => {
    let written = ''
    let at = from
    for (const [index, entity] of within.entries()) {
      const end = entity.offset + entity.length
      // Telegram's entities are nested properly; ignore any that overlap.
      if (entity.offset < at || end > to) continue
      written += text.slice(at, entity.offset)
      at = end
      const inner = within.slice(index + 1).filter((other) => other.offset < end)
      const plain = text.slice(entity.offset, end)
      const nested = () => write(entity.offset, end, inner)
      switch (entity.type) {
        case 'code':
          written += plain.includes('\n') ? inFence(plain, '', written, text.slice(at)) : inCode(plain)
          break
        case 'pre':
          written += inFence(plain, entity.language ?? '', written, text.slice(at))
          break
        case 'text_link':
          if (entity.offset < endOfFirst) {
            written += nested()
            below.push(inLink(plain, entity.url))
          } else written += inLink(plain, entity.url)
          break
        case 'strikethrough':
          written += struck(nested())
          break
        default:
          written += onLinesOfItsOwn(quoted(nested()), written, text.slice(at))
      }
    }
    return written + text.slice(at, to)
  }
  return [write(0, text.length, found), ...below].join('\n')
}

/** Formats text as a Markdown quote. */
export function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n')
}

/** Formats text as inline code. */
export function inCode(text: string): string {
  const ticks = maxRun(text) === 0 ? '`' : '`'.repeat(maxRun(text) + 1)
  const padding = /^`|`$/.test(text) ? ' ' : ''
  return `${ticks}${padding}${text}${padding}${ticks}`
}

/** Formats text as a fenced code block. */
export function inFence(text: string, language = '', before = '', after = ''): string {
  const fence = '`'.repeat(Math.max(3, maxRun(text) + 1))
  return onLinesOfItsOwn(`${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`, before, after)
}

/** Formats a link. A text that is its own URL stays bare. */
export function inLink(text: string, url: string): string {
  const address = url.replaceAll('(', '%28').replaceAll(')', '%29')
  return text === url ? url : `[${text.replace(/[[\]]/g, '\\$&')}](${address})`
}

function struck(text: string): string {
  return text.replace(/\S(?:[^\n]*\S)?/g, '~~$&~~')
}

function onLinesOfItsOwn(block: string, before: string, after: string): string {
  const opening = before === '' || before.endsWith('\n') ? '' : '\n'
  const closing = after === '' || after.startsWith('\n') ? '' : '\n'
  return `${opening}${block}${closing}`
}

function maxRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}
