/** Telegram HTML with every interpolated value escaped. */
export type Html = { readonly html: string }

/** One HTML element: its range in the visible text (UTF-16 units) and its start tag. */
export type Mark = {
  readonly start: number
  readonly end: number
  readonly tag: string
  readonly open: string
}

/** Parsed HTML: the visible text and its marks in the order of their start tags. */
export type RichText = { readonly text: string; readonly marks: readonly Mark[] }

const tags = 'a|b|strong|i|em|s|strike|del|u|ins|tg-spoiler|tg-emoji|tg-time|span|pre|code|blockquote'
const tagOrEntity = new RegExp(
  `<(?<slash>/?)(?<tag>${tags})(?:\\s[^<>]*)?>|&(?:#x(?<hex>[\\da-f]{1,6})|#(?<decimal>\\d{1,7})|(?<name>lt|gt|amp|quot));?`,
  'gi',
)
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const escaped: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** Escapes text for Telegram HTML, inside and outside attributes. A lone surrogate becomes U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => escaped[sign] ?? sign).toWellFormed()
}

/** Parses Telegram HTML. Unknown tags are text, and unclosed tags end with the text. */
export function readHtml(source: string): RichText {
  const marks: { start: number; end: number; tag: string; open: string }[] = []
  const open: number[] = []
  let text = ''
  let at = 0
  for (const match of source.matchAll(tagOrEntity)) {
    text += source.slice(at, match.index)
    at = match.index + match[0].length
    const { slash, tag, hex, decimal, name } = match.groups ?? {}
    if (tag === undefined) {
      text += decode(
        match[0],
        name?.toLowerCase(),
        hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
      )
    } else if (slash === '') {
      open.push(marks.push({ start: text.length, end: -1, tag: tag.toLowerCase(), open: match[0] }) - 1)
    } else {
      const mark = marks[open.at(-1) ?? -1]
      if (mark?.tag !== tag.toLowerCase()) continue
      mark.end = text.length
      open.pop()
    }
  }
  text += source.slice(at)
  for (const mark of marks) if (mark.end < 0) mark.end = text.length
  return { text, marks }
}

function decode(raw: string, name: string | undefined, codePoint: number): string {
  if (name !== undefined) return named[name] ?? raw
  const isCharacter = codePoint > 0 && codePoint < 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  return isCharacter ? String.fromCodePoint(codePoint) : raw
}

/** Writes a range of the text as HTML. Marks that cross its edges are reopened at its start and closed at its end. */
export function writeHtml(
  rich: RichText,
  { start = 0, end = rich.text.length }: { start?: number; end?: number } = {},
): Html {
  const open: { end: number; tag: string }[] = []
  let html = ''
  let at = start
  const writeTo = (position: number) => {
    html += escapeText(rich.text.slice(at, position))
    at = position
  }
  const closeUpTo = (position: number) => {
    for (let last = open.at(-1); last !== undefined && last.end <= position; last = open.at(-1)) {
      writeTo(last.end)
      html += `</${last.tag}>`
      open.pop()
    }
  }
  for (const mark of rich.marks) {
    const from = Math.max(mark.start, start)
    const to = Math.min(mark.end, end)
    if (from >= to) continue
    closeUpTo(from)
    writeTo(from)
    html += mark.open
    open.push({ end: to, tag: mark.tag })
  }
  closeUpTo(end)
  writeTo(end)
  return { html }
}
