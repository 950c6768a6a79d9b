import type { Token } from 'markdown-it'
import { link } from '../kit/html.ts'
import { escapeText, readHtml } from '../kit/rich-text.ts'
import { signs } from '../kit/signs.ts'
import { hiddenHost, isWebLink } from '../kit/web-link.ts'

/**
 * An open span: its text so far, how to close it, the raw HTML tag that opened it (if any), and whether it is `bare`, i.e.
 * Telegram allows neither links nor code inside it.
 */
type Frame = {
  text: string
  readonly close: (text: string) => string
  readonly typed?: { readonly name: string; readonly raw: string }
  readonly bare?: boolean
}

const markdownTags = new Map([
  ['strong_open', 'b'],
  ['em_open', 'i'],
  ['s_open', 's'],
])
const htmlTags = new Map([
  ['b', 'b'],
  ['strong', 'b'],
  ['summary', 'b'],
  ['i', 'i'],
  ['em', 'i'],
  ['s', 's'],
  ['del', 's'],
  ['u', 'u'],
  ['ins', 'u'],
  ['code', 'code'],
  ['kbd', 'code'],
])

/** Converts a paragraph's inline tokens to Telegram HTML. Inside bold text or a link, no other bold text or link is opened. */
export function spansToHtml(tokens: readonly Token[], { inBold = false, inLink = false } = {}): string {
  const whole: Frame = { text: '', close: (text) => text }
  const frames = [whole]
  let bareDepth = 0
  let imagesInLink = ''

  const top = () => frames.at(-1) ?? whole
  const isBare = () => inLink || bareDepth > 0
  const write = (text: string) => {
    top().text += text
  }
  const open = (frame: Omit<Frame, 'text'>) => {
    frames.push({ text: '', ...frame })
    if (frame.bare) bareDepth++
  }
  const pop = () => {
    if (top().bare) bareDepth--
    return frames.pop() ?? whole
  }
  const close = () => {
    const { text, close } = pop()
    write(close(text))
  }
  const closeUnfinishedHtml = () => {
    while (top().typed) {
      const { text, typed } = pop()
      write(escapeText(typed?.raw ?? '') + text)
    }
  }
  const wrapper = (tag: string) => (text: string) => {
    if (text === '' || (inBold && tag === 'b') || (tag === 'code' && isBare())) return text
    return tag === 'code' ? `<code>${plainly(text)}</code>` : `<${tag}>${text}</${tag}>`
  }

  const openLink = (token: Token) => {
    const target = { href: attribute(token, 'href'), title: attribute(token, 'title') }
    if (isBare() || !isWebLink(target.href)) return open({ close: (text) => besideText(text, target) })
    const close = (text: string) => {
      const images = imagesInLink
      imagesInLink = ''
      return asLink(text, target) + images
    }
    open({ close, bare: true })
  }
  const writeImage = (token: Token) => {
    const target = { href: attribute(token, 'src'), title: attribute(token, 'title') }
    const label = spansToHtml(token.children ?? [], { inLink: true }) || 'image'
    if (!isBare()) return write(asLink(label, target))
    if (inLink || frames.some(({ bare, typed }) => bare && typed)) return write(besideText(label, target))
    write(label)
    imagesInLink += ` ${asLink(signs.image, target)}`
  }
  const writeTag = (raw: string) => {
    if (/^<\/?details\b/i.test(raw)) return
    const [, slash = '', typed = ''] = /^<(\/?)([a-z]+)\s*\/?>$/i.exec(raw) ?? []
    const name = typed.toLowerCase()
    const tag = htmlTags.get(name)
    if (name === 'br') return write('\n')
    if (tag && slash && top().typed?.name === name) return close()
    if (!tag || slash || frames.some((frame) => frame.typed?.name === name)) return write(escapeText(raw))
    open({ close: wrapper(tag), typed: { name, raw }, bare: tag === 'code' })
  }

  for (const token of tokens) {
    const tag = markdownTags.get(token.type)
    if (tag) open({ close: wrapper(tag) })
    else if (token.type === 'link_open') openLink(token)
    else if (token.nesting === -1) {
      closeUnfinishedHtml()
      close()
    } else if (token.type === 'softbreak' || token.type === 'hardbreak') write('\n')
    else if (token.type === 'code_inline') write(wrapper('code')(escapeText(token.content)))
    else if (token.type === 'image') writeImage(token)
    else if (token.type === 'html_inline') writeTag(token.content)
    else write(escapeText(token.content))
  }
  closeUnfinishedHtml()
  return whole.text
}

type Target = { readonly href: string; readonly title: string }

function asLink(text: string, target: Target): string {
  if (!isWebLink(target.href)) return besideText(text, target)
  const label = text.trim() === '' ? escapeText(readable(target.href)) : text
  const hidden = hiddenHost(readHtml(label).text, target.href)
  const host = hidden === null ? '' : ` (${escapeText(hidden)})`
  return link(target.href, { html: label }).html + host + note(target.title)
}

function besideText(text: string, { href, title }: Target): string {
  const shown = escapeText(readable(href))
  return (plainly(text).includes(shown) ? text : `${text} (${shown})`) + note(title)
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '')
}

function note(title: string): string {
  return title === '' ? '' : ` (${escapeText(title)})`
}

function plainly(html: string): string {
  return escapeText(readHtml(html).text)
}

function readable(href: string): string {
  const address = href.replace(/^mailto:/i, '')
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}
