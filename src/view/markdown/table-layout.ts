import { eastAsianWidth } from 'get-east-asian-width'

export type Align = 'left' | 'right' | 'center'

const composed = /[\p{Mark}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Default_Ignorable_Code_Point}]/u
const invisible = /^[\p{Mark}\p{Control}\p{Default_Ignorable_Code_Point}]/u
const emoji = /\p{Emoji_Presentation}|\uFE0F/u
const maxPadding = 40

type Cell = { readonly text: string; readonly width: number }

/** Returns a text's width in monospace columns: emoji and East Asian characters take two. */
function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const grapheme of composed.test(text) ? graphemesOf(text) : text) {
    if (invisible.test(grapheme)) continue
    width += emoji.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0)
  }
  return width
}

function graphemesOf(text: string): string[] {
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/** Lays out rows as a monospace table; the first row is the head. Columns are padded to at most 40; nothing is cut. */
export function layOutTable(rows: readonly (readonly string[])[], aligns: readonly Align[]): string {
  const cells = rows.map((row) => row.map((text) => ({ text, width: displayWidth(text) })))
  const widths = aligns.map((_, column) =>
    cells.reduce((width, row) => Math.max(width, Math.min(row[column]?.width ?? 0, maxPadding)), 3),
  )
  const line = (row: readonly Cell[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, aligns[column] ?? 'left'))
      .join(' | ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-')
  const [head = [], ...body] = cells
  return [line(head), rule, ...body.map(line)].join('\n')
}

function pad({ text, width }: Cell, columns: number, align: Align): string {
  const missing = Math.max(0, columns - width)
  const before = align === 'right' ? missing : align === 'center' ? Math.floor(missing / 2) : 0
  return ' '.repeat(before) + text + ' '.repeat(missing - before)
}
