import { html, raw } from 'hono/html'
import MarkdownIt from 'markdown-it/browser'

export type Markup = ReturnType<typeof html>

// HTML in a description stays text: the page shows only what Markdown makes.
const markdown = new MarkdownIt({ html: false, linkify: false })

/** Markdown of several paragraphs as HTML. */
export function blocks(text: string): Markup {
  return raw(markdown.render(text))
}

/** Markdown of one line as HTML. */
export function inline(text: string): Markup {
  return raw(markdown.renderInline(text))
}

/** Code that scrolls in its own box, reachable by keyboard. */
export function codeBlock(label: string, code: string): Markup {
  return html`<pre tabindex="0" role="group" aria-label="${label}"><code>${code}</code></pre>`
}

export function toAnchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
