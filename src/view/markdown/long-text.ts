import { asOneMessage, messageLimits, truncateHtml, visibleLength } from '../kit/cut.ts'
import { type Html, joinHtml, quote } from '../kit/html.ts'
import { readHtml } from '../kit/rich-text.ts'
import { markdownToHtml } from './markdown.ts'

/** How a long text is sent: inline, folded, or as a file with its beginning as the caption. */
export type LongText =
  | { readonly kind: 'inline'; readonly html: Html }
  | { readonly kind: 'folded'; readonly html: Html }
  | { readonly kind: 'file'; readonly caption: Html; readonly fileName: string; readonly content: string }

const maxInlineLines = 10
const maxInlineLength = 700
const maxCaption = 1024
const captionLines = 8
const captionSource = 4000
// Longer sources rarely fit one message; those that do, e.g. lists of URLs, read better as a file.
const maxSource = 4 * messageLimits.max

/**
 * Formats an agent's text below a head: up to ten lines inline, up to one message folded, and anything longer as a Markdown
 * file whose caption is the head and the first lines.
 */
export function showLong(
  markdown: string,
  {
    head,
    maxVisible = messageLimits.max,
    fileName = 'result.md',
  }: { head: Html; maxVisible?: number; fileName?: string },
): LongText {
  if (markdown.length <= maxSource) {
    const body = markdownToHtml(markdown)
    const isShort = isInline(body)
    const shown = isShort
      ? joinHtml([head, body], '\n\n')
      : joinHtml([head, quote(body, { expandable: true })], '\n')
    const whole = asOneMessage(shown, maxVisible)
    if (whole) return isShort ? { kind: 'inline', html: whole } : { kind: 'folded', html: whole }
  }
  return { kind: 'file', caption: captionOf(markdown, head), fileName, content: markdown }
}

function isInline(body: Html): boolean {
  return (
    visibleLength(body) <= maxInlineLength && readHtml(body.html).text.split('\n').length <= maxInlineLines
  )
}

function captionOf(markdown: string, head: Html): Html {
  const beginning = markdown.slice(0, captionSource).replace(/[\uD800-\uDBFF]$/, '')
  const body = markdownToHtml(beginning)
  const lines = readHtml(body.html).text.split('\n')
  const shown = lines.slice(0, captionLines).join('\n')
  const isWhole = lines.length <= captionLines && beginning.length === markdown.length
  const excerpt = truncateHtml(body, isWhole ? maxCaption : [...shown].length)
  const caption = truncateHtml(joinHtml([head, excerpt], '\n\n'), maxCaption)
  return asOneMessage(caption, maxCaption) ?? truncateHtml(head, maxCaption)
}
