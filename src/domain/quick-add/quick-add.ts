import type { Engine, TaskPriority } from '../core/task-values.ts'
import { cleanLine, clip, halfWidth, isVisible } from '../core/text.ts'
import { type Criterion, criteriaOf, textOf } from '../tasks/notes/note.ts'
import { readDate } from './date-token.ts'
import { isChecklistItem, withoutListMarks, withWrittenBoxes } from './list-marks.ts'
import { asText, findKey, isDirective, type ProblemReason, readWord, type Token } from './tokens.ts'
import { splitWords, type Word } from './words.ts'

/** What a message says about a new task; null means it doesn't say. */
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
  /** `>` as the last word: the task is queued for an agent immediately. */
  readonly queue: boolean
  readonly problems: readonly QuickAddProblem[]
}

/** A token that wasn't understood and stays in the title. */
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

// Invisible direction marks surround the words of right-to-left texts.
const unseen = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'
const markedToken = new RegExp(`(?<=^|\\s)[${unseen}]*([#+!@^*>\\\\＃＋！＠＾＊＞]\\S*)`, 'gu')
const unseenMark = new RegExp(`[${unseen}]`, 'u')
const wideSign = /(?<=^|\s)(?:[＃＋＠＾＊＞]|！+)(?=[\s\p{L}\p{N}"“]|$)/gu

/** Reads a message as a new task: its first line contains tokens, further lines are the note. */
export function parseQuickAdd(text: string, context: QuickAddContext): QuickAddDraft {
  const { first, line, further, isCode } = splitMessage(text)
  const tokens = isCode ? [] : readLine(line, context)
  const kept = tokens.flatMap((token) =>
    token.kind === 'text' || token.kind === 'problem' ? [token.text] : [],
  )
  const title = [kept.join(' '), line, first].map(collapse).find(isVisible) ?? '…'
  const isCut = [...title].length > maxTitle && !isCode
  const { note, criteria } = splitNote(isCut ? `${first}\n\n${further}` : further)
  return { title: clip(title, maxTitle), note, criteria, ...gather(tokens) }
}

interface SplitMessage {
  readonly first: string
  /** Returns the first line without its list mark. */
  readonly line: string
  readonly further: string
  readonly isCode: boolean
}

function splitMessage(text: string): SplitMessage {
  // Postgres can't store NUL or lone surrogates.
  const storable = text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '')
  const message = storable.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/^\s*\n/, '')
  const [first = '', ...rest] = message.split('\n')
  const code = rest.find((line) => line.trim() !== '' && !line.trimStart().startsWith('```'))
  // A message that starts with a code block is titled by its first line of code and kept whole.
  if (first.trimStart().startsWith('```') && code)
    return { first: code, line: code, further: message, isCode: true }
  const [item = '', ...lines] = withWrittenBoxes([first.trim(), ...rest])
  // A single item is a task, not its only criterion.
  const isChecklist = isChecklistItem(item) && lines.some(isChecklistItem)
  const further = isChecklist ? [item, ...lines] : lines
  return {
    first: first.trim(),
    line: withoutListMarks(item, rest),
    further: further.join('\n'),
    isCode: false,
  }
}

function readLine(line: string, context: QuickAddContext): Token[] {
  const marked = line.replace(markedToken, (_, token: string) => withoutMarksBehind(token))
  const { prefix, rest } = readPrefix(marked, context.projectKeys)
  const text = rest.replace(wideSign, halfWidth)
  const { words, queue } = readQueue(splitWords(text))
  const tokens: Token[] = []
  let dates = 0
  for (let at = 0; at < words.length; ) {
    const word = words[at]?.text ?? ''
    const isTried = word.startsWith('^') && dates++ < maxDates
    const date = isTried ? readDate(text, words, at, context) : null
    const token = date?.token ?? (isDirective(words, at) ? asText(word) : readWord(word, context.projectKeys))
    const taken = date?.taken ?? 1
    // Anything but a token stays as typed, with its full-width sign.
    const typed = rest.slice(words[at]?.start, words[at + taken - 1]?.end)
    tokens.push(
      'text' in token && token.kind !== 'due' && token.text.length === typed.length
        ? { ...token, text: typed }
        : token,
    )
    at += taken
  }
  return [prefix, queue, ...withoutPlainStars(tokens)].filter((token) => token !== null)
}

function withoutMarksBehind(token: string): string {
  let end = token.length
  while (end > 0 && unseenMark.test(token[end - 1] ?? '')) end -= 1
  return token.slice(0, end)
}

/** A star counts at either end of the line or next to another token; two of them are a query, a cron line or emphasis. */
function withoutPlainStars(tokens: readonly Token[]): Token[] {
  const isOnlyStar = tokens.filter(({ kind }) => kind === 'focus').length === 1
  const isToken = (token: Token | undefined) =>
    token !== undefined && token.kind !== 'text' && token.kind !== 'problem'
  return tokens.map((token, at) => {
    if (token.kind !== 'focus') return token
    const isAtEnd = at === 0 || at === tokens.length - 1
    return isOnlyStar && (isAtEnd || isToken(tokens[at - 1]) || isToken(tokens[at + 1])) ? token : asText('*')
  })
}

/** A `>` at the end of the line queues the task; alone it's a title. */
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

// The last of several projects, priorities, engines or dates counts: it's the correction.
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
