import type { MessageEntity } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { parseHtml } from './html.ts'

export interface Formatted {
  readonly text: string
  /** The formatting, without automatically detected entities. */
  readonly entities: readonly MessageEntity[]
}

const mergeable = new Set<string>(['bold', 'italic', 'underline', 'strikethrough', 'spoiler'])
const quotes = new Set<string>(['blockquote', 'expandable_blockquote'])

/** Formats a text as Telegram stores it: parsed, cleaned and trimmed, with entities that follow its nesting rules. */
export function formatted(
  source: string,
  parseMode: string | undefined,
  entities: readonly MessageEntity[] | undefined,
): Formatted {
  if (Buffer.byteLength(source) > 32_768)
    refuseCall(400, 'Bad Request: text is too long', { violation: 'limit' })
  const cleaned = source.replace(/\r/g, '').replace(/[^\P{Cc}\n\t]/gu, ' ')
  const parsed = parsedBy(cleaned, parseMode, entities)
  requireBounds(parsed)
  return trimmed({ text: parsed.text, entities: nested(parsed.text, parsed.entities) })
}

function parsedBy(
  source: string,
  parseMode: string | undefined,
  entities: readonly MessageEntity[] = [],
): Formatted {
  switch (parseMode?.toLowerCase() ?? '') {
    case '':
      return { text: source, entities }
    case 'html':
      return parseHtml(source)
    case 'markdown':
    case 'markdownv2':
      return refuseCall(400, 'Bad Request: the playground does not read Markdown: use HTML or entities')
    default:
      return refuseCall(400, 'Bad Request: unsupported parse_mode')
  }
}

function requireBounds({ text, entities }: Formatted): void {
  for (const { offset, length } of entities) {
    if (offset < 0) refuseCall(400, `Bad Request: receive an entity with incorrect offset ${offset}`)
    if (length < 0) refuseCall(400, `Bad Request: receive an entity with incorrect length ${length}`)
    if (offset + length > text.length) {
      refuseCall(
        400,
        `Bad Request: entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
      )
    }
    if (isInsidePair(text, offset) || isInsidePair(text, offset + length)) {
      const bytes = Buffer.byteLength(text.slice(0, offset))
      refuseCall(400, `Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset ${bytes}`)
    }
  }
}

function isInsidePair(text: string, at: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) && /[\uD800-\uDBFF]/.test(text.charAt(at - 1))
}

/** Sorts outer before inner, removes styles inside code and code, links or quotes inside their own kind, and joins adjacent equal styles. */
function nested(text: string, entities: readonly MessageEntity[]): MessageEntity[] {
  const kept: MessageEntity[] = []
  for (const entity of entities.toSorted(byPlace)) {
    const isBlank = text.slice(entity.offset, entity.offset + entity.length).trim() === ''
    if (entity.length === 0 || (isBlank && mergeable.has(entity.type))) continue
    if (kept.some((outer) => overlaps(outer, entity) && excludes(outer, entity))) continue
    const twin = kept.findLast((other) => other.type === entity.type && mergeable.has(other.type))
    if (twin !== undefined && twin.offset + twin.length >= entity.offset) {
      twin.length = Math.max(twin.length, entity.offset + entity.length - twin.offset)
    } else {
      kept.push({ ...entity })
    }
  }
  const codes = kept.filter(isCode)
  return kept
    .flatMap((entity) => (mergeable.has(entity.type) ? codes.reduce(cutOut, [entity]) : [entity]))
    .sort(byPlace)
}

function byPlace(a: MessageEntity, b: MessageEntity): number {
  return a.offset - b.offset || b.length - a.length
}

/** Splits a style around code: it ends before the code and continues after it. */
function cutOut(parts: MessageEntity[], code: MessageEntity): MessageEntity[] {
  const codeEnd = code.offset + code.length
  return parts.flatMap((part) => {
    if (!overlaps(part, code)) return [part]
    const end = part.offset + part.length
    return [
      { ...part, length: code.offset - part.offset },
      { ...part, offset: codeEnd, length: end - codeEnd },
    ].filter(({ length }) => length > 0)
  })
}

function isCode({ type }: MessageEntity): boolean {
  return type === 'pre' || type === 'code'
}

function overlaps(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length
}

function excludes(outer: MessageEntity, inner: MessageEntity): boolean {
  if (isCode(outer)) return true
  if (quotes.has(outer.type)) return quotes.has(inner.type)
  return !mergeable.has(outer.type) && !mergeable.has(inner.type)
}

/** Trims whitespace at the end, and at the beginning up to the first entity. */
function trimmed({ text, entities }: Formatted): Formatted {
  const leading = /^[ \n\t]*/.exec(text)?.[0].length ?? 0
  const start = Math.min(leading, entities[0]?.offset ?? leading)
  const kept = text.slice(start).trimEnd()
  const clipped = entities.flatMap((entity) => {
    const offset = entity.offset - start
    const length = Math.min(entity.length, kept.length - offset)
    return length > 0 ? [{ ...entity, offset, length }] : []
  })
  return { text: isInvisible(kept) ? '' : kept, entities: isInvisible(kept) ? [] : clipped }
}

function isInvisible(text: string): boolean {
  return /^[\s\p{Cf}\u3164\u2800]*$/u.test(text)
}
