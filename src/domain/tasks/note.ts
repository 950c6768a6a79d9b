/** The note of a task: free text, then one section of acceptance criteria at its end. */
export interface Note {
  readonly text: string
  readonly criteria: readonly Criterion[]
}

export interface Criterion {
  readonly text: string
  readonly met: boolean
}

const heading = '## Acceptance Criteria'
const criterionLine = /^\s*[-*] \[([ xX])\] +(.*\S)\s*$/
const fence = /^\s*(```|~~~)/

/** Every `- [ ]` and `- [x]` line of a note, outside code blocks. */
export function criteriaOf(note: string | null): Criterion[] {
  return splitLines(note).flatMap((line) => (line.criterion === null ? [] : [line.criterion]))
}

/** The note without its criteria and their heading. */
export function textOf(note: string | null): string {
  return splitLines(note)
    .filter(
      (line) =>
        line.criterion === null && (line.code || line.text.trim().toLowerCase() !== heading.toLowerCase()),
    )
    .map((line) => line.text)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Puts text and criteria together; null where nothing is left. */
export function composeNote(note: Note): string | null {
  const section = note.criteria.map((criterion) => `- [${criterion.met ? 'x' : ' '}] ${criterion.text}`)
  const parts = [note.text.trim(), section.length === 0 ? '' : `${heading}\n\n${section.join('\n')}`]
  return parts.filter((part) => part !== '').join('\n\n') || null
}

/** Replaces the text; criteria inside the new text join those that were there. */
export function withText(note: string | null, text: string): string | null {
  return composeNote({ text: textOf(text), criteria: mergeCriteria(criteriaOf(note), criteriaOf(text)) })
}

/** Replaces the criteria; one that stays keeps its check mark. */
export function withCriteria(note: string | null, criteria: readonly string[]): string | null {
  const met = new Set(criteriaOf(note).flatMap((criterion) => (criterion.met ? [criterion.text] : [])))
  const wanted = [...new Set(criteria.map((text) => text.replace(/\s+/g, ' ').trim()))].filter(
    (text) => text !== '',
  )
  return composeNote({ text: textOf(note), criteria: wanted.map((text) => ({ text, met: met.has(text) })) })
}

function mergeCriteria(old: readonly Criterion[], added: readonly Criterion[]): Criterion[] {
  const known = new Set(old.map((criterion) => criterion.text))
  return [...old, ...added.filter((criterion) => !known.has(criterion.text))]
}

interface Line {
  readonly text: string
  readonly code: boolean
  readonly criterion: Criterion | null
}

function splitLines(note: string | null): Line[] {
  let inCode = false
  return (note ?? '').split(/\r?\n/).map((text) => {
    const code = inCode || fence.test(text)
    if (fence.test(text)) inCode = !inCode
    const match = code ? null : criterionLine.exec(text)
    return { text, code, criterion: match ? { text: match[2] ?? '', met: match[1] !== ' ' } : null }
  })
}
