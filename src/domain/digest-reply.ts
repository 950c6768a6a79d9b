import { type Act, joinActs, readAct } from './acts.ts'
import { parseDue } from './due.ts'

/** What a reply to numbered lines asks for: an act per line (counted from 1), and the parts that were not understood. */
export interface DigestReply {
  readonly orders: readonly { readonly line: number; readonly act: Act }[]
  readonly problems: readonly string[]
}

export interface DigestReplyContext {
  readonly now: Date
  readonly timeZone: string
  /** How many lines there are. */
  readonly lines: number
}

const oneNumber = String.raw`#?\d{1,3}(?:\s*[-–]\s*#?\d{1,3})?[).]?(?=[\s+&]|$)`
const numberList = String.raw`${oneNumber}(?:(?:\s*[+&]\s*|\s+(?:and\s+)?)${oneNumber})*`
const numbersOnly = new RegExp(`^${numberList}$`, 'i')
const numbersFirst = new RegExp(`^(${numberList})\\s+(\\S.*)$`, 'is')
const numbersLast = new RegExp(`^(\\D.*?)\\s+(${numberList})$`, 'i')
const comment = /^(#?\d{1,3})\s*:\s*(\S.*)$/s

// Each part may be tried as a date in six languages, up to a millisecond; ranges are looked through more than once.
const maxParts = 100
const maxPart = 300
const maxRange = 100

/**
 * Reads a reply such as `1 done, 3 tomorrow, 5 hold`, also `1, 2 done`, `done 1-3`, `2 fri 17:00, !high`. `4: words` is a comment.
 */
export function parseDigestReply(text: string, context: DigestReplyContext): DigestReply {
  const acts = new Map<number, Act>()
  const problems: string[] = []
  const apply = (lines: readonly number[], act: Act) => {
    for (const line of lines) {
      if (line < 1 || line > context.lines) problems.push(`There's no line ${line}.`)
      else acts.set(line, joinActs(acts.get(line) ?? {}, act))
    }
  }
  const lines = text.split(/[\n;]/).map((line) => line.trim())
  if (lines.reduce((sum, line) => sum + partsOf(line).length, 0) > maxParts)
    return {
      orders: [],
      problems: [`That’s too much at once: at most ${maxParts} parts. Nothing changed.`],
    }
  for (const line of lines) readLine(line, { context, apply, problems })
  return {
    orders: [...acts].sort(([left], [right]) => left - right).map(([line, act]) => ({ line, act })),
    problems: [...new Set(problems)],
  }
}

interface Reading {
  readonly context: DigestReplyContext
  readonly apply: (lines: readonly number[], act: Act) => void
  readonly problems: string[]
}

function readLine(line: string, { context, apply, problems }: Reading): void {
  const [, commented, words = ''] = comment.exec(line) ?? []
  if (commented !== undefined) {
    apply(numbersIn(commented), readAct(words, context) ?? { comment: words })
    return
  }
  let waiting: number[] = []
  let last: {
    readonly lines: readonly number[]
    readonly verb: string
    readonly isReversed: boolean
  } | null = null
  for (const part of partsOf(line)) {
    if (part.length > maxPart) {
      problems.push(`I didn't understand “${part.slice(0, 60)}”.`)
      continue
    }
    if (numbersOnly.test(part)) {
      const act: Act | null = last?.isReversed ? readAct(last.verb, context) : null
      if (act === null) waiting = [...waiting, ...numbersIn(part)]
      else apply(numbersIn(part), act)
      continue
    }
    const read = readPart(part, waiting, last, context)
    if (read === null) problems.push(`I didn't understand “${part.slice(0, 60)}”.`)
    else {
      apply(read.lines, read.act)
      last = read
    }
    waiting = []
  }
  if (waiting.length > 0) problems.push(`What about ${waiting.join(', ')}?`)
}

/** The texts between commas; a comment is one part, commas and all. */
function partsOf(line: string): string[] {
  if (comment.test(line)) return [line]
  return line
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function readPart(
  part: string,
  waiting: readonly number[],
  last: { readonly lines: readonly number[]; readonly verb: string } | null,
  context: DigestReplyContext,
) {
  const [, first, after] = numbersFirst.exec(part) ?? []
  if (first !== undefined && after !== undefined) {
    const act = readAct(after, context)
    return act && { lines: [...waiting, ...numbersIn(first)], verb: after, act, isReversed: false }
  }
  const [, before, numbers] = numbersLast.exec(part) ?? []
  const reversed = before === undefined ? null : readAct(before, context)
  if (reversed !== null && numbers !== undefined && before !== undefined)
    return { lines: numbersIn(numbers), verb: before, act: reversed, isReversed: true }
  // What follows a comma without a number goes on about the same lines: `1 fri, 17:00` or `1 done, !high`.
  const lines = waiting.length > 0 ? waiting : (last?.lines ?? [])
  const act = (last === null ? null : readDate(`${last.verb} ${part}`, context)) ?? readAct(part, context)
  return lines.length === 0 || act === null ? null : { lines, verb: part, act, isReversed: false }
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/(\d{1,3})(?:\s*[-–]\s*#?(\d{1,3}))?/g)].flatMap(([, from, to]) => {
    const [start, end] = [Number(from), Number(to ?? from)]
    return Array.from(
      { length: Math.max(0, Math.min(maxRange, end - start + 1)) },
      (_, index) => start + index,
    )
  })
}

function readDate(text: string, context: DigestReplyContext): Act | null {
  const due = parseDue(text.replace(/^\^/, ''), context)
  return due === null ? null : { dueAt: due.at }
}
