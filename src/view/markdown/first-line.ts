import { clip, plainText } from '../kit/html.ts'
import { markdownToHtml } from './markdown.ts'

const source = 1_000

/** The first line of a Markdown text as plain words, for a list; empty where it says nothing. */
export function firstLine(markdown: string, max: number): string {
  return clip(headOf(markdown), max)
}

/** What `firstLine` leaves out of a Markdown text: the lines below the first, or the whole text where that line was cut. */
export function restOf(markdown: string, max: number): string {
  const head = headOf(markdown)
  if ([...head].length > max) return markdown.trim()
  const lines = markdown.split('\n')
  const first = lines.findIndex((line) => line.trim() !== '')
  const rest = lines
    .slice(first + 1)
    .join('\n')
    .trim()
  const shown = markdownToHtml((lines[first] ?? '').slice(0, source))
  // A heading or a line of a list may take more than one line of its source, and plain words have no address.
  return plainText(shown).trim() === head && !shown.html.includes('<a ') ? rest : markdown.trim()
}

function headOf(markdown: string): string {
  const lines = plainText(markdownToHtml(markdown.slice(0, source))).split('\n')
  return lines.find((line) => line.trim() !== '')?.trim() ?? ''
}
