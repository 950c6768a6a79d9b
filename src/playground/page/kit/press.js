const LONG_MS = 450
const SLIP_PIXELS = 10

/**
 * Calls `onPress` on a long press or a right click on a message. Links and selected text keep the browser's menu.
 * @param {HTMLElement} list
 * @param {(node: HTMLElement, at: { x: number, y: number }) => void} onPress
 */
export function watchPress(list, onPress) {
  let timer
  let from
  let fired = false

  const messageOf = (event) =>
    event.target.closest('.bubble') ? event.target.closest('.message:not(.service)') : null
  const stop = () => clearTimeout(timer)

  list.addEventListener('contextmenu', (event) => {
    const node = messageOf(event)
    if (!node || event.target.closest('a') || !getSelection()?.isCollapsed) return
    event.preventDefault()
    stop()
    if (!fired) onPress(node, { x: event.clientX, y: event.clientY })
  })
  list.addEventListener('pointerdown', (event) => {
    fired = false
    const node = messageOf(event)
    if (!node || event.pointerType === 'mouse') return
    from = { x: event.clientX, y: event.clientY }
    timer = setTimeout(() => {
      fired = true
      onPress(node, from)
    }, LONG_MS)
  })
  list.addEventListener('pointermove', (event) => {
    if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP_PIXELS) stop()
  })
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) list.addEventListener(name, stop)
  // Lifting the finger after a long press would click what is under it.
  list.addEventListener(
    'click',
    (event) => {
      if (!fired) return
      fired = false
      event.preventDefault()
      event.stopPropagation()
    },
    { capture: true },
  )
}
