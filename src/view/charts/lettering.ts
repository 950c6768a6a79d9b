// Everything the bundled font (Inter) has no glyph for and would draw as an empty box.
const undrawable =
  /[^ -~\u00a1-\u00ac\u00ae-\u0148\u014a-\u01c3\u01c5-\u024f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0479\u0480-\u0482\u048a-\u049d\u04a0-\u04ff\u1e00-\u1e9b\u1e9e-\u1eff\u2010-\u2027\u2030-\u203a\u20a0-\u20af\u20b1-\u20b5\u20bc-\u20bf\u2116\u2122\u2190-\u2199\u2212\u2260\u2264\u2265]+/g

/** Removes what the bundled font can't draw; empty if no letter or digit is left. */
export function drawable(text: string): string {
  const kept = text.normalize('NFC').replace(undrawable, ' ').replace(/\s+/g, ' ').trim()
  return /[\p{L}\p{N}]/u.test(kept) ? kept : ''
}

/** Estimates a text's width in pixels; never below the drawn width. */
export function widthOf(text: string, size: number): number {
  return [...text].reduce((width, character) => width + emsOf(character), 0) * size
}

function emsOf(character: string): number {
  if (/[ .,:;!|'`ijlIíìîïłſ]/.test(character)) return 0.32
  if (/[MWmw@%—ЖШЩЮЫФжшщюыф…‰Œœ№™ǄǅǆǇǊ]/.test(character)) return 1.05
  return /[\p{Lu}\p{S}]/u.test(character) ? 0.8 : 0.68
}

/** Cuts a text with an ellipsis if it is wider than `room` pixels. */
export function fitToPixels(text: string, size: number, room: number): string {
  if (widthOf(text, size) <= room) return text
  const characters = [...text]
  while (characters.length > 0 && widthOf(`${characters.join('')}…`, size) > room) characters.pop()
  return characters.length === 0 ? '' : `${characters.join('').trimEnd()}…`
}
