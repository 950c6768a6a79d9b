// Months follow a dot too: "3. August" is no item of a list.
const bullet =
  /^(?:[-•‣\u25e6\u25aa·–—]|#{1,6}|>|\d{1,3}[.)](?!\s+(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)))\s+(?=\S)/u
const star = /^\*\s+(?=\S)/
const checkbox =
  /^(\s*)(?:(?:[-*+•‣\u25e6\u25aa·–—]|\d{1,3}[.)])\s+)?(?:\[([ xX])\]|([\u2610-\u2612])\ufe0f?)\s+(?=\S)/u
const written = /^- \[[ x]\] /
const escaped = /^\\(?=(?:[-•‣\u25e6\u25aa·–—]|\d{1,3}[.)])\s)/u
const fence = /^\s*(?:`{3}|~{3})/
const maxMarks = 4

/** The first line of a message without the marks of lists, headings and quotes that it begins with. */
export function withoutListMarks(first: string, further: readonly string[]): string {
  if (escaped.test(first)) return first.slice(1)
  let text = first
  // A star is a token, unless the lines below begin with one too.
  if (further.some((line) => star.test(line))) text = text.replace(star, '')
  for (let marks = 0; marks < maxMarks; marks += 1) text = text.replace(written, '').replace(bullet, '')
  return text
}

/** The lines of a text with its check boxes as Markdown has them, ballot boxes and `1. [x] two` too, outside code blocks. */
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

/** Whether a line is an item of a checklist. */
export function isChecklistItem(line: string): boolean {
  return written.test(line.trimStart())
}
