import { byId, el, isCalm } from '../kit/dom.js'
import { toDayKey, toDayLabel, toRelative } from '../kit/time.js'
import { createBubble, isService, updateBubble } from './bubble.js'
import { layoutQuotes } from './entities.js'

const GROUP_SECONDS = 300
const END_PIXELS = 48
const DAY_MS = 900
const MAX = 600
const KEPT = 300

/** Creates the message list, with one element per message ID. */
export function createTranscript(actions) {
  const scroll = byId('scroll')
  const list = byId('transcript')
  const jump = byId('jump')
  const count = byId('jump-count')
  const nodes = new Map()
  let order = []
  let stick = true
  let missed = 0
  let isBatch = false

  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < END_PIXELS

  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight
    stick = true
    showJump()
  }

  function showJump() {
    if (stick) missed = 0
    jump.hidden = stick
    count.hidden = missed === 0
    count.textContent = missed > 99 ? '99+' : String(missed)
    jump.setAttribute('aria-label', missed ? `To the newest message, ${missed} new` : 'To the newest message')
  }

  // The visible day sticks to the top while the viewer scrolls, then fades.
  let dayEnd
  function showDay() {
    const edge = scroll.getBoundingClientRect().top
    for (const section of list.children) {
      const label = section.querySelector('.day-label')
      label.classList.toggle('stuck', section.getBoundingClientRect().top < edge)
    }
    list.classList.toggle('scrolling', !stick)
    clearTimeout(dayEnd)
    dayEnd = setTimeout(() => list.classList.remove('scrolling'), DAY_MS)
  }

  // Keep the scroll position: the end if the viewer is there, otherwise the first visible message.
  function keepPlace(change) {
    if (isBatch) return change()
    if (stick) {
      change()
      return toEnd()
    }
    const edge = scroll.getBoundingClientRect().top
    const anchorId = order.find((id) => nodes.get(id).getBoundingClientRect().bottom > edge)
    const anchor = nodes.get(anchorId)
    const top = anchor?.getBoundingClientRect().top
    change()
    if (stick) return toEnd()
    if (anchor?.isConnected) scroll.scrollTop += anchor.getBoundingClientRect().top - top
    showJump()
  }

  function place(node, message) {
    const index = order.findLastIndex((id) => id < message.message_id) + 1
    order.splice(index, 0, message.message_id)
    const day = toDayKey(message.date)
    const before = nodes.get(order[index - 1])
    const after = nodes.get(order[index + 1])
    if (before?.parentElement.dataset.day === day) before.after(node)
    else if (after?.parentElement.dataset.day === day) after.before(node)
    else {
      const label = el('h2', { class: 'day-label' }, toDayLabel(message.date))
      const section = el('section', { class: 'day', 'data-day': day, 'data-date': message.date }, label, node)
      if (before) before.parentElement.after(section)
      else list.prepend(section)
    }
    for (const id of order.slice(Math.max(0, index - 1), index + 2)) regroup(id)
  }

  function regroup(id) {
    const index = order.indexOf(id)
    const own = nodes.get(id)
    const joins = (other) =>
      other !== undefined &&
      other.parentElement === own.parentElement &&
      other.message.mine === own.message.mine &&
      !isService(other.message) &&
      !isService(own.message) &&
      Math.abs(other.message.date - own.message.date) < GROUP_SECONDS
    own.classList.toggle('first', !joins(nodes.get(order[index - 1])))
    own.classList.toggle('last', !joins(nodes.get(order[index + 1])))
  }

  function put(message) {
    const known = nodes.get(message.message_id)
    if (known) {
      updateBubble(known, message, actions)
      return false
    }
    const node = createBubble(message, actions)
    nodes.set(message.message_id, node)
    place(node, message)
    layoutQuotes(node)
    return true
  }

  function take(id) {
    const node = nodes.get(id)
    if (!node) return
    const section = node.parentElement
    const index = order.indexOf(id)
    nodes.delete(id)
    order.splice(index, 1)
    node.remove()
    if (!section.querySelector('.message')) section.remove()
    for (const near of order.slice(Math.max(0, index - 1), index + 1)) regroup(near)
  }

  // Only scrolling up unsticks the list from the end; a resized window or composer doesn't.
  let lastTop = 0
  let lastHeight = 0
  scroll.addEventListener('scroll', () => {
    if (isAtEnd()) stick = true
    else if (scroll.scrollTop < lastTop && scroll.clientHeight === lastHeight) stick = false
    lastTop = scroll.scrollTop
    lastHeight = scroll.clientHeight
    showJump()
    showDay()
  })
  jump.addEventListener('click', toEnd)
  new ResizeObserver(() => {
    layoutQuotes(list)
    if (stick) toEnd()
  }).observe(scroll)
  setInterval(() => {
    for (const time of list.querySelectorAll('time[data-relative]')) {
      time.textContent = toRelative(Number(time.dataset.relative))
    }
    for (const section of list.children) {
      section.querySelector('.day-label').textContent = toDayLabel(Number(section.dataset.date))
    }
  }, 30_000)

  return {
    /** Shows exactly these messages, changing only what differs. */
    reconcile(messages) {
      const ids = new Set(messages.map((message) => message.message_id))
      list.classList.add('settling')
      keepPlace(() => {
        for (const id of [...order]) if (!ids.has(id)) take(id)
        for (const message of messages) put(message)
      })
      requestAnimationFrame(() => list.classList.remove('settling'))
    },
    /** Clears the list for another chat. */
    clear() {
      nodes.clear()
      order = []
      list.replaceChildren()
      stick = true
      missed = 0
    },
    /** Adds or redraws a message; returns true if it is new. */
    upsert(message) {
      let isNew = false
      if (message.mine && !nodes.has(message.message_id)) stick = true
      if (!stick && !message.mine && !nodes.has(message.message_id)) missed += 1
      keepPlace(() => {
        isNew = put(message)
      })
      return isNew
    },
    /** Applies several changes with a single layout. */
    batch(change) {
      keepPlace(() => {
        isBatch = true
        try {
          change()
        } finally {
          isBatch = false
        }
      })
    },
    /** Removes the oldest messages of a long list if the viewer is at its end; returns whether it did. */
    trim() {
      if (!stick || order.length <= MAX) return false
      keepPlace(() => order.slice(0, order.length - KEPT).forEach(take))
      return true
    },
    remove(ids) {
      keepPlace(() => ids.forEach(take))
    },
    /** Scrolls to a message and highlights it; false if it isn't in the list. */
    jumpTo(id) {
      const node = nodes.get(id)
      if (!node) return false
      node.scrollIntoView({ block: 'center', behavior: isCalm() ? 'auto' : 'smooth' })
      node.classList.remove('lit')
      void node.offsetWidth
      node.classList.add('lit')
      return true
    },
    find: (id) => nodes.get(id)?.message,
    node: (id) => nodes.get(id),
    oldest: () => order[0],
    findLast: (test) => {
      const id = order.findLast((each) => test(nodes.get(each).message))
      return id === undefined ? undefined : nodes.get(id).message
    },
    isEmpty: () => order.length === 0,
    toEnd,
  }
}
