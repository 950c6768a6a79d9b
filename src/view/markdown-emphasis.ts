import type { MarkdownIt, StateInline } from 'markdown-it'

const run = /\*+|_+/y
const wideLetter = /[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u

// Agents write paths and globs without back-ticks: the signs in `src/__tests__/a.ts` and `src/**/*.ts` are kept. And in
// Chinese, Japanese and Korean `**"강조"**는` is bold, though CommonMark closes nothing between a quotation mark and a letter.

/** Reads runs of * and _ as CommonMark does, but for names of files and for scripts without blanks. */
export function emphasis(parser: MarkdownIt): void {
  parser.inline.ruler.before('emphasis', 'emphasis_in_code_and_cjk', scanRun)
}

function scanRun(state: StateInline, silent: boolean): boolean {
  run.lastIndex = state.pos
  const signs = run.exec(state.src)?.[0]
  if (signs === undefined || silent) return false
  const before = state.src.charAt(state.pos - 1)
  const after = state.src.slice(state.pos + signs.length, state.pos + signs.length + 2)
  const literal = signs.startsWith('_') ? isNamePart(before, after) : isGlobPart(before, after)
  const { can_open, can_close } = state.scanDelims(state.pos, signs.startsWith('*'))
  const inWide = signs.startsWith('*') && /\S/.test(before) && /^\S/.test(after)
  for (const sign of signs) {
    state.push('text', '', 0).content = sign
    if (literal) continue
    state.delimiters.push({
      marker: sign.charCodeAt(0),
      length: signs.length,
      token: state.tokens.length - 1,
      end: -1,
      open: can_open || (inWide && wideLetter.test(before)),
      close: can_close || (inWide && wideLetter.test(after)),
    })
  }
  state.pos += signs.length
  return true
}

function isNamePart(before: string, after: string): boolean {
  return (
    (/[/\\.:=&?#@]/.test(before) && /^\S/.test(after)) || (/\S/.test(before) && /^[/\\(=]|^\.\w/.test(after))
  )
}

function isGlobPart(before: string, after: string): boolean {
  return /[/\\]/.test(before) && /^[/\\.]/.test(after)
}
