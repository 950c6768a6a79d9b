import { parseDue } from './due.ts'
import { readWord } from './quick-add/tokens.ts'
import type { TaskEdit } from './tasks/schemas.ts'
import { taskPriorities } from './tasks/task.ts'

/** What a reply to numbered lines asks for: an edit a line (counted from 1), and the parts that were not understood. */
export interface DigestReply {
  readonly orders: readonly { readonly line: number; readonly edit: TaskEdit }[]
  readonly problems: readonly string[]
}

export interface DigestReplyContext {
  readonly now: Date
  readonly timeZone: string
  /** How many lines there are. */
  readonly lines: number
}

const verbs: readonly (readonly [RegExp, TaskEdit])[] = [
  [/^(?:done|accept(?:ed)?|ok|x|✅|✔️?|✓)$/i, { status: 'done' }],
  [/^(?:to ?do|📋)$/i, { status: 'todo' }],
  [/^(?:hold|wait|pause|⏸️?)$/i, { status: 'hold' }],
  [/^(?:inbox|📥)$/i, { status: 'inbox' }],
  [/^(?:archived?|drop|🗄️?)$/i, { status: 'archived' }],
  [/^(?:focus|pin|\*|⭐️?)$/i, { focus: true }],
  [/^(?:unpin|unfocus|no focus)$/i, { focus: false }],
  [/^(?:queue|agent|⏳)$/i, { runState: 'queued' }],
  [/^(?:no (?:due )?date|no due|undated)$/i, { dueAt: null }],
]

const oneNumber = String.raw`#?\d{1,3}(?:\s*[-–]\s*#?\d{1,3})?(?=[\s+&]|$)`
const numberList = String.raw`${oneNumber}(?:(?:\s*[+&]\s*|\s+(?:and\s+)?)${oneNumber})*`
const numbersOnly = new RegExp(`^${numberList}$`, 'i')
const numbersFirst = new RegExp(`^(${numberList})\\s+(\\S.*)$`, 'is')
const numbersLast = new RegExp(`^(\\D.*?)\\s+(${numberList})$`, 'i')
const comment = /^(#?\d{1,3})\s*:\s*(\S.*)$/s

/**
 * Reads a reply such as `1 done, 3 tomorrow, 5 hold`, also `1, 2 done`, `done 1-3`, `2 fri 17:00, !high`. `4: words` is a comment.
 */
export function parseDigestReply(text: string, context: DigestReplyContext): DigestReply {
  const edits = new Map<number, TaskEdit>()
  const problems: string[] = []
  const apply = (lines: readonly number[], edit: TaskEdit) => {
    for (const line of lines) {
      if (line < 1 || line > context.lines) problems.push(`There is no line ${line}.`)
      else edits.set(line, { ...edits.get(line), ...edit })
    }
  }
  for (const line of text.split(/[\n;]/)) readLine(line.trim(), { context, apply, problems })
  return {
    orders: [...edits].sort(([left], [right]) => left - right).map(([line, edit]) => ({ line, edit })),
    problems: [...new Set(problems)],
  }
}

interface Reading {
  readonly context: DigestReplyContext
  readonly apply: (lines: readonly number[], edit: TaskEdit) => void
  readonly problems: string[]
}

function readLine(line: string, { context, apply, problems }: Reading): void {
  const [, commented, words = ''] = comment.exec(line) ?? []
  if (commented !== undefined) {
    apply(numbersIn(commented), readVerb(words, context) ?? { comment: words })
    return
  }
  let waiting: number[] = []
  let last: {
    readonly lines: readonly number[]
    readonly verb: string
    readonly isReversed: boolean
  } | null = null
  for (const part of line.split(',').map((text) => text.trim())) {
    if (part === '') continue
    if (numbersOnly.test(part)) {
      const edit: TaskEdit | null = last?.isReversed ? readVerb(last.verb, context) : null
      if (edit === null) waiting = [...waiting, ...numbersIn(part)]
      else apply(numbersIn(part), edit)
      continue
    }
    const read = readPart(part, waiting, last, context)
    if (read === null) problems.push(`“${part.slice(0, 60)}” was not understood.`)
    else {
      apply(read.lines, read.edit)
      last = read
    }
    waiting = []
  }
  if (waiting.length > 0) problems.push(`What about ${waiting.join(', ')}?`)
}

function readPart(
  part: string,
  waiting: readonly number[],
  last: { readonly lines: readonly number[]; readonly verb: string } | null,
  context: DigestReplyContext,
) {
  const [, first, after] = numbersFirst.exec(part) ?? []
  if (first !== undefined && after !== undefined) {
    const edit = readVerb(after, context)
    return edit && { lines: [...waiting, ...numbersIn(first)], verb: after, edit, isReversed: false }
  }
  const [, before, numbers] = numbersLast.exec(part) ?? []
  const reversed = before === undefined ? null : readVerb(before, context)
  if (reversed !== null && numbers !== undefined && before !== undefined)
    return { lines: numbersIn(numbers), verb: before, edit: reversed, isReversed: true }
  // What follows a comma without a number goes on about the same lines: `1 fri, 17:00` or `1 done, !high`.
  const lines = waiting.length > 0 ? waiting : (last?.lines ?? [])
  const edit = (last === null ? null : readDate(`${last.verb} ${part}`, context)) ?? readVerb(part, context)
  return lines.length === 0 || edit === null ? null : { lines, verb: part, edit, isReversed: false }
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/(\d{1,3})(?:\s*[-–]\s*#?(\d{1,3}))?/g)].flatMap(([, from, to]) => {
    const [start, end] = [Number(from), Number(to ?? from)]
    return Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => start + index)
  })
}

function readVerb(text: string, context: DigestReplyContext): TaskEdit | null {
  const words = text.trim().replace(/[.!]+$/, (end) => (end === '!' ? end : ''))
  const verb = verbs.find(([pattern]) => pattern.test(words))?.[1]
  if (verb !== undefined) return verb
  const named = taskPriorities.find((priority) => priority === words.toLowerCase())
  if (named !== undefined) return { priority: named }
  const token = readWord(words, [])
  if (token.kind === 'priority') return { priority: token.priority }
  if (token.kind === 'engine') return { engine: token.engine }
  return readDate(words, context)
}

function readDate(text: string, context: DigestReplyContext): TaskEdit | null {
  const due = parseDue(text.replace(/^\^/, ''), context)
  return due === null ? null : { dueAt: due.at }
}
