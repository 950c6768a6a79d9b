import { DomainError } from '../../core/errors.ts'

/** A task's note: free text, then one section of acceptance criteria at its end. */
export interface Note {
  readonly text: string
  readonly criteria: readonly Criterion[]
}

export interface Criterion {
  readonly text: string
  readonly met: boolean
}

const maxLength = 50_000
const heading = '## Acceptance Criteria'
const headingLine = /^#{1,6} +acceptance criteria:?\s*$/i
const criterionLine = /^\s*[-*] \[([ xX])\] +(.*\S)\s*$/
const fenceLine = /^\s*(`{3,}|~{3,})([^`]*)$/

/** Returns every `- [ ]` and `- [x]` line of a note outside code blocks. */
export function criteriaOf(note: string | null): Criterion[] {
  if (note === null || !note.includes('] ')) return []
  return splitLines(note).flatMap((line) => (line.criterion === null ? [] : [line.criterion]))
}

/** Returns the note without its criteria and their heading. */
export function textOf(note: string | null): string {
  const kept: Line[] = []
  for (const line of splitLines(note)) {
    if (line.criterion !== null || (!line.code && headingLine.test(line.text))) continue
    const last = kept.at(-1)
    if (isBlank(line) && (last === undefined || isBlank(last))) continue
    kept.push(line)
  }
  return kept
    .map((line) => line.text)
    .join('\n')
    .trim()
}

/** Joins text and criteria; null if both are empty. Throws `invalid` above 50,000 characters. */
export function composeNote({ text, criteria }: Note): string | null {
  const section = criteria.map((criterion) => `- [${criterion.met ? 'x' : ' '}] ${criterion.text}`)
  const parts = [
    withClosedFence(text.trim()),
    section.length === 0 ? '' : `${heading}\n\n${section.join('\n')}`,
  ]
  const note = parts.filter((part) => part !== '').join('\n\n')
  if (note.length > maxLength && [...note].length > maxLength) {
    throw new DomainError(
      'invalid',
      `The note with its acceptance criteria must be at most ${maxLength} characters; shorten the text or the criteria.`,
    )
  }
  return note || null
}

// Criteria after an unclosed code block would be code.
function withClosedFence(text: string): string {
  const open = splitLines(text).at(-1)?.fence
  return open ? `${text}\n${open}` : text
}

/** Builds the note of a new task; criteria inside the text join the separate ones. */
export function newNote(text: string | null, criteria: readonly string[]): string | null {
  return withCriteria(text, [...criteriaOf(text).map((criterion) => criterion.text), ...criteria])
}

/**
 * Marks a criterion as met or not in place; everything else stays byte for byte. Returns null if the criterion with that number
 * isn't the intended one.
 */
export function withMark(
  note: string | null,
  mark: { readonly index: number; readonly met: boolean; readonly is: (text: string) => boolean },
): string | null {
  const lines = splitLines(note)
  const marked = lines.filter((line) => line.criterion !== null)[mark.index]
  if (marked?.criterion == null || !mark.is(marked.criterion.text)) return null
  const box = mark.met ? '[x]' : '[ ]'
  return lines.map((line) => (line === marked ? line.text.replace(/\[[ xX]\]/, box) : line.text)).join('\n')
}

/** Replaces the text; criteria inside the new text join the existing ones. */
export function withText(note: string | null, text: string): string | null {
  return composeNote({ text: textOf(text), criteria: mergeCriteria(criteriaOf(note), criteriaOf(text)) })
}

/** Replaces the criteria; remaining ones keep their check marks. */
export function withCriteria(note: string | null, criteria: readonly string[]): string | null {
  const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
  const met = new Set(
    criteriaOf(note).flatMap((criterion) => (criterion.met ? [oneLine(criterion.text)] : [])),
  )
  const wanted = [...new Set(criteria.map(oneLine))].filter((text) => text !== '')
  return composeNote({ text: textOf(note), criteria: wanted.map((text) => ({ text, met: met.has(text) })) })
}

const planHeading = '## Plan'
const planHeadingLine = /^## +plan:?\s*$/i
const sectionLine = /^#{1,2} /

/**
 * Adds a plan under its heading after the text, or replaces the older plan if the text still has it. Criteria inside the plan join
 * the existing ones.
 */
export function withPlan(note: string | null, plan: string, older: string | null): string | null {
  const section = `${planHeading}\n\n${toPlanText(plan)}`
  const text = textOf(note)
  const replaced = older === null ? null : replacePlan(text, section, older)
  const criteria = mergeCriteria(criteriaOf(note), criteriaOf(plan))
  return composeNote({ text: replaced ?? [withClosedFence(text), section].join('\n\n').trim(), criteria })
}

/** Replaces the older plan in a text: by its exact words, otherwise by its heading; null if neither is found. */
function replacePlan(text: string, section: string, older: string): string | null {
  if (text === textOf(older)) return section
  const at = text.indexOf(`${planHeading}\n\n${toPlanText(older)}`)
  if (at !== -1) {
    const end = at + planHeading.length + 2 + toPlanText(older).length
    if (/^\s*(?:\n|$)/.test(text.slice(end))) return text.slice(0, at) + section + text.slice(end)
  }
  const lines = splitLines(text)
  const from = lines.findIndex((line) => !line.code && planHeadingLine.test(line.text))
  if (from === -1) return null
  const length = lines.slice(from + 1).findIndex((line) => !line.code && sectionLine.test(line.text))
  const rest = length === -1 ? [] : lines.slice(from + 1 + length)
  const toText = (part: readonly Line[]) =>
    part
      .map((line) => line.text)
      .join('\n')
      .trim()
  return [toText(lines.slice(0, from)), section, toText(rest)].filter((part) => part !== '').join('\n\n')
}

/** Formats a plan for a note: without criteria, with lowered headings, and with its code blocks closed. */
function toPlanText(plan: string): string {
  const lines = splitLines(textOf(plan))
  const levels = lines.flatMap((line) => {
    const level = line.code ? undefined : /^(#{1,6}) /.exec(line.text)?.[1]?.length
    return level === undefined ? [] : [level]
  })
  const deeper = '#'.repeat(Math.max(0, 3 - Math.min(3, ...levels)))
  const text = lines.map((line) =>
    line.code || !/^#{1,6} /.test(line.text)
      ? line.text
      : `${deeper}${line.text}`.replace(/^#{7,}/, '######'),
  )
  return withClosedFence(text.join('\n'))
}

function mergeCriteria(old: readonly Criterion[], added: readonly Criterion[]): Criterion[] {
  const known = new Set(old.map((criterion) => criterion.text))
  return [...old, ...added.filter((criterion) => !known.has(criterion.text))]
}

interface Line {
  readonly text: string
  readonly code: boolean
  /** Returns the fence of the code block that is open after this line. */
  readonly fence: string | null
  readonly criterion: Criterion | null
}

function isBlank(line: Line): boolean {
  return !line.code && line.text.trim() === ''
}

function splitLines(note: string | null): Line[] {
  let fence: string | null = null
  return (note ?? '').split(/\r?\n/).map((text) => {
    const [, marker, info = ''] = fenceLine.exec(text) ?? []
    const code = fence !== null || marker !== undefined
    if (fence === null) fence = marker ?? null
    else if (marker?.startsWith(fence) && info.trim() === '') fence = null
    const match = code ? null : criterionLine.exec(text)
    return { text, code, fence, criterion: match ? { text: match[2] ?? '', met: match[1] !== ' ' } : null }
  })
}
