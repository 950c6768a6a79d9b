import { halfWidth } from '../core/text.ts'
import { parseDue } from '../time/due/due.ts'
import { type Act, joinActs, readVerb } from './acts.ts'
import { readDate } from './date-token.ts'
import { readWord } from './tokens.ts'
import { splitWords, type Word } from './words.ts'

/** What a message that names tasks asks for. */
export type Words =
  /** Shows tasks by their keys, or those of the last project by their numbers. */
  | { readonly kind: 'open'; readonly keys: readonly string[] }
  | { readonly kind: 'number'; readonly number: number }
  /** A key without its dash, e.g., `web9`: a task only if it exists. */
  | { readonly kind: 'compact'; readonly keys: readonly string[] }
  | {
      readonly kind: 'change'
      readonly changes: readonly { readonly key: string; readonly act: Act }[]
      /** Tokens that weren't understood. */
      readonly problems: readonly string[]
    }

export interface WordsContext {
  readonly now: Date
  readonly timeZone: string
  readonly projectKeys: readonly string[]
}

const maxLength = 1_000
// Phones and editors put other dashes and marks around a key.
const dash = '[-‐‑‒–—−]'
const keyWord = new RegExp(
  String.raw`^[^\p{L}\p{N}\\]*([a-z][a-z0-9]{1,9})${dash}(\d{1,10})[^\p{L}\p{N}\\]*$`,
  'iu',
)
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu
const maxKeyLength = 60
const fillers = /^(?:and|&|\+|→|->|=>|please|pls|is|as|to|now|mark|set|move|[-–—:])$/i
const maxVerbWords = 3

/**
 * Reads a message that consists only of keys of known projects, verbs and tokens: `WEB-2 done`, `queue WEB-2 WEB-3`,
 * `WEB-9 !high ^fri`. Returns null if it contains anything else: then the text is a new task.
 */
export function parseWords(text: string, context: WordsContext): Words | null {
  if (text.length > maxLength || /\\|:\/\//.test(text)) return null
  const trimmed = halfWidth(text).replace(unseen, '').trim()
  // Code contains no tokens, but a key may be in backticks.
  if (trimmed.includes('`')) return readMarkedKey(trimmed, context)
  const alone = readAlone(trimmed, context)
  if (alone !== null) return alone
  const items: Item[][] = []
  for (const line of trimmed.split(/[\n;]/)) {
    const read = readItems(line, context)
    if (read === null) return readMarkedKey(trimmed, context)
    items.push(read)
  }
  const all = items.flat()
  const keys = [...new Set(all.flatMap((item) => ('key' in item ? item.key : [])))]
  if (keys.length === 0) return null
  const problems = all.flatMap((item) => ('problem' in item ? item.problem : []))
  const isQuestion = /[?？]$/.test(trimmed)
  if (isQuestion || all.every((item) => 'key' in item)) return { kind: 'open', keys }
  const changes = new Map<string, Act>()
  for (const { key, act } of items.flatMap(toChanges)) changes.set(key, joinActs(changes.get(key) ?? {}, act))
  return { kind: 'change', changes: [...changes].map(([key, act]) => ({ key, act })), problems }
}

/** A key between marks without meaning, e.g., `> **WEB-1**`. */
function readMarkedKey(text: string, { projectKeys }: WordsContext): Words | null {
  const key = readKey(text, projectKeys)
  return key === null ? null : { kind: 'open', keys: [key] }
}

/** Reads a key with its surrounding marks, in capitals; null if its project is unknown. */
export function readKey(word: string, projectKeys: readonly string[]): string | null {
  if (word.length > maxKeyLength) return null
  const [, name = '', number = ''] = keyWord.exec(word) ?? []
  const prefix = projectKeys.find((key) => key.toUpperCase() === name.toUpperCase())
  return prefix === undefined || number === '' ? null : `${prefix.toUpperCase()}-${Number(number)}`
}

/** A number, or a key without its dash, that stands alone. */
function readAlone(text: string, { projectKeys }: WordsContext): Words | null {
  const number = /^#?([1-9]\d{0,5})[.?!]?$/.exec(text)?.[1]
  if (number !== undefined) return { kind: 'number', number: Number(number) }
  const compact = /^#?([a-z][a-z0-9]+?)[.?!]?$/i.exec(text)?.[1]?.toUpperCase() ?? ''
  const keys = projectKeys.flatMap((key) => {
    const rest = compact.startsWith(key.toUpperCase()) ? compact.slice(key.length) : ''
    return /^[1-9]\d{0,9}$/.test(rest) ? [`${key.toUpperCase()}-${rest}`] : []
  })
  return keys.length === 0 ? null : { kind: 'compact', keys }
}

type Item =
  | { readonly key: string }
  | { readonly act: Act }
  /** Tests whether a word looks like a token that isn't known. */
  | { readonly problem: string }

/** Reads a line as keys, acts and problems in order; null if any word is something else. */
function readItems(line: string, context: WordsContext): Item[] | null {
  const parted = line.replace(/[,，](?=\s|$)/g, ' ')
  const words = splitWords(parted)
  const items: Item[] = []
  for (let at = 0; at < words.length; ) {
    const hasVerb = items.some((item) => 'act' in item && startsGroup(item.act))
    const read =
      readItem(parted, words, at, context) ?? (hasVerb ? null : readBareDate(parted, words, at, context))
    if (read === null) return null
    if (read.item !== null) items.push(read.item)
    at += read.taken
  }
  return items.some((item) => 'key' in item) || items.length === 0 ? items : null
}

function readItem(
  line: string,
  words: readonly Word[],
  at: number,
  context: WordsContext,
): { readonly item: Item | null; readonly taken: number } | null {
  const word = words[at]?.text ?? ''
  const key = readKey(word, context.projectKeys)
  if (key !== null) return { item: { key }, taken: 1 }
  for (let taken = Math.min(maxVerbWords, words.length - at); taken > 0; taken -= 1) {
    const phrase = words
      .slice(at, at + taken)
      .map(({ text }) => text)
      .join(' ')
    const act = readVerb(phrase) ?? readVerb(phrase.replace(/[.!?…:]+$/, ''))
    if (act !== null) return { item: { act }, taken }
  }
  const due = word.startsWith('^') ? readDate(line, words, at, context) : null
  if (due?.token.kind === 'due') return { item: { act: { dueAt: due.token.at } }, taken: due.taken }
  if (due?.token.kind === 'problem') return { item: { problem: due.token.text }, taken: due.taken }
  if (word === '>' && at > 0 && at === words.length - 1) return { item: { act: { verb: 'queue' } }, taken: 1 }
  if (readWord(word, []).kind === 'problem') return { item: { problem: word }, taken: 1 }
  return fillers.test(word) ? { item: null, taken: 1 } : null
}

/** Reads a date without its sign at the end of the line: `WEB-2 fri 17:00`. */
function readBareDate(
  line: string,
  words: readonly Word[],
  at: number,
  context: WordsContext,
): ReturnType<typeof readItem> {
  const word = words[at]
  if (word === undefined || at === 0 || !/\p{L}|[-/.]/u.test(word.text)) return null
  const due = parseDue(line.slice(word.start).trim(), context)
  return due === null ? null : { item: { act: { dueAt: due.at } }, taken: words.length - at }
}

/** Groups keys with what follows them, or with what precedes them if the line starts with that. */
function toChanges(items: readonly Item[]): { readonly key: string; readonly act: Act }[] {
  const isVerbFirst = items[0] !== undefined && 'act' in items[0]
  const groups: { keys: string[]; act: Act }[] = []
  for (const item of items) {
    const last = groups.at(-1)
    if ('problem' in item) continue
    if ('key' in item) {
      const isOpen = last !== undefined && (isVerbFirst || isEmpty(last.act))
      if (isOpen) last.keys.push(item.key)
      else groups.push({ keys: [item.key], act: {} })
    } else if (last === undefined || (isVerbFirst && last.keys.length > 0 && startsGroup(item.act))) {
      groups.push({ keys: [], act: item.act })
    } else last.act = joinActs(last.act, item.act)
  }
  return groups.flatMap(({ keys, act }) => keys.map((key) => ({ key, act })))
}

/** Tests whether an act is more than a token that only adds to a task. */
function startsGroup({ verb, focus }: Act): boolean {
  return verb !== undefined || focus !== undefined
}

function isEmpty(act: Act): boolean {
  return Object.keys(act).length === 0
}
