import type { Token } from 'markdown-it'
import { pre } from '../kit/html.ts'
import { escapeText } from '../kit/rich-text.ts'
import { signs } from '../kit/signs.ts'
import { spansToHtml } from './inline.ts'
import { tableToHtml } from './table.ts'

/** A block's context: the prefixes of its first and other lines, and what surrounds it. */
type Place = {
  readonly first: string
  readonly rest: string
  readonly tight: boolean
  readonly quoted: boolean
}

type Kind = 'heading' | 'paragraph' | 'list' | 'framed'
type Block = { readonly kind: Kind; readonly html: string; readonly lines: readonly [number, number] }

const rule = '———'
const indent = '   '
const maxIndent = indent.length * 6

/** Converts a parsed document to Telegram HTML; `lines` are its source lines. */
export function blocksToHtml(tokens: readonly Token[], lines: readonly string[]): string {
  const html = writeBlocks(tokens, { first: '', rest: '', tight: false, quoted: false }, lines)
  return html.replace(/^\n+/, '').trimEnd()
}

function writeBlocks(tokens: readonly Token[], place: Place, lines: readonly string[]): string {
  let html = ''
  let previous: Block | undefined
  let first = place.first
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index]
    if (!token) break
    const end = endOf(tokens, index)
    const block = writeBlock(tokens.slice(index, end), token, { ...place, first }, lines)
    index = end
    if (block.html.trim() === '') continue
    html += previous ? gap(previous, block, place.tight) + block.html : block.html
    previous = block
    first = place.rest
  }
  return html === '' ? place.first.trimEnd() : html
}

function endOf(tokens: readonly Token[], start: number): number {
  const opening = tokens[start]
  if (opening?.nesting !== 1) return start + 1
  let end = start + 1
  while (end < tokens.length && !(tokens[end]?.level === opening.level && tokens[end]?.nesting === -1)) end++
  return end + 1
}

function gap(previous: Block, next: Block, tight: boolean): string {
  const adjacent = previous.kind === 'paragraph' && previous.lines[1] === next.lines[0]
  const close = previous.kind === 'heading' || previous.kind === 'framed' || next.kind === 'framed'
  return tight || adjacent || close ? '\n' : '\n\n'
}

function writeBlock(tokens: readonly Token[], token: Token, place: Place, lines: readonly string[]): Block {
  const inner = tokens.slice(1, -1)
  const make = (kind: Kind, html: string): Block => ({ kind, html, lines: token.map ?? [0, 0] })
  switch (token.type) {
    case 'heading_open':
      return make('heading', writeLines(bold(inner), place))
    case 'bullet_list_open':
    case 'ordered_list_open':
      return make('list', writeList(inner, place, lines))
    case 'blockquote_open':
      return make('framed', writeQuote(inner, place, lines))
    case 'fence':
      return make('framed', below(place, writeCode(token.content, token.info.trim())))
    case 'code_block':
      return make('framed', below(place, writeCode(token.content, '')))
    case 'table_open':
      return make('framed', below(place, tableToHtml(tokens, lines)))
    case 'hr':
      return make('paragraph', writeLines(rule, place))
    case 'paragraph_open':
      return make('paragraph', writeLines(spansToHtml(inner[0]?.children ?? []), place))
    default:
      return make('paragraph', writeLines(escapeText(token.content), place))
  }
}

function bold(inner: readonly Token[]): string {
  const text = spansToHtml(inner[0]?.children ?? [], { inBold: true }).trim()
  return text === '' ? '' : `<b>${text}</b>`
}

function writeLines(html: string, { first, rest }: Place): string {
  const text = html.trim()
  return text === '' ? '' : first + text.replaceAll('\n', `\n${rest}`)
}

function below({ first }: Place, framed: string): string {
  return first.trim() === '' || framed === '' ? framed : `${first.trimEnd()}\n${framed}`
}

function writeQuote(inner: readonly Token[], place: Place, lines: readonly string[]): string {
  if (place.quoted) return writeBlocks(inner, deeper(place), lines)
  const html = writeBlocks(inner, { first: '', rest: '', tight: false, quoted: true }, lines).trim()
  return html === '' ? '' : below(place, `<blockquote>${html}</blockquote>`)
}

/** Telegram can't nest quotes, so each line of an inner quote gets a `›` prefix. */
function deeper({ first, rest, ...place }: Place): Place {
  return rest.length < maxIndent
    ? { ...place, first: `${first}› `, rest: `${rest}› ` }
    : { ...place, first, rest }
}

function writeList(items: readonly Token[], place: Place, lines: readonly string[]): string {
  const level = 1 + (items[0]?.level ?? 0)
  const tight = items.every(
    (token) => token.type !== 'paragraph_open' || token.level !== level || token.hidden,
  )
  const written: string[] = []
  let typed = ''
  let number = 0
  for (let index = 0; index < items.length; ) {
    const item = items[index]
    const end = endOf(items, index)
    const inner = items.slice(index + 1, end - 1)
    index = end
    if (!item) break
    const info = item.info
    number = info === typed ? number + 1 : Number(info)
    const marker = [info === '' ? '' : `${info === typed ? number : info}.`, takeCheckbox(inner)]
      .filter(Boolean)
      .join(' ')
    typed = info
    const first = `${written.length === 0 ? place.first : place.rest}${marker || '•'} `
    const rest = place.rest.length < maxIndent ? place.rest + indent : place.rest
    written.push(writeBlocks(inner, { ...place, first, rest, tight }, lines))
  }
  return written.join(tight ? '\n' : '\n\n')
}

function takeCheckbox(inner: readonly Token[]): string | undefined {
  const text = inner[0]?.type === 'paragraph_open' ? inner[1]?.children?.[0] : undefined
  const [box, mark] = (text?.type === 'text' && /^\[([ xX])\](?:\s|$)/.exec(text.content)) || []
  if (!text || box === undefined) return undefined
  text.content = text.content.slice(box.length)
  return mark === ' ' ? signs.unchecked : signs.checked
}

function writeCode(content: string, info: string): string {
  const text = content.replace(/\n$/, '')
  const [language = ''] = info.split(/\s/, 1)
  const known = /^[\w+#.-]{1,40}$/.test(language) && text.trim() !== ''
  const label = known ? info.slice(language.length).trim() : info
  const block = text.trim() === '' ? '' : pre(text, known ? language : undefined).html
  return [label === '' ? '' : `<i>${escapeText(label)}</i>`, block].filter(Boolean).join('\n')
}
