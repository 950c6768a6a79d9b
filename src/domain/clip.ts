/** Cuts a text at a word so that it has at most `max` code points (as Postgres counts them), with … where it was cut. */
export function clip(text: string, max: number): string {
  const points = [...text]
  if (points.length <= max) return text
  const head = points.slice(0, max - 1).join('')
  const space = head.search(/\s\S*$/)
  return `${(space > head.length / 2 ? head.slice(0, space) : head).trimEnd()}…`
}

/** Takes out what Postgres cannot store: NUL bytes and halves of surrogate pairs. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed()
}
