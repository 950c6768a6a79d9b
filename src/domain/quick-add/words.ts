/** A part of a line without white space; a code span is never split. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Splits a line at white space but keeps code spans whole; an open fence of three backticks includes the rest of the line. */
export function splitWords(line: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < line.length) {
    const start = at
    while (at < line.length && !isSpace(line, at)) at = line[at] === '`' ? endOfCode(line, at) : at + 1
    if (at > start) words.push({ text: line.slice(start, at), start, end: at })
    while (at < line.length && isSpace(line, at)) at++
  }
  return words
}

function isSpace(line: string, at: number): boolean {
  return /\s/.test(line[at] ?? '')
}

function endOfCode(line: string, start: number): number {
  const ticks = ticksAt(line, start)
  let close = start + ticks
  while (close < line.length) {
    const next = line.indexOf('`', close)
    if (next === -1) break
    const found = ticksAt(line, next)
    close = next + found
    if (found === ticks) return close
  }
  return ticks >= 3 ? line.length : start + ticks
}

function ticksAt(line: string, start: number): number {
  let end = start
  while (line[end] === '`') end++
  return end - start
}
