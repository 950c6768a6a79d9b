import { type DueContext, findDue, parseDue } from '../time/due/due.ts'
import type { Token } from './tokens.ts'
import type { Word } from './words.ts'

const quoted =
  /^\^(?:["“”„«]([^"“”„«»]*)["“”»]|['‘’‚\u2039]([^'‘’‚\u2039\u203a]*)['‘’\u203a])\p{Po}*(?=\s|$)/u
const maxWords = 8

/** Reads the date that starts with `^` at a word, and how many words it takes; null if the word isn't a date. */
export function readDate(
  line: string,
  words: readonly Word[],
  first: number,
  context: DueContext,
): { readonly token: Token; readonly taken: number } | null {
  const word = words[first]
  if (!word) return null
  const quote = quoted.exec(line.slice(word.start))
  if (quote) {
    const end = word.start + quote[0].length
    const taken = words.slice(first).filter(({ start }) => start < end).length
    const typed = line.slice(word.start, words[first + taken - 1]?.end)
    const phrase = quote[1] ?? quote[2] ?? ''
    const due = typed === quote[0] ? parseDue(phrase, context) : null
    return { token: due ? { kind: 'due', at: due.at, text: phrase.trim() } : unclear(typed), taken }
  }
  // ^^ and ^_^ are emoticons.
  if (!/^\^["“„«'‘‚\u2039\p{L}\p{N}]/u.test(word.text)) return null
  return readRun(words.slice(first, first + maxWords), context)
}

function readRun(words: readonly Word[], context: DueContext): { token: Token; taken: number } {
  const [head = '', ...rest] = words.map(({ text }) => text)
  const stop = rest.findIndex((text) => /^[#+!@^*\\]|`/.test(text))
  const run = [head.slice(1), ...(stop === -1 ? rest : rest.slice(0, stop))]
  const text = run.join(' ')
  const due = findDue(text, context)
  if (!due) return { token: unclear(head), taken: 1 }
  // The rest of the last word may only be a comma.
  const tail = /^\S*/.exec(text.slice(due.length))?.[0] ?? ''
  if (!/^\p{Po}*$/u.test(tail)) return { token: unclear(head), taken: 1 }
  const typed = text.slice(0, due.length)
  return {
    token: { kind: 'due', at: due.at, text: typed.replace(/\p{Po}+$/u, '') },
    taken: typed.split(' ').length,
  }
}

function unclear(text: string): Token {
  return { kind: 'problem', text, reason: 'unclear-date' }
}
