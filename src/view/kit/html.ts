import { asOneMessage, clip, splitHtml } from './cut.ts'
import { inertText } from './inert.ts'
import { escapeText, type Html, readHtml, writeHtml } from './rich-text.ts'

export { clip, plainText, splitHtml, truncateHtml, visibleLength } from './cut.ts'
export type { Html } from './rich-text.ts'

/** What may stand in a template: HTML passes through, text and numbers are escaped, lists are joined, nothing vanishes. */
export type Content = Html | string | number | bigint | false | null | undefined | readonly Content[]

/** Writes Telegram HTML: html`<b>${title}</b>` escapes every value that is not HTML already. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { html: strings.reduce((written, part, index) => written + render(values[index - 1]) + part) }
}

/** Escapes plain text; unlike a template it takes nothing but text. */
export function escapeHtml(text: string): Html {
  return { html: escapeText(text) }
}

/** Joins what is not empty, with the separator between. */
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
 * A title or other words of a task, cut to `max` code points. What a client would make tappable by itself stays plain text: slash
 * words (a tap sends them), @names, and bare domains, which many file names are. Addresses with their scheme stay links.
 */
export function title(text: string, max?: number): Html {
  return escapeHtml(inertText(max === undefined ? text : clip(text, max)))
}

/** Bold text. */
export function bold(content: Content): Html {
  return html`<b>${content}</b>`
}

/** Italic text. */
export function italic(content: Content): Html {
  return html`<i>${content}</i>`
}

/** Monospace text within a line; a tap copies it. */
export function code(text: string): Html {
  return html`<code>${text}</code>`
}

/** A block of code, with its language where that is known. */
export function pre(text: string, language?: string): Html {
  if (!language) return html`<pre>${text}</pre>`
  return html`<pre><code class="language-${language}">${text}</code></pre>`
}

/** A link, or only its text where Telegram would not make it one. */
export function link(url: string, content: Content): Html {
  return isLinkable(url) ? html`<a href="${url}">${content}</a>` : html`${content}`
}

const maxUrlLength = 2000

/**
 * Whether Telegram keeps the address of a link: it drops one to a host without a dot, makes a wrong one of `mailto:`
 * (e-mail addresses in text it links itself), and refuses messages whose addresses take more than about 9,500 bytes.
 */
export function isLinkable(url: string): boolean {
  if (url.length > maxUrlLength || !URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' || protocol === 'https:') return /[^.]\.[^.]/.test(hostname)
  return protocol === 'tg:'
}

/** A block quote, folded to three lines if expandable; quotes within it are dissolved, for Telegram cannot nest them. */
export function quote(content: Content, { expandable = false }: { expandable?: boolean } = {}): Html {
  const { text, marks } = readHtml(render(content))
  const inner = writeHtml({ text, marks: marks.filter((mark) => mark.tag !== 'blockquote') })
  return expandable
    ? html`<blockquote expandable>${inner}</blockquote>`
    : html`<blockquote>${inner}</blockquote>`
}

/** How a moment is shown: relative, or weekday, date and time, each short or long. */
export type TimeFormat = 'r' | `${'' | 'w'}${'' | 'd' | 'D'}${'' | 't' | 'T'}`

/**
 * A moment that each client shows in its own zone and language. Bot API 9.5 and newer; a server before it refuses the
 * whole message, so keep the plain-text fallback behind it.
 */
export function tgTime(at: Date, format: TimeFormat, fallback: string): Html {
  const unix = Math.floor(at.getTime() / 1000)
  return unix > 0
    ? html`<tg-time unix="${unix}" format="${format}">${fallback}</tg-time>`
    : escapeHtml(fallback)
}

const room = 2

/** The HTML as one message: whole where that fits Telegram's limits, else its beginning and an ellipsis. */
export function fitMessage(text: Html, maxVisible = 3_900): Html {
  const whole = asOneMessage(text, maxVisible)
  if (whole !== undefined) return whole
  const [beginning] = splitHtml(text, { max: maxVisible - room })
  return beginning === undefined ? text : html`${beginning}\n…`
}
