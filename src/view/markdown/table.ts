import type { Token } from 'markdown-it'
import { pre } from '../kit/html.ts'
import { readHtml, writeHtml } from '../kit/rich-text.ts'
import { spansToHtml } from './inline.ts'
import { type Align, layOutTable } from './table-layout.ts'

/** Converts a table to monospace text with its links below, because Telegram has no links inside code. */
export function tableToHtml(tokens: readonly Token[], lines: readonly string[]): string {
  const rows: string[][] = []
  const aligns: Align[] = []
  const links = new Set<string>()
  for (const token of tokens) {
    if (token.type === 'tr_open') {
      rows.push([])
      if (rows.length > 1 && cellsIn(lines[token.map?.[0] ?? -1] ?? '') > aligns.length)
        return asTyped(tokens, lines)
    }
    if (token.type === 'th_open') aligns.push(alignOf(token))
    if (token.type !== 'inline') continue
    const rich = readHtml(spansToHtml(token.children ?? []))
    rows.at(-1)?.push(rich.text.replaceAll('\n', ' ').trim())
    for (const mark of rich.marks) if (mark.tag === 'a') links.add(writeHtml(rich, mark).html)
  }
  const table = pre(layOutTable(rows, aligns)).html
  return links.size === 0 ? table : `${table}\n${[...links].join(' · ')}`
}

/** Counts a row's cells. GitHub drops cells beyond the head's, e.g. after a pipe inside code. */
function cellsIn(row: string): number {
  return row
    .trim()
    .replace(/^[\s>]*\|?/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/).length
}

function asTyped(tokens: readonly Token[], lines: readonly string[]): string {
  const [from, to] = tokens[0]?.map ?? [0, 0]
  return pre(lines.slice(from, to).join('\n')).html
}

function alignOf(token: Token): Align {
  const style = String(token.attrGet('style') ?? '')
  return style.endsWith('right') ? 'right' : style.endsWith('center') ? 'center' : 'left'
}
