import { el, icon } from '../kit/dom.js'
import { toSafeUrl, toStartPayload } from './entities.js'

/**
 * Renders a message's inline keyboard.
 * @param {{ bot: string, onTap(data: string, button: HTMLElement): void, onCopy(text: string): void,
 *   onStart(payload: string): void, onInline(query: string): void }} actions
 */
export function renderKeyboard(markup, actions) {
  const keyboard = el('div', { class: 'keyboard', role: 'group', 'aria-label': 'Buttons' })
  for (const row of markup.inline_keyboard) {
    keyboard.append(el('div', { class: 'row' }, ...row.map((button) => renderButton(button, actions))))
  }
  return keyboard
}

function renderButton(button, actions) {
  const label = el('span', { class: 'label' }, button.text)
  const style = ['danger', 'success', 'primary'].includes(button.style) && button.style
  const plain = (onclick, mark) => {
    const node = el('button', { type: 'button', class: ['key', style], onclick }, label)
    if (mark) node.append(mark)
    return node
  }
  if (button.disabled) return el('button', { type: 'button', class: ['key', style], disabled: true }, label)
  if (button.callback_data !== undefined) {
    const node = plain(() => actions.onTap(button.callback_data, node))
    return node
  }
  if (button.copy_text) return plain(() => actions.onCopy(button.copy_text.text), icon('copy'))
  if (button.url !== undefined) return renderUrl(button, style, label, plain, actions)
  const query = button.switch_inline_query_current_chat ?? button.switch_inline_query
  if (query !== undefined) return plain(() => actions.onInline(query), icon('forward'))
  return el(
    'button',
    { type: 'button', class: ['key', style], disabled: true, title: 'Not in the playground' },
    label,
  )
}

function renderUrl(button, style, label, plain, actions) {
  const url = toSafeUrl(button.url)
  const payload = url && toStartPayload(url, actions.bot)
  if (payload !== undefined) return plain(() => actions.onStart(payload))
  const properties = { class: ['key', style], href: url?.href, target: '_blank', rel: 'noopener noreferrer' }
  return el('a', properties, label, icon('link'))
}

/** Returns the focused button's position, so an edit in place can restore it. */
export function readFocus(keyboard) {
  const key = keyboard?.contains(document.activeElement) ? document.activeElement.closest('.key') : null
  if (!key) return undefined
  const row = key.parentElement
  return { row: [...keyboard.children].indexOf(row), column: [...row.children].indexOf(key) }
}

/** Focuses the button at a position, or the last one if the keyboard got smaller. */
export function restoreFocus(keyboard, place) {
  if (!keyboard || !place) return
  const row = keyboard.children[Math.min(place.row, keyboard.children.length - 1)]
  const key = row?.children[Math.min(place.column, row.children.length - 1)]
  key?.focus({ preventScroll: true })
}
