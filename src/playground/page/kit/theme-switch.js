import { byId } from './dom.js'

const dark = matchMedia('(prefers-color-scheme: dark)')
const root = document.documentElement

const current = () => root.dataset.theme ?? (dark.matches ? 'dark' : 'light')

/** Sets up the theme button. The system's theme applies until it is pressed, and again once both match. */
export function watchTheme() {
  const show = () => {
    root.dataset.shown = current()
    const header = getComputedStyle(root).getPropertyValue('--bar-solid').trim()
    document.querySelector('meta[name="theme-color"]').setAttribute('content', header)
  }
  byId('theme').addEventListener('click', () => {
    const next = current() === 'dark' ? 'light' : 'dark'
    if (next === (dark.matches ? 'dark' : 'light')) {
      localStorage.removeItem('theme')
      delete root.dataset.theme
    } else {
      localStorage.setItem('theme', next)
      root.dataset.theme = next
    }
    show()
  })
  dark.addEventListener('change', show)
  show()
}
