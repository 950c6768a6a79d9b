import { clip } from './clip.ts'
import { readDate } from './quick-add/date-token.ts'
import { findKey, type ProblemReason, readWord, type Token } from './quick-add/tokens.ts'
import { splitWords, type Word } from './quick-add/words.ts'
import { type Criterion, criteriaOf, textOf } from './tasks/note.ts'
import type { Engine, TaskPriority } from './tasks/task.ts'
import { cleanLine, isVisible } from './text.ts'

/** What a message says about a new task; null is what it leaves open. */
export interface QuickAddDraft {
  readonly title: string
  readonly note: string | null
  /** With their check marks. */
  readonly criteria: readonly Criterion[]
  readonly projectKey: string | null
  readonly labels: readonly string[]
  readonly priority: TaskPriority | null
  readonly engine: Engine | null
  readonly dueAt: Date | null
  readonly dueText: string | null
  readonly focusToday: boolean
  /** `>` as the last word: an agent gets the task at once. */
  readonly queue: boolean
  readonly problems: readonly QuickAddProblem[]
}

/** A token that was not understood and stayed in the title. */
export interface QuickAddProblem {
  readonly token: string
  readonly reason: ProblemReason
}

export interface QuickAddContext {
  readonly now: Date
  readonly timeZone: string
  readonly projectKeys: readonly string[]
}

const maxTitle = 180
const maxCriterion = 200
const maxCriteria = 200
const maxLabels = 50
// Each takes up to a millisecond, because it's read in six languages.
const maxDates = 20

// Direction marks stand unseen around the words of right-to-left texts.
const markedToken =
  /(?<=^|\s)[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*([#+!@^*>\\]\S*?)[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*(?=\s|$)/gu

/** Reads a message as a new task: tokens stand in its first line, further lines are the note. */
export function parseQuickAdd(text: string, context: QuickAddContext): QuickAddDraft {
  const { first, further, isCode } = splitMessage(text)
  const tokens = isCode ? [] : readLine(first, context)
  const kept = tokens.flatMap((token) =>
    token.kind === 'text' || token.kind === 'problem' ? [token.text] : [],
  )
  const title = [kept.join(' '), first].map(collapse).find(isVisible) ?? '…'
  const isCut = [...title].length > maxTitle && !isCode
  const { note, criteria } = splitNote(isCut ? `${first}\n\n${further}` : further)
  return { title: clip(title, maxTitle), note, criteria, ...gather(tokens) }
}

function splitMessage(text: string): { first: string; further: string; isCode: boolean } {
  // Postgres stores neither NUL nor half a surrogate pair.
  const storable = text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '')
  const message = storable.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/^\s*\n/, '')
  const [first = '', ...rest] = message.split('\n')
  const code = rest.find((line) => line.trim() !== '' && !line.trimStart().startsWith('```'))
  // A message that begins with a code block is named after its first line of code, and kept whole.
  if (first.trimStart().startsWith('```') && code) return { first: code, further: message, isCode: true }
  return { first: first.trim(), further: rest.join('\n'), isCode: false }
}

function readLine(line: string, context: QuickAddContext): Token[] {
  const { prefix, rest } = readPrefix(line.replace(markedToken, '$1'), context.projectKeys)
  const { words, queue } = readQueue(splitWords(rest))
  const tokens: Token[] = [prefix, queue].filter((token) => token !== null)
  let dates = 0
  for (let at = 0; at < words.length; ) {
    const isTried = words[at]?.text.startsWith('^') && dates++ < maxDates
    const date = isTried ? readDate(rest, words, at, context) : null
    tokens.push(date?.token ?? readWord(words[at]?.text ?? '', context.projectKeys))
    at += date?.taken ?? 1
  }
  return tokens
}

/** A `>` at the end of the line queues the task; alone it is a title. */
function readQueue(words: readonly Word[]): { words: readonly Word[]; queue: Token | null } {
  const isQueued = words.length > 1 && words.at(-1)?.text === '>'
  return isQueued ? { words: words.slice(0, -1), queue: { kind: 'queue' } } : { words, queue: null }
}

function readPrefix(line: string, projectKeys: readonly string[]): { prefix: Token | null; rest: string } {
  const match = /^(\\?)([a-z][a-z0-9]{1,9})(?::(?=\s|$)|：)/i.exec(line)
  const key = match && findKey(match[2] ?? '', projectKeys)
  if (!match || !key) return { prefix: null, rest: line }
  if (match[1] === '\\') return { prefix: null, rest: line.slice(1) }
  return { prefix: { kind: 'project', key }, rest: line.slice(match[0].length) }
}

// Of several projects, priorities, engines or dates the last one counts: it was typed as a second thought.
function gather(tokens: readonly Token[]): Omit<QuickAddDraft, 'title' | 'note' | 'criteria'> {
  const last = <Kind extends Token['kind']>(kind: Kind) =>
    tokens.findLast((token): token is Extract<Token, { kind: Kind }> => token.kind === kind)
  const names = tokens.flatMap((token) => (token.kind === 'label' ? [token.name] : []))
  const labels = names.filter(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index,
  )
  return {
    projectKey: last('project')?.key ?? null,
    labels: labels.slice(0, maxLabels),
    priority: last('priority')?.priority ?? null,
    engine: last('engine')?.engine ?? null,
    dueAt: last('due')?.at ?? null,
    dueText: last('due')?.text ?? null,
    focusToday: last('focus') !== undefined,
    queue: last('queue') !== undefined,
    problems: tokens.flatMap((token) =>
      token.kind === 'problem' ? [{ token: token.text, reason: token.reason }] : [],
    ),
  }
}

function splitNote(text: string): { note: string | null; criteria: Criterion[] } {
  const all = criteriaOf(text)
  const fits = (criterion: Criterion, index: number) =>
    index < maxCriteria && [...criterion.text].length <= maxCriterion
  const tooLong = all
    .filter((criterion, index) => !fits(criterion, index))
    .map((criterion) => `- ${criterion.text}`)
  return { note: [textOf(text), ...tooLong].join('\n').trim() || null, criteria: all.filter(fits) }
}

function collapse(text: string): string {
  return cleanLine(text).replace(/\s+/g, ' ')
}
