/** An entity as Telegram reports it, with offset and length in UTF-16 units. */
export type Entity = {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly value: string
}

/** HTML as Telegram parses it: the text and its entities. */
export type Reading = { readonly text: string; readonly entities: readonly Entity[] }

type Open = { readonly name: string; readonly value: string; readonly offset: number }

const kinds = new Map([
  ['a', 'text_link'],
  ['b', 'bold'],
  ['strong', 'bold'],
  ['i', 'italic'],
  ['em', 'italic'],
  ['s', 'strikethrough'],
  ['strike', 'strikethrough'],
  ['del', 'strikethrough'],
  ['u', 'underline'],
  ['ins', 'underline'],
  ['span', 'spoiler'],
  ['tg-spoiler', 'spoiler'],
  ['tg-emoji', 'custom_emoji'],
  ['tg-time', 'date_time'],
  ['pre', 'pre'],
  ['code', 'code'],
  ['blockquote', 'blockquote'],
])
const values = new Map([
  ['a', 'href'],
  ['code', 'class'],
  ['span', 'class'],
  ['tg-emoji', 'emoji-id'],
  ['tg-time', 'unix'],
])

/**
 * Parses HTML like Telegram's parser and throws its errors. Also throws for what Telegram silently drops: nested quotes, nested
 * links, anything inside code, invalid links, lone surrogates.
 */
export function readTelegramHtml(html: string): Reading {
  const open: Open[] = []
  const entities: Entity[] = []
  let text = ''
  let at = 0
  while (at < html.length) {
    const sign = html.charAt(at)
    if (sign === '&') {
      const { character, next } = readReference(html, at)
      text += character
      at = next
    } else if (sign !== '<') {
      text += sign
      at++
    } else if (html[at + 1] === '/') {
      const end = html.indexOf('>', at)
      const tag = open.pop()
      if (!tag) throw refusal(`Unexpected end tag at byte offset ${byteOffset(html, at)}`)
      if (end < 0) throw refusal(`Unclosed end tag at byte offset ${byteOffset(html, at)}`)
      const name = html
        .slice(at + 2, end)
        .trim()
        .toLowerCase()
      if (name !== '' && name !== tag.name) {
        const names = `expected "</${tag.name}>", found "</${name}>"`
        throw refusal(`Unmatched end tag at byte offset ${byteOffset(html, at)}, ${names}`)
      }
      if (text.length > tag.offset) {
        const type = kinds.get(tag.name) ?? ''
        entities.push({ type, offset: tag.offset, length: text.length - tag.offset, value: tag.value })
      }
      at = end + 1
    } else {
      const { name, value, next } = readStartTag(html, at)
      open.push({ name, value, offset: text.length })
      refuseSwallowed(open)
      at = next
    }
  }
  const unclosed = open.at(-1)
  if (unclosed) throw refusal(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  if (/\p{Surrogate}/u.test(text)) throw new Error('Strings must be encoded in UTF-8')
  return { text, entities }
}

/** Does the same for a message: it must not be blank and must be within the limits of length, bytes and entities. */
export function readTelegramMessage(html: string, maxLength = 4096): Reading {
  if (Buffer.byteLength(html) > 32768) throw new Error('Bad Request: text is too long')
  const reading = readTelegramHtml(html)
  if (reading.text.trim() === '') throw new Error('Bad Request: text must be non-empty')
  if ([...reading.text].length > maxLength) throw new Error('Bad Request: message is too long')
  if (reading.entities.length > 100) throw new Error('Telegram drops entities after the hundredth')
  if (reading.entities.reduce((sum, { value }) => sum + value.length, 0) > 9500)
    throw new Error('ENTITIES_TOO_LONG')
  return reading
}

function readStartTag(html: string, start: number): { name: string; value: string; next: number } {
  const name = /^[^\s>]*/.exec(html.slice(start + 1, start + 40))?.[0]?.toLowerCase() ?? ''
  if (!kinds.has(name)) {
    throw refusal(`Unsupported start tag "${name}" at byte offset ${byteOffset(html, start)}`)
  }
  const unclosed = () => refusal(`Unclosed start tag "${name}" at byte offset ${byteOffset(html, start)}`)
  let at = start + 1 + name.length
  let value = ''
  for (;;) {
    while (/\s/.test(html.charAt(at))) at++
    if (at >= html.length) throw unclosed()
    if (html[at] === '>') break
    const attribute = /^[^\s=>]*/.exec(html.slice(at))?.[0] ?? ''
    if (attribute === '') {
      throw refusal(`Empty attribute name in the tag "${name}" at byte offset ${byteOffset(html, start)}`)
    }
    at += attribute.length
    if (html[at] !== '=') continue
    const quotation = html.charAt(++at)
    let given = ''
    if (quotation === '"' || quotation === "'") {
      at++
      while (at < html.length && html[at] !== quotation) {
        const { character, next } =
          html[at] === '&' ? readReference(html, at) : { character: html[at], next: at + 1 }
        given += character
        at = next
      }
      if (at++ >= html.length) throw unclosed()
    } else {
      given = /^[a-z\d.-]*/i.exec(html.slice(at))?.[0] ?? ''
      at += given.length
      if (!/[\s>]/.test(html.charAt(at))) {
        throw refusal(`Unexpected end of name token at byte offset ${byteOffset(html, at)}`)
      }
    }
    if (attribute.toLowerCase() === values.get(name)) value = given
  }
  if (name === 'span' && value !== 'tg-spoiler') {
    throw refusal(`Tag "span" must have class "tg-spoiler" at byte offset ${byteOffset(html, start)}`)
  }
  if (name === 'tg-emoji' && !/^[1-9]\d*$/.test(value))
    throw refusal('Invalid custom emoji identifier specified')
  return { name, value, next: at + 1 }
}

function readReference(html: string, start: number): { character: string; next: number } {
  const found = /^&(?:#x([\da-f]+)|#(\d+)|(lt|gt|amp|quot)(?![a-z]));?/i.exec(html.slice(start, start + 12))
  if (!found) return { character: '&', next: start + 1 }
  const [raw, hex, decimal, name] = found
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
  const character = name ? { lt: '<', gt: '>', amp: '&', quot: '"' }[name] : codePoint(code)
  return character === undefined
    ? { character: '&', next: start + 1 }
    : { character, next: start + raw.length }
}

function codePoint(code: number): string | undefined {
  return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined
}

function refuseSwallowed(open: readonly Open[]): void {
  const last = open.at(-1)
  const outer = open.slice(0, -1).map(({ name }) => name)
  if (last?.name === 'blockquote' && outer.includes('blockquote')) throw new Error('a quote within a quote')
  if (last?.name === 'a' && outer.includes('a')) throw new Error('a link within a link')
  if (last?.name === 'a' && !/^(?:https?:\/\/[^/?#]*[^./?#]\.[^./?#]|tg:)/i.test(last.value)) {
    throw new Error(`a link that Telegram drops: ${last.value}`)
  }
  if (last?.name === 'code' && outer.includes('a')) throw new Error('code within a link')
  if (outer.includes('code') || (outer.includes('pre') && last?.name !== 'code')) {
    throw new Error(`${last?.name} within code, where Telegram drops it or the code`)
  }
}

function byteOffset(html: string, index: number): number {
  return Buffer.byteLength(html.slice(0, index))
}

function refusal(detail: string): Error {
  return new Error(`Bad Request: can't parse entities: ${detail}`)
}
