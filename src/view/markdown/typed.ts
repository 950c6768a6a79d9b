import type { MarkdownIt, StateBlock } from 'markdown-it'

// Agents paste these without a fence. As Markdown, a patch's signs become bullets and front matter becomes a heading.
const patchStart = /^(?:diff --git |@@ -\d+(?:,\d+)? \+\d+)/
const patchLine =
  /^(?:[ +\-@\\]|diff |index [\da-f]|(?:new|deleted) file |(?:old|new) mode |similarity |rename )/
// After a blank line, "- x" is more likely a list item.
const patchGoesOn = /^(?:[ +@\\]|-\S|diff )/
const frontMatterLine = /^(?:[\w-]+:(?: |$)|\s|- |#|$)/

/** Parses unfenced patches and front matter as code. */
export function typedCode(parser: MarkdownIt): void {
  parser.block.ruler.before('table', 'patch', readPatch, { alt: ['paragraph'] })
  parser.block.ruler.before('hr', 'front_matter', readFrontMatter)
}

function readPatch(state: StateBlock, start: number, last: number, silent: boolean): boolean {
  const isFilePair = lineOf(state, start).startsWith('--- ') && lineOf(state, start + 1).startsWith('+++ ')
  if (!isFilePair && !patchStart.test(lineOf(state, start))) return false
  if (silent) return true
  let end = start + 1
  while (
    end < last &&
    (patchLine.test(lineOf(state, end)) ||
      (lineOf(state, end) === '' && patchGoesOn.test(lineOf(state, end + 1))))
  )
    end += 1
  writeFence(state, { start, end, next: end, info: 'diff' })
  return true
}

function readFrontMatter(state: StateBlock, start: number, last: number, silent: boolean): boolean {
  if (silent || start > 0 || state.level > 0 || lineOf(state, 0) !== '---') return false
  let end = 1
  while (end < last && lineOf(state, end) !== '---' && frontMatterLine.test(lineOf(state, end))) end += 1
  if (end === 1 || end === last || lineOf(state, end) !== '---') return false
  writeFence(state, { start: 1, end, next: end + 1, info: 'yaml' })
  return true
}

function writeFence(
  state: StateBlock,
  {
    start,
    end,
    next,
    info,
  }: { readonly start: number; readonly end: number; readonly next: number; readonly info: string },
): void {
  const token = state.push('fence', 'code', 0)
  token.info = info
  token.content = state.getLines(start, end, state.blkIndent, true)
  token.map = [state.line, next]
  state.line = next
}

function lineOf(state: StateBlock, line: number): string {
  return line < state.lineMax ? state.getLines(line, line + 1, state.blkIndent, false) : ''
}
