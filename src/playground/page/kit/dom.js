/** Returns the element with an ID; throws if it is missing. */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no #${id}`)
  return found
}

/**
 * Builds an element. Strings become text nodes, so nothing that a person or a bot wrote is parsed as HTML.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes; `on…` are listeners, `class` may hold falsy parts
 * @param {...(Node | string | null | undefined | false)} children
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else if (name === 'class') node.className = [value].flat().filter(Boolean).join(' ')
    else node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

const SVG = 'http://www.w3.org/2000/svg'

/** Creates an icon from a symbol of index.html. */
export function icon(name, label) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', 'icon')
  if (label) {
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', label)
    const title = document.createElementNS(SVG, 'title')
    title.textContent = label
    svg.append(title)
  } else svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.append(use)
  return svg
}

/** Returns whether the device has a touchscreen: Enter then inserts a newline and a long press opens the menu. */
export const isTouch = () => matchMedia('(pointer: coarse)').matches

/** Returns whether the viewer prefers reduced motion. */
export const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
