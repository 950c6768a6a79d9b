import { byId, el, icon } from './dom.js'

const TOAST_MS = 3500
let toastEnd

/** Shows a temporary message above the composer. */
export function toast(text) {
  const node = byId('toast')
  clearTimeout(toastEnd)
  node.replaceChildren(el('span', {}, text))
  node.classList.add('shown')
  toastEnd = setTimeout(() => node.classList.remove('shown'), Math.max(TOAST_MS, text.length * 60))
}

/** Shows an alert with an OK button. */
export function alertBox(text) {
  byId('alert-text').textContent = text
  const dialog = byId('alert')
  if (!dialog.open) dialog.showModal()
}

/** Copies text and shows a toast. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast('Copied')
  } catch {
    toast("The browser doesn't allow copying here")
  }
}

/** Lets a dialog be closed with its close button or a click outside. */
export function closable(dialog, closeButton) {
  closeButton?.addEventListener('click', () => dialog.close())
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
}

/** Creates the lightbox that shows a photo as large as the window allows. */
export function createLightbox() {
  const dialog = byId('lightbox')
  const image = dialog.querySelector('img')
  const download = el('a', { class: 'round', download: true, 'aria-label': 'Download' }, icon('download'))
  dialog.querySelector('.tools').prepend(download)
  closable(dialog, dialog.querySelector('button'))
  image.addEventListener('click', () => dialog.close())
  return (source) => {
    image.src = source
    download.href = source
    dialog.showModal()
  }
}

/**
 * Opens a message's menu next to an element or at a point.
 * @param {{ x: number, y: number } | HTMLElement} at
 * @param {ReadonlyArray<{ label: string, icon: string, run(): void }>} items
 * @param {{ emoji: readonly string[], run(emoji: string): void }} [quick]
 */
export function openPopup(at, items, quick) {
  const popup = byId('popup')
  const before = document.activeElement
  popup.replaceChildren()
  const choose = (run) => () => {
    close(false)
    run()
  }
  if (quick) {
    const row = el('div', { class: 'quick', role: 'group', 'aria-label': 'React' })
    for (const emoji of quick.emoji) {
      const label = `React with ${emoji}`
      row.append(
        el(
          'button',
          { type: 'button', role: 'menuitem', 'aria-label': label, onclick: choose(() => quick.run(emoji)) },
          emoji,
        ),
      )
    }
    popup.append(row)
  }
  for (const item of items) {
    popup.append(
      el(
        'button',
        { type: 'button', role: 'menuitem', onclick: choose(item.run) },
        icon(item.icon),
        item.label,
      ),
    )
  }
  popup.hidden = false
  placePopup(popup, at)
  const buttons = [...popup.querySelectorAll('button')]
  const firstItem = buttons[quick ? quick.emoji.length : 0]
  firstItem?.focus({ preventScroll: true })

  const ending = new AbortController()
  const { signal } = ending
  function close(giveBack) {
    popup.hidden = true
    ending.abort()
    if (giveBack) before?.focus?.({ preventScroll: true })
  }
  popup.addEventListener(
    'keydown',
    (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
      if (event.key === 'Escape' || event.key === 'Tab') {
        event.preventDefault()
        event.stopPropagation()
        close(true)
      }
      if (!step) return
      event.preventDefault()
      const next = buttons.indexOf(document.activeElement) + step
      buttons.at(next % buttons.length)?.focus()
    },
    { signal },
  )
  document.addEventListener(
    'pointerdown',
    (event) => {
      if (!popup.contains(event.target)) close(false)
    },
    { signal, capture: true },
  )
  byId('scroll').addEventListener('scroll', () => close(false), { signal })
  window.addEventListener('resize', () => close(false), { signal })
}

function placePopup(popup, at) {
  const box = at instanceof HTMLElement ? at.getBoundingClientRect() : undefined
  const x = box ? box.left : at.x
  const y = box ? box.bottom + 4 : at.y
  const { width, height } = popup.getBoundingClientRect()
  popup.style.left = `${Math.max(8, Math.min(x, window.innerWidth - width - 8))}px`
  popup.style.top = `${y + height + 8 > window.innerHeight ? Math.max(8, (box ? box.top - 4 : y) - height) : y}px`
}
