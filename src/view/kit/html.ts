import { asOneMessage, shorten, splitHtml } from './cut.ts'
import { inertText } from './inert.ts'
import { escapeText, type Html, readHtml, writeHtml } from './rich-text.ts'

export { shorten, splitHtml, toPlainText, truncateHtml, visibleLength } from './cut.ts'
export type { Html } from './rich-text.ts'

/** A template value: HTML is inserted as is, text and numbers are escaped, lists are joined, and false, null and undefined are omitted. */
export type Content = Html | string | number | bigint | false | null | undefined | readonly Content[]

/** Builds Telegram HTML: html`<b>${title}</b>` escapes every value that isn't HTML. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { html: strings.reduce((written, part, index) => written + render(values[index - 1]) + part) }
}

/** Escapes plain text. */
export function escapeHtml(text: string): Html {
  return { html: escapeText(text) }
}

/** Joins the parts that aren't empty. */
export function joinHtml(parts: readonly Content[], separator: Content = ''): Html {
  return { html: parts.map(render).filter(Boolean).join(render(separator)) }
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (typeof content === 'object') return isList(content) ? content.map(render).join('') : content.html
  return escapeText(String(content))
}

function isList(content: object): content is readonly Content[] {
  return Array.isArray(content)
}

/**
 * Formats a task's text, cut to `max` code points. Slash commands (a tap would send them), @names and bare domains (e.g. file
 * names) are kept from becoming links; URLs with a scheme stay links.
 */
export function title(text: string, max?: number): Html {
  return escapeHtml(inertText(max === undefined ? text : shorten(text, max)))
}

/** Formats bold text. */
export function bold(content: Content): Html {
  return html`<b>${content}</b>`
}

/** Formats italic text. */
export function italic(content: Content): Html {
  return html`<i>${content}</i>`
}

/** Formats inline code; a tap copies it. */
export function code(text: string): Html {
  return html`<code>${text}</code>`
}

/** Formats a code block with an optional language. */
export function pre(text: string, language?: string): Html {
  if (!language) return html`<pre>${text}</pre>`
  return html`<pre><code class="language-${language}">${text}</code></pre>`
}

/** Formats a link, or only its text if Telegram wouldn't link it. */
export function link(url: string, content: Content): Html {
  return isLinkable(url) ? html`<a href="${url}">${content}</a>` : html`${content}`
}

const maxUrlLength = 2000

/**
 * Returns whether Telegram keeps a link. It drops hosts without a dot, breaks `mailto:` (it links email addresses itself) and
 * refuses messages whose URLs add up to more than about 9,500 bytes.
 */
export function isLinkable(url: string): boolean {
  if (url.length > maxUrlLength || !URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' || protocol === 'https:') return /[^.]\.[^.]/.test(hostname)
  return protocol === 'tg:'
}

/** Formats a block quote, folded to three lines if expandable. Inner quotes are unwrapped because Telegram can't nest them. */
export function quote(content: Content, { expandable = false }: { expandable?: boolean } = {}): Html {
  const { text, marks } = readHtml(render(content))
  const inner = writeHtml({ text, marks: marks.filter((mark) => mark.tag !== 'blockquote') })
  return expandable
    ? html`<blockquote expandable>${inner}</blockquote>`
    : html`<blockquote>${inner}</blockquote>`
}

/** How a time is shown: relative, or weekday, date and time, each short or long. */
export type TimeFormat = 'r' | `${'' | 'w'}${'' | 'd' | 'D'}${'' | 't' | 'T'}`

/**
 * Formats a time that each client shows in its own zone and language. Needs Bot API 9.5: older servers refuse the whole message,
 * so callers need the plain-text fallback.
 */
export function tgTime(at: Date, format: TimeFormat, fallback: string): Html {
  const unix = Math.floor(at.getTime() / 1000)
  return unix > 0
    ? html`<tg-time unix="${unix}" format="${format}">${fallback}</tg-time>`
    : escapeHtml(fallback)
}

const ellipsisLength = 2

/** Shortens HTML to fit one message, ending with an ellipsis. */
export function fitMessage(text: Html, maxVisible = 3_900): Html {
  const whole = asOneMessage(text, maxVisible)
  if (whole !== undefined) return whole
  const [beginning] = splitHtml(text, { max: maxVisible - ellipsisLength })
  return beginning === undefined ? text : html`${beginning}\n…`
}
