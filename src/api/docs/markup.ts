import { html, raw } from 'hono/html'
import MarkdownIt from 'markdown-it/browser'

export type Markup = ReturnType<typeof html>

// HTML in a description is escaped: only Markdown produces markup.
const markdown = new MarkdownIt({ html: false, linkify: false })

/** Renders Markdown with paragraphs as HTML. */
export function blocks(text: string): Markup {
  return raw(markdown.render(text))
}

/** Renders one line of Markdown as HTML. */
export function inlineMarkup(text: string): Markup {
  return raw(markdown.renderInline(text))
}

/** Renders code in a scrollable box that takes keyboard focus. */
export function codeBlock(label: string, code: string): Markup {
  return html`<pre tabindex="0" role="group" aria-label="${label}"><code>${code}</code></pre>`
}

export function toAnchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
