import { shorten, toPlainText } from '../kit/html.ts'
import { markdownToHtml } from './markdown.ts'

const maxSource = 1_000

/** Returns the first visible line of a Markdown text as plain text; empty for a blank text. */
export function firstLine(markdown: string, max: number): string {
  return shorten(headOf(markdown), max)
}

/** Returns what `firstLine` leaves out: the lines below the first, or the whole text if that line was cut. */
export function restOf(markdown: string, max: number): string {
  const head = headOf(markdown)
  if ([...head].length > max) return markdown.trim()
  const lines = markdown.split('\n')
  const first = lines.findIndex((line) => line.trim() !== '')
  const rest = lines
    .slice(first + 1)
    .join('\n')
    .trim()
  const shown = markdownToHtml((lines[first] ?? '').slice(0, maxSource))
  // The visible line may span several source lines, and plain text would lose a link's URL.
  return toPlainText(shown).trim() === head && !shown.html.includes('<a ') ? rest : markdown.trim()
}

function headOf(markdown: string): string {
  const lines = toPlainText(markdownToHtml(markdown.slice(0, maxSource))).split('\n')
  return lines.find((line) => line.trim() !== '')?.trim() ?? ''
}
