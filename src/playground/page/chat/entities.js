import { el, icon } from '../kit/dom.js'
import { toDateTime, toFull } from '../kit/time.js'

const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote'])
const SAFE = new Set(['http:', 'https:', 'mailto:', 'tel:', 'tg:'])

/**
 * Renders a message's text and entities as DOM nodes. Offsets are UTF-16 units, like JavaScript's.
 * @param {string} text
 * @param {ReadonlyArray<object>} entities
 * @param {{ onCommand(command: string): void, onStart(payload: string): void, onCopy(text: string): void, bot: string }} actions
 */
export function renderText(text, entities = [], actions) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length)
  const fragment = document.createDocumentFragment()
  fragment.append(...renderRange(text, 0, text.length, ordered, actions))
  return fragment
}

function renderRange(text, from, to, entities, actions) {
  const nodes = []
  let at = from
  let rest = entities
  let afterBlock = false
  const plain = (end, beforeBlock) => {
    let part = text.slice(at, end)
    if (afterBlock && part.startsWith('\n')) part = part.slice(1)
    if (beforeBlock && part.endsWith('\n')) part = part.slice(0, -1)
    if (part) nodes.push(part)
  }
  while (rest.length > 0) {
    const [entity, ...others] = rest
    const end = Math.min(entity.offset + entity.length, to)
    const { inside, after } = split(others, end)
    const isBlock = BLOCKS.has(entity.type)
    plain(entity.offset, isBlock)
    const children = renderRange(text, entity.offset, end, inside, actions)
    nodes.push(wrap(entity, text.slice(entity.offset, end), children, actions))
    afterBlock = isBlock
    at = end
    rest = after
  }
  plain(to, false)
  return nodes
}

// Entities may overlap without nesting: the part beyond the outer entity continues after it.
function split(entities, end) {
  const inside = []
  const after = []
  for (const entity of entities) {
    const last = entity.offset + entity.length
    if (entity.offset >= end) after.push(entity)
    else {
      inside.push({ ...entity, length: Math.min(last, end) - entity.offset })
      if (last > end) after.push({ ...entity, offset: end, length: last - end })
    }
  }
  return { inside, after: after.sort((a, b) => a.offset - b.offset || b.length - a.length) }
}

function wrap(entity, text, children, actions) {
  switch (entity.type) {
    case 'bold':
      return el('strong', {}, ...children)
    case 'italic':
      return el('em', {}, ...children)
    case 'underline':
      return el('u', {}, ...children)
    case 'strikethrough':
      return el('s', {}, ...children)
    case 'spoiler':
      return spoiler(children)
    case 'code':
      return el('code', { title: 'Copy', onclick: () => actions.onCopy(text) }, ...children)
    case 'pre':
      return codeBlock(text, entity.language, children, actions)
    case 'blockquote':
      return el('blockquote', {}, el('div', { class: 'quoted' }, ...children))
    case 'expandable_blockquote':
      return foldedQuote(children)
    case 'url':
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`, children, actions)
    case 'text_link':
      return link(entity.url, children, actions)
    case 'email':
      return link(`mailto:${text}`, children, actions)
    case 'phone_number':
      return link(`tel:${text}`, children, actions)
    case 'mention':
      return el('span', { class: 'mention' }, ...children)
    case 'bot_command':
      return el(
        'button',
        { type: 'button', class: 'command', onclick: () => actions.onCommand(text) },
        ...children,
      )
    case 'hashtag':
    case 'cashtag':
      return el('span', { class: 'hashtag' }, ...children)
    case 'date_time':
      return dateTime(entity, children)
    default:
      return el('span', {}, ...children)
  }
}

function spoiler(children) {
  const node = el('span', {
    class: 'spoiler',
    role: 'button',
    tabindex: '0',
    'aria-label': 'Hidden text: press to show',
  })
  node.append(el('span', {}, ...children))
  const show = () => {
    node.classList.add('shown')
    for (const name of ['role', 'tabindex', 'aria-label']) node.removeAttribute(name)
  }
  node.addEventListener('click', show)
  node.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') show()
  })
  return node
}

function codeBlock(text, language, children, actions) {
  const copy = el(
    'button',
    { type: 'button', 'aria-label': 'Copy the code', onclick: () => actions.onCopy(text) },
    icon('copy'),
  )
  const code = el('code', {}, ...children)
  return el('pre', { tabindex: '0' }, el('span', { class: 'language' }, language || 'code', copy), code)
}

function foldedQuote(children) {
  const quoted = el('div', { class: 'quoted' }, ...children)
  const quote = el('blockquote', { class: 'folds' }, quoted)
  const toggle = el('button', {
    type: 'button',
    class: 'unfold',
    'aria-expanded': 'false',
    'aria-label': 'Show all',
  })
  toggle.append(icon('down'))
  const flip = () => setOpen(quote, !quote.classList.contains('open'))
  toggle.addEventListener('click', flip)
  quoted.addEventListener('click', (event) => {
    if (!quote.classList.contains('short') && !event.target.closest('a, button')) flip()
  })
  quote.append(toggle)
  return quote
}

function setOpen(quote, open) {
  quote.classList.toggle('open', open)
  const toggle = quote.querySelector('.unfold')
  toggle.setAttribute('aria-expanded', String(open))
  toggle.setAttribute('aria-label', open ? 'Show less' : 'Show all')
}

/** Removes the toggle of quotes that fit without folding. Call it after layout. */
export function layoutQuotes(root) {
  for (const quote of root.querySelectorAll('blockquote.folds:not(.open)')) {
    const quoted = quote.querySelector('.quoted')
    quote.classList.toggle('short', quoted.scrollHeight <= quoted.clientHeight + 2)
  }
}

/** Reads which quotes and spoilers are open, so an edit in place can keep them open. */
export function readOpened(root) {
  const flags = (selector, name) =>
    [...root.querySelectorAll(selector)].map((node) => node.classList.contains(name))
  return { quotes: flags('blockquote.folds', 'open'), spoilers: flags('.spoiler', 'shown') }
}

/** Reopens what `readOpened` returned. */
export function restoreOpened(root, opened) {
  root.querySelectorAll('blockquote.folds').forEach((quote, index) => {
    if (opened.quotes[index]) setOpen(quote, true)
  })
  root.querySelectorAll('.spoiler').forEach((node, index) => {
    if (opened.spoilers[index]) node.click()
  })
}

function link(address, children, actions) {
  const url = toSafeUrl(address)
  if (!url) return el('span', {}, ...children)
  const payload = toStartPayload(url, actions.bot)
  if (payload !== undefined) {
    return el(
      'button',
      { type: 'button', class: 'command', onclick: () => actions.onStart(payload) },
      ...children,
    )
  }
  return el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, ...children)
}

/** Returns the URL, unless its scheme could execute code. */
export function toSafeUrl(address) {
  try {
    const url = new URL(address)
    return SAFE.has(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

/** Returns the payload of a `t.me/<this bot>?start=…` link; undefined for other links. */
export function toStartPayload(url, bot) {
  const isBot =
    /^(t|telegram)\.me$/.test(url.host) && url.pathname.slice(1).toLowerCase() === bot.toLowerCase()
  return isBot && url.searchParams.has('start') ? url.searchParams.get('start') : undefined
}

function dateTime(entity, children) {
  const shown = toDateTime(entity.unix_time, entity.date_time_format)
  const properties = {
    datetime: new Date(entity.unix_time * 1000).toISOString(),
    title: toFull(entity.unix_time),
    'data-relative': entity.date_time_format === 'r' && String(entity.unix_time),
  }
  return el('time', properties, ...(shown === undefined ? children : [shown]))
}
