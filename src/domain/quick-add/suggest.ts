import { type Engine, type TaskPriority, taskPriorities } from '../core/task-values.ts'
import { halfWidth } from '../core/text.ts'
import { findDue, parseDue } from '../time/due/due.ts'
import { engineLike, type ProblemReason } from './tokens.ts'
import { nearestOf } from './typos.ts'

/** A possible meaning of an unknown token. */
export type Suggestion =
  | { readonly kind: 'priority'; readonly priority: TaskPriority }
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'due'; readonly at: Date }
  | { readonly kind: 'project'; readonly key: string }
  | { readonly kind: 'new-project'; readonly key: string }
  /** No close match: the owner picks a date. */
  | { readonly kind: 'any-due' }

export interface SuggestContext {
  readonly now: Date
  readonly timeZone: string
  readonly projectKeys: readonly string[]
  readonly labelNames: readonly string[]
}

const priorityWords: Readonly<Record<string, TaskPriority>> = {
  important: 'high',
  major: 'high',
  hoch: 'high',
  normal: 'medium',
  med: 'medium',
  mid: 'medium',
  minor: 'low',
  niedrig: 'low',
  trivial: 'lowest',
}
const dayWords =
  'today tomorrow tonight yesterday monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun'.split(
    ' ',
  )
const maxLabel = 40
const letters = /[\p{L}\p{M}\p{N}\p{Join_Control}_/-]+/u

/** Finds the closest match for an unknown token. */
export function suggest(
  { token, reason }: { readonly token: string; readonly reason: ProblemReason },
  context: SuggestContext,
): Suggestion {
  switch (reason) {
    case 'unknown-priority':
      return { kind: 'priority', priority: priorityLike(nameIn(token)) }
    case 'unknown-engine':
      return { kind: 'engine', engine: engineLike(nameIn(token)) ?? 'codex' }
    case 'unknown-project': {
      const name = nameIn(token)
      const near = nearestOf(name, context.projectKeys)
      return near === undefined
        ? { kind: 'new-project', key: name.toUpperCase() }
        : { kind: 'project', key: near }
    }
    case 'unclear-label':
    case 'label-too-long': {
      const name = [...(letters.exec(token)?.[0].normalize('NFC') ?? '')].slice(0, maxLabel).join('')
      return { kind: 'label', name: nearestOf(token.slice(1), context.labelNames) ?? name }
    }
    case 'unclear-date': {
      const at = dateLike(token.replace(/^\^["“”„«'‘‚\u2039]?|["“”»'’\u203a]?\p{Po}*$/gu, ''), context)
      return at === null ? { kind: 'any-due' } : { kind: 'due', at }
    }
  }
}

/** Returns the name after a token's sign. */
function nameIn(token: string): string {
  return /[a-z][a-z0-9-]*/i.exec(halfWidth(token))?.[0] ?? ''
}

function priorityLike(name: string): TaskPriority {
  const known = [...taskPriorities, ...Object.keys(priorityWords)]
  const near = nearestOf(name, known) ?? ''
  return priorityWords[near] ?? taskPriorities.find((priority) => priority === near) ?? 'highest'
}

function dateLike(phrase: string, context: SuggestContext): Date | null {
  const [, first = '', rest = ''] = /^(\S+)(.*)$/s.exec(phrase) ?? []
  const day = nearestOf(first, dayWords)
  const shorter = [30, 29, 28].map((last) => phrase.replace(/(?<!\d)(?:29|3\d)(?!\d)/, String(last)))
  const readings = [
    ...shorter.map((each) => parseDue(each, context)),
    /^\d{1,2}$/.test(phrase) ? parseDue(`${phrase}th`, context) : null,
    findDue(phrase, context),
    day === undefined ? null : (parseDue(`${day}${rest}`, context) ?? parseDue(day, context)),
  ]
  return readings.find((due) => due !== null)?.at ?? null
}

/** Returns a line without one of its tokens, or unchanged if nothing else would be left. */
export function withoutToken(line: string, token: string): string {
  const at = line.indexOf(token)
  if (at === -1) return line
  const rest = `${line.slice(0, at)}${line.slice(at + token.length)}`.replace(/\s+/g, ' ').trim()
  return rest === '' ? line : rest
}
