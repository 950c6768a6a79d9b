import type { MessageEntity } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { toCheckedLink } from './links.ts'

interface Open {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
  readonly offset: number
}

interface Reader {
  readonly source: string
  at: number
  text: string
}

const references: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const styles: Readonly<Record<string, MessageEntity.CommonMessageEntity['type']>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
}
const others = new Set(['a', 'tg-emoji', 'tg-time', 'pre', 'code', 'blockquote'])

/** Parses Telegram HTML like Telegram's own parser: returns the text and its entities in UTF-16 units, or refuses. */
export function parseHtml(source: string): { text: string; entities: MessageEntity[] } {
  const reader: Reader = { source, at: 0, text: '' }
  const open: Open[] = []
  const entities: MessageEntity[] = []
  while (reader.at < source.length) {
    if (source[reader.at] !== '<') reader.text += readCharacter(reader)
    else if (source[reader.at + 1] === '/') closeTag(reader, open, entities)
    else open.push(readStartTag(reader))
  }
  const left = open.at(-1)
  if (left !== undefined) fail(`Can't find end tag corresponding to start tag "${left.tag}"`)
  if (/\p{Surrogate}/u.test(reader.text)) {
    fail(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    )
  }
  return { text: reader.text, entities: entities.map(withoutCodeLanguage) }
}

function readCharacter(reader: Reader): string {
  const reference = take(reader, /&(?:#x([\da-fA-F]*)|#(\d*)|([a-zA-Z]+));?/y)
  if (reference === null) return reader.source[reader.at++] as string
  const [whole, hex, decimal, name] = reference
  const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
  const isCode = code > 0 && code < 0x10ffff && whole.replace(';', '').length < 10
  const character = name === undefined ? isCode && String.fromCodePoint(code) : references[name]
  if (typeof character === 'string') return character
  reader.at -= whole.length - 1
  return '&'
}

function readStartTag(reader: Reader): Open {
  const start = reader.at
  const name = (take(reader, /<([^ \t\r\n>]*)/y) as RegExpExecArray)[1] as string
  if (reader.at >= reader.source.length)
    fail(`Unclosed start tag at byte offset ${bytesBefore(reader, start)}`)
  const tag = lower(name)
  if (!Object.hasOwn(styles, tag) && !others.has(tag)) {
    fail(`Unsupported start tag "${tag}" at byte offset ${bytesBefore(reader, start)}`)
  }
  const attributes = new Map<string, string>()
  while (take(reader, /[ \t\r\n]*>/y) === null) {
    take(reader, /[ \t\r\n]*/y)
    const attribute = (take(reader, /[^ \t\r\n=>/"']*/y) as RegExpExecArray)[0]
    if (attribute === '')
      fail(`Empty attribute name in the tag "${tag}" at byte offset ${bytesBefore(reader, start)}`)
    const hasValue = take(reader, /[ \t\r\n]*=[ \t\r\n]*/y) !== null
    if (take(reader, /[ \t\r\n]*$/y) !== null) {
      fail(`Unclosed start tag "${tag}" at byte offset ${bytesBefore(reader, start)}`)
    }
    attributes.set(attribute, hasValue ? readValue(reader, start) : '')
  }
  if (tag === 'span' && attributes.get('class') !== 'tg-spoiler') {
    fail(`Tag "span" must have class "tg-spoiler" at byte offset ${bytesBefore(reader, start)}`)
  }
  return { tag, attributes, offset: reader.text.length }
}

function readValue(reader: Reader, tagStart: number): string {
  const start = reader.at
  const quote = reader.source[start]
  let value = ''
  if (quote === '"' || quote === "'") {
    reader.at++
    while (reader.at < reader.source.length && reader.source[reader.at] !== quote)
      value += readCharacter(reader)
    reader.at++
  } else {
    value = lower((take(reader, /[a-z\d.-]*/iy) as RegExpExecArray)[0])
    if (/[^ \t\r\n>]/y.test(reader.source.charAt(reader.at))) {
      fail(`Unexpected end of name token at byte offset ${bytesBefore(reader, start)}`)
    }
  }
  if (reader.at >= reader.source.length)
    fail(`Unclosed start tag at byte offset ${bytesBefore(reader, tagStart)}`)
  return value
}

function closeTag(reader: Reader, open: Open[], entities: MessageEntity[]): void {
  const start = reader.at
  const last = open.pop()
  if (last === undefined) fail(`Unexpected end tag at byte offset ${bytesBefore(reader, start)}`)
  const name = lower((take(reader, /<\/([^ \t\r\n>]*)[ \t\r\n]*/y) as RegExpExecArray)[1] as string)
  if (take(reader, />/y) === null) fail(`Unclosed end tag at byte offset ${bytesBefore(reader, start)}`)
  if (name !== '' && name !== last.tag) {
    fail(
      `Unmatched end tag at byte offset ${bytesBefore(reader, start)}, expected "</${last.tag}>", found "</${name}>"`,
    )
  }
  if (reader.text.length > last.offset) addEntity(reader.text, last, entities)
}

function addEntity(text: string, { tag, attributes, offset }: Open, entities: MessageEntity[]): void {
  const range = { offset, length: text.length - offset }
  const inner = entities.at(-1)
  const sameAsInner = inner?.offset === range.offset && inner.length === range.length
  const style = styles[tag]
  if (style !== undefined) {
    entities.push({ type: style, ...range })
  } else if (tag === 'a') {
    const url = toCheckedLink(attributes.get('href') || text.slice(offset))
    if (url !== null) entities.push({ type: 'text_link', ...range, url })
  } else if (tag === 'pre') {
    const language = inner?.type === 'code' && sameAsInner ? languageOf(inner) : ''
    if (language !== '') entities[entities.length - 1] = { type: 'pre', ...range, language }
    else entities.push({ type: 'pre', ...range })
  } else if (tag === 'code') {
    const language = /^language-(.+)$/.exec(attributes.get('class') ?? '')?.[1] ?? ''
    if (language !== '' && inner?.type === 'pre' && sameAsInner) inner.language ??= language
    else entities.push({ type: 'code', ...range, language } as MessageEntity)
  } else if (tag === 'blockquote') {
    entities.push({ type: attributes.has('expandable') ? 'expandable_blockquote' : 'blockquote', ...range })
  } else if (tag === 'tg-emoji') {
    const id = attributes.get('emoji-id') ?? ''
    if (!/^-?[1-9]\d*$/.test(id)) fail('Invalid custom emoji identifier specified')
    entities.push({ type: 'custom_emoji', ...range, custom_emoji_id: id })
  } else {
    const unixTime = Number.parseInt(attributes.get('unix') ?? '', 10)
    const format = attributes.get('format') ?? ''
    if (!/^(?:r|w?[dD]?[tT]?)$/.test(format)) fail('Invalid date format used')
    const entity = { type: 'date_time', ...range, unix_time: unixTime, date_time_format: format }
    if (unixTime > 0) entities.push(entity as MessageEntity)
  }
}

/** `code` keeps its language only until a `pre` with the same range takes it over. */
function languageOf(entity: MessageEntity): string {
  return 'language' in entity ? (entity.language ?? '') : ''
}

function withoutCodeLanguage(entity: MessageEntity): MessageEntity {
  return entity.type === 'code' ? { type: 'code', offset: entity.offset, length: entity.length } : entity
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.source)
  if (match !== null) reader.at += match[0].length
  return match
}

function lower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function bytesBefore(reader: Reader, at: number): number {
  return Buffer.byteLength(reader.source.slice(0, at))
}

function fail(detail: string): never {
  refuseCall(400, `Bad Request: can't parse entities: ${detail}`)
}
