import { clip, plainText } from './html.ts'
import { markdownToHtml } from './markdown.ts'

const source = 1_000

/** The first line of a Markdown text as plain words, for a list; empty where it says nothing. */
export function firstLine(markdown: string, max: number): string {
  const lines = plainText(markdownToHtml(markdown.slice(0, source))).split('\n')
  return clip(lines.find((line) => line.trim() !== '')?.trim() ?? '', max)
}
