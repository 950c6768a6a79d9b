import { type Act, joinActs, readAct } from '../quick-add/acts.ts'
import { parseDue } from '../time/due/due.ts'

/** What a reply to numbered lines asks for: an act per line (from 1), and the parts that weren't understood. */
export interface DigestReply {
  readonly orders: readonly { readonly line: number; readonly act: Act }[]
  readonly problems: readonly string[]
}

export interface DigestReplyContext {
  readonly now: Date
  readonly timeZone: string
  /** The number of lines. */
  readonly lines: number
}

const span = String.raw`(?:\s*[-–—‑−~]\s*|\s+(?:to|bis)\s+)`
const oneNumber = String.raw`#?\d{1,3}(?:${span}#?\d{1,3})?[).]?(?=[\s+&]|$)`
const numberList = String.raw`${oneNumber}(?:(?:\s*[+&]\s*|\s+(?:and\s+)?)${oneNumber})*`
const numbersOnly = new RegExp(`^${numberList}$`, 'i')
const numbersFirst = new RegExp(`^(${numberList})\\s+(\\S.*)$`, 'is')
const numbersLast = new RegExp(`^(\\D.*?)\\s+(${numberList})$`, 'i')
const ranges = new RegExp(`(\\d{1,3})(?:${span}#?(\\d{1,3}))?`, 'gi')
const leadIn = /^(?:[-–—:=→>]+\s*)+/
const comment = /^(#?\d{1,3})\s*:\s*(\S.*)$/s

// `1.done` and `2)hold`.
const joined = /(?<!\S)(#?\d{1,3}[).])(?=\p{L})/gu

// Parsing a part as a date in six languages takes up to a millisecond, and ranges are scanned repeatedly.
const maxParts = 100
const maxPart = 300
const maxRange = 100
// `1 done 2 hold` is tried from each of its words.
const maxWords = 12

/**
 * Reads a reply, e.g., `1 done, 3 tomorrow, 5 hold`, `1, 2 done`, `1 done 2 hold`, `done 1—3`, `2) fri 17:00, !high`. `4: words` is a comment.
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
  const lines = text.split(/[\n;]/).map((line) => line.replace(joined, '$1 ').trim())
  if (lines.reduce((sum, line) => sum + partsOf(line).length, 0) > maxParts)
    return {
      orders: [],
      problems: [`That’s too much at once: at most ${maxParts} parts. Nothing changed.`],
    }
  const isShort = text.length <= maxPart
  for (const line of lines) readLine(line, { context, apply, problems, isShort })
  return {
    orders: [...acts].sort(([left], [right]) => left - right).map(([line, act]) => ({ line, act })),
    problems: [...new Set(problems)],
  }
}

interface Reading {
  readonly context: DigestReplyContext
  readonly apply: (lines: readonly number[], act: Act) => void
  readonly problems: string[]
  /** Whether there's time to look for several orders in one part. */
  readonly isShort: boolean
}

function readLine(line: string, { context, apply, problems, isShort }: Reading): void {
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
  for (const part of partsOf(line).flatMap((each) => (isShort ? ordersIn(each, context) : [each]))) {
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

/** Splits a text at commas; a comment is one part, including its commas. */
function partsOf(line: string): string[] {
  if (comment.test(line)) return [line]
  return line
    .split(/[,，、]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Splits `1 done 2 hold` into its orders; a part with one order or none stays whole. */
function ordersIn(part: string, context: DigestReplyContext): string[] {
  const words = part.split(/\s+/)
  const numbered = words.filter((word) => numbersOnly.test(word))
  if (numbered.length < 2 || words.length > maxWords || numbersOnly.test(part)) return [part]
  const orders: string[] = []
  for (let from = 0; from < words.length; ) {
    const to = words.findLastIndex((_, last) => last >= from && isOrder(words.slice(from, last + 1), context))
    if (to === -1) return [part]
    orders.push(words.slice(from, to + 1).join(' '))
    from = to + 1
    if (/^(?:and|then|&|\+|\/)$/i.test(words[from] ?? '')) from += 1
  }
  return orders
}

function isOrder(words: readonly string[], context: DigestReplyContext): boolean {
  const isNumbered = [words[0], words.at(-1)].some((word) => numbersOnly.test(word ?? ''))
  return words.length > 1 && isNumbered && readPart(words.join(' '), [], null, context) !== null
}

function readPart(
  part: string,
  waiting: readonly number[],
  last: { readonly lines: readonly number[]; readonly verb: string } | null,
  context: DigestReplyContext,
) {
  const [, first, rest] = numbersFirst.exec(part) ?? []
  if (first !== undefined && rest !== undefined) {
    const after = rest.replace(leadIn, '')
    const act = readAct(after, context)
    return act && { lines: [...waiting, ...numbersIn(first)], verb: after, act, isReversed: false }
  }
  const [, before, numbers] = numbersLast.exec(part) ?? []
  const reversed = before === undefined ? null : readAct(before, context)
  if (reversed !== null && numbers !== undefined && before !== undefined)
    return { lines: numbersIn(numbers), verb: before, act: reversed, isReversed: true }
  // A part without a number continues with the same lines: `1 fri, 17:00` or `1 done, !high`.
  const lines = waiting.length > 0 ? waiting : (last?.lines ?? [])
  const act = (last === null ? null : readDate(`${last.verb} ${part}`, context)) ?? readAct(part, context)
  return lines.length === 0 || act === null ? null : { lines, verb: part, act, isReversed: false }
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(ranges)].flatMap(([, from, to]) => {
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
