import { DomainError } from '../core/errors.ts'
import { type TaskStatus, taskPriorities, taskSigns } from '../core/task-values.ts'
import { queueEdit, stopEdit, takeBackEdit } from '../tasks/edit/handoff.ts'
import type { TaskEdit } from '../tasks/schemas.ts'
import type { Task } from '../tasks/task.ts'
import { parseDue } from '../time/due/due.ts'
import { readWord } from './tokens.ts'

/** What the owner's words do to a task besides its fields: a status or a handoff. */
export type Verb = TaskStatus | 'reopen' | 'queue' | 'stop'

/** What the owner's words ask of any task, before it's applied to a specific one. */
export interface Act extends Pick<TaskEdit, 'priority' | 'dueAt' | 'engine' | 'focus' | 'comment'> {
  readonly verb?: Verb
  /** Names of labels to add. */
  readonly labels?: readonly string[]
}

/** Merges two acts on one task; the later verb wins. */
export function joinActs(first: Act, second: Act): Act {
  const labels = [...(first.labels ?? []), ...(second.labels ?? [])]
  return { ...first, ...second, ...(labels.length === 0 ? {} : { labels }) }
}

const signActs: Readonly<Record<string, Act>> = {
  [taskSigns.done]: { verb: 'done' },
  [taskSigns.todo]: { verb: 'todo' },
  [taskSigns.hold]: { verb: 'hold' },
  [taskSigns.inbox]: { verb: 'inbox' },
  [taskSigns.archived]: { verb: 'archived' },
  [taskSigns.queued]: { verb: 'queue' },
  [taskSigns.focus]: { focus: true },
}

const verbs: readonly (readonly [RegExp, Act])[] = [
  [/^(?:done|accept(?:ed)?|finish(?:ed)?|completed?|closed?|✔️?|✓)$/iu, { verb: 'done' }],
  [/^to ?do$/i, { verb: 'todo' }],
  [/^(?:(?:on )?hold|pause)$/i, { verb: 'hold' }],
  [/^inbox$/i, { verb: 'inbox' }],
  [/^(?:archived?|drop(?:ped)?)$/i, { verb: 'archived' }],
  [/^re-?open$/i, { verb: 'reopen' }],
  [/^queued?$/i, { verb: 'queue' }],
  [/^(?:stop|take ?back|unqueue)$/i, { verb: 'stop' }],
  [/^(?:focus|pin|\*)$/i, { focus: true }],
  [/^(?:unpin|unfocus|no focus)$/i, { focus: false }],
  [/^(?:no (?:due )?date|no due|undated)$/i, { dueAt: null }],
]

// After a line number, these are unambiguous; after a key, they may be part of a new task's title.
const shortVerbs: readonly (readonly [RegExp, Act])[] = [
  [/^(?:ok|x)$/i, { verb: 'done' }],
  [/^wait$/i, { verb: 'hold' }],
  [/^agent$/i, { verb: 'queue' }],
]

/** Reads words as one act: a verb, a priority, an engine, a label; otherwise null. */
export function readVerb(words: string): Act | null {
  // Keyboards add a variation selector to some emoji.
  const sign = words.replace('\ufe0f', '')
  if (Object.hasOwn(signActs, sign)) return signActs[sign] ?? null
  const verb = verbs.find(([pattern]) => pattern.test(words))?.[1]
  if (verb !== undefined) return verb
  const token = readWord(words, [])
  switch (token.kind) {
    case 'priority':
      return { priority: token.priority }
    case 'engine':
      return { engine: token.engine }
    case 'label':
      return { labels: [token.name] }
    default:
      return null
  }
}

/** Reads the words after a line number as one act; also accepts short words, a bare priority name, and a date. */
export function readAct(
  text: string,
  context: { readonly now: Date; readonly timeZone: string },
): Act | null {
  const words = text.trim().replace(/(?<=[\p{L}\p{N}])[.!]+$/u, '')
  const named = taskPriorities.find((priority) => priority === words.toLowerCase())
  const short = shortVerbs.find(([pattern]) => pattern.test(words))?.[1] ?? null
  const act = short ?? readVerb(words) ?? (named === undefined ? null : { priority: named })
  if (act !== null) return act
  const due = parseDue(words.replace(/^\^/, ''), context)
  return due === null ? null : { dueAt: due.at }
}

/** The result of an act on a task: an edit, which may be empty, or why the owner is asked first. */
export type PlannedAct =
  | { readonly edit: TaskEdit }
  /** An agent is working on it, and the move to this status would stop it. */
  | { readonly stops: TaskStatus }
  /** It has an open question, which queueing would withdraw. */
  | { readonly unanswered: true }
  | { readonly refusal: string }

/** Returns what an act means for the current state of a task. */
export function planAct(task: Task, { verb, labels, ...fields }: Act): PlannedAct {
  const names = task.labels.map(({ name }) => name)
  const rest = labels === undefined ? fields : { ...fields, labels: [...names, ...labels] }
  const { status, runState } = task
  switch (verb) {
    case undefined:
      return { edit: rest }
    case 'queue':
      if (runState === 'running') return { edit: rest }
      if (task.question !== null) return { unanswered: true }
      if (runState === 'queued' && (status === 'todo' || status === 'ready')) return { edit: rest }
      return planQueue(task, rest)
    case 'stop':
      if (runState === null) return { edit: rest }
      return { edit: { ...rest, ...(runState === 'running' ? stopEdit() : takeBackEdit()) } }
    case 'reopen':
      if (status !== 'done' && status !== 'archived') return { edit: rest }
      return { edit: { ...rest, status: 'todo', expect: { status } } }
    default:
      if (verb === status) return { edit: rest }
      if (runState === 'running' && verb !== 'todo') return { stops: verb }
      return { edit: { ...rest, status: verb, expect: { status, runState } } }
  }
}

function planQueue(task: Task, fields: TaskEdit): PlannedAct {
  try {
    return { edit: { ...fields, ...queueEdit(task) } }
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error.message }
    throw error
  }
}
