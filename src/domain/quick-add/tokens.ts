import {
  type Engine,
  engines as engineNames,
  type TaskPriority,
  taskPriorities,
} from '../core/task-values.ts'
import { nearestOf } from './typos.ts'

/** Why something that looks like a token stays in the title. */
export type ProblemReason =
  | 'unknown-project'
  | 'unknown-priority'
  | 'unknown-engine'
  | 'unclear-date'
  | 'unclear-label'
  | 'label-too-long'

/** The meaning of one word of a quick-add line, or of several for a date. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly text: string; readonly reason: ProblemReason }
  | { readonly kind: 'project'; readonly key: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'priority'; readonly priority: TaskPriority }
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'due'; readonly at: Date; readonly text: string }
  | { readonly kind: 'focus' }
  | { readonly kind: 'queue' }

const priorities = new Map<string, TaskPriority>([
  ['!', 'highest'],
  ...taskPriorities.map((name) => [name, name] as const),
])

const engines = new Map<string, Engine>([
  ...engineNames.map((name) => [name, name] as const),
  ['claude', 'claude-code'],
  ['gemini', 'gemini-cli'],
])

// A comma or period after a token belongs to the sentence, as does a Korean particle after a name.
const afterName = '\\p{Script=Hangul}{0,4}(?:(?!!)\\p{Po})*$'
const project = new RegExp(`^\\+([a-z][a-z0-9]{1,9})${afterName}`, 'iu')
// `!a` is a negation.
const priority = new RegExp(`^!(!|[a-z]{2,})${afterName}`, 'iu')
const engine = new RegExp(`^@([a-z]+(?:-[a-z]+)?)${afterName}`, 'iu')
const label = /^#(?!\/)([\p{L}\p{M}\p{N}\p{Join_Control}_/-]+)[\p{Po}]*$/u
const colour = /^(?:fff|(?=.*\d)(?:[\da-f]{6}|[\da-f]{8}))$/i
const maxLabelLength = 40
// No token is longer, and the patterns visit characters repeatedly.
const maxToken = 200

/** Reads one word that isn't a date; `projectKeys` are the known keys. */
export function readWord(word: string, projectKeys: readonly string[]): Token {
  const text: Token = { kind: 'text', text: word }
  if (word.length > maxToken) return text
  if (/^\\(?:[#+!@^*]|>$)/.test(word)) return { kind: 'text', text: word.slice(1) }
  if (word === '*') return { kind: 'focus' }

  const [, projectName] = project.exec(word) ?? []
  if (projectName) {
    const key = findKey(projectName, projectKeys)
    return key ? { kind: 'project', key } : { kind: 'problem', text: word, reason: 'unknown-project' }
  }
  const [, priorityName] = priority.exec(word) ?? []
  if (priorityName) {
    const named = priorities.get(priorityName.toLowerCase())
    return named
      ? { kind: 'priority', priority: named }
      : { kind: 'problem', text: word, reason: 'unknown-priority' }
  }
  const [, engineName] = engine.exec(word) ?? []
  if (engineName) return readEngine(engineName, word)
  return word.startsWith('#') ? readLabel(word) : text
}

/** A word that isn't a token. */
export function asText(text: string): Token {
  return { kind: 'text', text }
}

/** Tests whether a word belongs to a C preprocessor line, so it isn't a label. */
export function isDirective(words: readonly { readonly text: string }[], at: number): boolean {
  const [word = '', next = ''] = words.slice(at, at + 2).map(({ text }) => text)
  if (word === '#include') return /^["<]/.test(next)
  return at === 0 && /^#(?:define|pragma|ifn?def|endif|undef)$/.test(word)
}

/** Returns the engine that a mistyped name may mean. */
export function engineLike(name: string): Engine | undefined {
  // A package, a scope or code, not a typo in one of our names.
  if (name.length < 4 || /^code[cs]?$/i.test(name)) return undefined
  const found = nearestOf(name, [...engines.keys()])
  return found === undefined ? undefined : engines.get(found)
}

// People are mentioned with @ too, so a name that resembles no engine belongs to a person.
function readEngine(name: string, word: string): Token {
  const engine = engines.get(name.toLowerCase())
  if (engine !== undefined) return { kind: 'engine', engine }
  return engineLike(name) === undefined
    ? asText(word)
    : { kind: 'problem', text: word, reason: 'unknown-engine' }
}

/** Finds a project by its key, in any case. */
export function findKey(name: string, projectKeys: readonly string[]): string | undefined {
  return projectKeys.find((key) => key.toLowerCase() === name.toLowerCase())
}

function readLabel(word: string): Token {
  const name = label.exec(word)?.[1]?.normalize('NFC')
  if (name === undefined) {
    return /^#\p{L}/u.test(word)
      ? { kind: 'problem', text: word, reason: 'unclear-label' }
      : { kind: 'text', text: word }
  }
  // #123 is an issue, #ff8800 a color.
  if (!/\p{L}/u.test(name) || colour.test(name)) return { kind: 'text', text: word }
  if ([...name].length > maxLabelLength) return { kind: 'problem', text: word, reason: 'label-too-long' }
  return { kind: 'label', name }
}
