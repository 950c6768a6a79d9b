import { el, icon } from '../kit/dom.js'
import { toClock, toFull } from '../kit/time.js'
import { layoutQuotes, readOpened, renderText, restoreOpened } from './entities.js'
import { readFocus, renderKeyboard, restoreFocus } from './keyboard.js'

const PHOTO_WIDTH = 420

/** Creates a message's element; `message` is a Bot API message with the page's additions. */
export function createBubble(message, actions) {
  const node = el('article', {
    class: ['message', message.mine ? 'mine' : 'theirs'],
    id: `m${message.message_id}`,
  })
  node.append(el('div', { class: 'bubble' }))
  const more = el(
    'button',
    { type: 'button', class: 'more', 'aria-label': 'Reply, copy and more', 'aria-haspopup': 'menu' },
    icon('more'),
  )
  more.addEventListener('click', () => actions.onMenu(node.message, more))
  node.append(more)
  updateBubble(node, message, actions)
  return node
}

/** Redraws a message in its element: only the parts that changed, keeping focus and what was opened. */
export function updateBubble(node, message, actions) {
  const before = node.message
  node.message = message
  node.setAttribute('aria-label', `${message.mine ? 'You' : actions.botName}, ${toClock(message.date)}`)
  if (!before || !same(withoutMarkup(before), withoutMarkup(message))) drawBubble(node, message, actions)
  if (!before || !same(before.reply_markup, message.reply_markup)) drawKeyboard(node, message, actions)
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)
const withoutMarkup = ({ reply_markup: _, ...rest }) => rest

function drawBubble(node, message, actions) {
  const bubble = node.querySelector('.bubble')
  if (isService(message)) {
    node.classList.add('service')
    bubble.replaceChildren(serviceLine(message, actions))
    return
  }
  const opened = readOpened(bubble)
  const media = renderMedia(message, actions, bubble.querySelector('.photo'))
  const body = message.text ?? message.caption
  const meta = renderMeta(message)
  const text = body && el('div', { class: 'text', dir: 'auto' })
  text?.append(renderText(body, message.entities ?? message.caption_entities, actions), meta)
  const emoji = !media && body && isEmojiOnly(body) && !message.reply_to_message
  node.classList.toggle('emoji', Boolean(emoji))
  node.classList.toggle('bare', Boolean(message.photo && !body))
  const parts = [
    forwardLine(message),
    replyQuote(message, actions),
    media,
    text,
    reactions(message),
    !text && meta,
  ]
  bubble.replaceChildren(...parts.filter(Boolean))
  restoreOpened(bubble, opened)
  if (node.isConnected) layoutQuotes(bubble)
}

function drawKeyboard(node, message, actions) {
  const old = node.querySelector('.keyboard')
  const focus = readFocus(old)
  old?.remove()
  const markup = message.reply_markup
  node.classList.toggle('keyed', Boolean(markup?.inline_keyboard?.length))
  if (!markup?.inline_keyboard?.length) return
  const keyboard = renderKeyboard(markup, {
    ...actions,
    onTap: (data, button) => actions.onTap(node.message, data, button),
  })
  node.querySelector('.bubble').after(keyboard)
  restoreFocus(keyboard, focus)
}

/** Returns whether a message is a service message. */
export const isService = (message) => message.pinned_message !== undefined

function serviceLine(message, actions) {
  const target = message.pinned_message
  const name = message.mine ? 'You' : actions.botName
  const onclick = () => actions.onJump(target.message_id)
  return el('button', { type: 'button', onclick }, `${name} pinned “${toSummary(target)}”`)
}

function renderMeta(message) {
  const at = message.edit_date
    ? `${toFull(message.date)}\nedited ${toFull(message.edit_date)}`
    : toFull(message.date)
  const meta = el('span', { class: 'meta', title: at })
  if (message.silent) meta.append(icon('silent', 'Silent message'))
  if (message.edit_date) meta.append(el('span', {}, 'edited '))
  const iso = new Date(message.date * 1000).toISOString()
  meta.append(el('time', { datetime: iso }, toClock(message.date)))
  return meta
}

function forwardLine(message) {
  const origin = message.forward_origin
  if (!origin) return undefined
  const name =
    origin.sender_user_name ??
    origin.sender_user?.first_name ??
    origin.sender_chat?.title ??
    origin.chat?.title ??
    'somebody'
  return el('div', { class: 'forwarded' }, 'Forwarded from ', el('strong', {}, name))
}

function replyQuote(message, actions) {
  const target = message.reply_to_message
  if (!target) return undefined
  const quote = el('button', {
    type: 'button',
    class: 'reply-quote',
    onclick: () => actions.onJump(target.message_id),
  })
  const mine = target.mine ?? !target.from?.is_bot
  quote.append(
    el('span', { class: 'quote-name' }, mine ? 'You' : actions.botName),
    el('span', { class: 'quote-text', dir: 'auto' }, message.quote?.text ?? toSummary(target)),
  )
  return quote
}

/** Summarizes a message in one line for quotes, the pinned bar and the composer. */
export function toSummary(message) {
  const text = message.text ?? message.caption
  if (text) return text.replace(/\s+/g, ' ').slice(0, 200)
  if (message.photo) return 'Photo'
  return message.document?.file_name ?? 'Message'
}

function renderMedia(message, actions, old) {
  if (message.photo?.length) return renderPhoto(message, actions, old)
  if (message.document) return renderDocument(message.document, actions)
  return undefined
}

function renderPhoto(message, actions, old) {
  const size = message.photo.at(-1)
  if (old?.dataset.file === size.file_id) return old
  const source = actions.fileUrl(size.file_id)
  const image = el('img', {
    src: source,
    alt: message.caption ? 'Photo' : 'Photo without a caption',
    width: size.width,
    height: size.height,
  })
  const button = el('button', { type: 'button', class: 'photo', 'data-file': size.file_id }, image)
  button.setAttribute('aria-label', 'Open the photo')
  button.style.width = `${Math.min(PHOTO_WIDTH, Math.max(160, size.width))}px`
  button.addEventListener('click', () => actions.onPhoto(source))
  return button
}

function renderDocument(file, actions) {
  const name = file.file_name ?? 'file'
  const extension = name.includes('.') ? name.split('.').at(-1).slice(0, 4) : ''
  return el(
    'a',
    { class: 'document', href: actions.fileUrl(file.file_id, name), download: name },
    el(
      'span',
      { class: 'document-icon', 'aria-hidden': 'true' },
      extension ? extension.toLowerCase() : icon('file'),
    ),
    el(
      'span',
      { class: 'document-text' },
      el('span', { class: 'document-name' }, name),
      el('span', { class: 'document-size' }, toSize(file.file_size)),
    ),
  )
}

/** Formats a file size: 512 B, 3.4 KB, 2.1 MB. */
export function toSize(bytes = 0) {
  if (bytes < 1024) return `${bytes} B`
  const power = bytes < 1024 ** 2 ? 1 : 2
  return `${(bytes / 1024 ** power).toFixed(1).replace(/\.0$/, '')} ${power === 1 ? 'KB' : 'MB'}`
}

function reactions(message) {
  if (!message.reactions?.length) return undefined
  const list = el('div', { class: 'reactions', 'aria-label': 'Reactions' })
  for (const { emoji, mine } of message.reactions) {
    list.append(el('span', { class: ['reaction', mine && 'own'], title: mine ? 'You' : 'The bot' }, emoji))
  }
  return list
}

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{FE0F}|\u{200D})*){1,3}$/u
const isEmojiOnly = (text) => EMOJI_ONLY.test(text.trim())
