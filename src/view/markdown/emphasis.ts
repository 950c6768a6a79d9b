import type { MarkdownIt, StateInline } from 'markdown-it'

const run = /\*+|_+/y
const underscoredName = /_{1,2}[a-z\d]{1,40}(?:_[a-z\d]{1,40}){0,5}_{1,2}/iy
const wideLetter = /[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u

// Agents write paths and globs without backticks, e.g. src/__tests__/a.ts and src/**/*.ts: their * and _ stay as they are.
// In Chinese, Japanese and Korean, `**"강조"**는` is bold, although CommonMark doesn't close between a quotation mark and a letter.

/** Parses runs of * and _ like CommonMark, except in file names and in scripts without spaces. */
export function emphasis(parser: MarkdownIt): void {
  parser.inline.ruler.before('emphasis', 'emphasis_in_code_and_cjk', scanRun)
}

function scanRun(state: StateInline, silent: boolean): boolean {
  const signs = matchAt(run, state)
  if (signs === '' || silent) return false
  const name = matchAt(underscoredName, state)
  if (name !== '' && isNamePart(around(state, name))) return writeLiteral(state, name)
  const { before, after } = around(state, signs)
  if (signs.startsWith('*') && /[/\\]/.test(before) && /^[/\\.]/.test(after))
    return writeLiteral(state, signs)
  const { can_open, can_close } = state.scanDelims(state.pos, signs.startsWith('*'))
  const inWide = signs.startsWith('*') && /\S/.test(before) && /^\S/.test(after)
  for (const sign of signs) {
    state.push('text', '', 0).content = sign
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

function matchAt(pattern: RegExp, { src, pos }: StateInline): string {
  pattern.lastIndex = pos
  return pattern.exec(src)?.[0] ?? ''
}

function around({ src, pos }: StateInline, text: string): { before: string; after: string } {
  const end = pos + text.length
  return { before: src.charAt(pos - 1), after: src.slice(end, end + 2) }
}

function isNamePart({ before, after }: { before: string; after: string }): boolean {
  return /[/\\.:=&?#@]/.test(before) || /^(?:[/\\(=]|\.\w)/.test(after)
}

function writeLiteral(state: StateInline, text: string): true {
  state.pending += text
  state.pos += text.length
  return true
}
