// Months follow a dot too: "3. August" isn't a list item.
const bullet =
  /^(?:[-•‣\u25e6\u25aa·–—]|#{1,6}|>|\d{1,3}[.)](?!\s+(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)))\s+(?=\S)/u
const star = /^\*\s+(?=\S)/
const checkbox =
  /^(\s*)(?:(?:[-*+•‣\u25e6\u25aa·–—]|\d{1,3}[.)])\s+)?(?:\[([ xX])\]|([\u2610-\u2612])\ufe0f?)\s+(?=\S)/u
const written = /^- \[[ x]\] /
const escaped = /^\\(?=(?:[-•‣\u25e6\u25aa·–—]|\d{1,3}[.)])\s)/u
const fence = /^\s*(?:`{3}|~{3})/
const maxMarks = 4

/** Returns the first line of a message without leading list, heading and quote marks. */
export function withoutListMarks(first: string, further: readonly string[]): string {
  if (escaped.test(first)) return first.slice(1)
  let text = first
  // A star is a token unless the lines below start with one too.
  if (further.some((line) => star.test(line))) text = text.replace(star, '')
  for (let marks = 0; marks < maxMarks; marks += 1) text = text.replace(written, '').replace(bullet, '')
  return text
}

/** Rewrites the check boxes of a text as Markdown, including ballot boxes and `1. [x] two`, outside code blocks. */
export function withWrittenBoxes(lines: readonly string[]): string[] {
  let isCode = false
  return lines.map((line) => {
    if (fence.test(line)) isCode = !isCode
    if (isCode) return line
    return line.replace(checkbox, (_, indent: string, mark?: string, sign?: string) => {
      const isMet = sign === undefined ? mark !== ' ' : sign !== '\u2610'
      return `${indent}- [${isMet ? 'x' : ' '}] `
    })
  })
}

/** Tests whether a line is a checklist item. */
export function isChecklistItem(line: string): boolean {
  return written.test(line.trimStart())
}
