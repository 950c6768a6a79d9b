import { createHash } from 'node:crypto'
import {
  type Engine,
  engines,
  type TaskPriority,
  type TaskStatus,
  taskPriorities,
  taskStatuses,
} from '../../domain/core/task-values.ts'
import { type Goal, goals } from '../../domain/tasks/edit/handoff.ts'

/** Where a button stands, which is what is shown again after it was pressed. */
export const surfaces = ['card', 'deck', 'news'] as const
export type Surface = (typeof surfaces)[number]

/** What the picker under a card is open for. */
export const menus = ['main', 'priority', 'labels', 'engine', 'due', 'edit', 'more', 'later'] as const
export type Menu = (typeof menus)[number]

export const dueChoices = ['today', 'tomorrow', 'friday', 'monday', 'none'] as const
export type DueChoice = (typeof dueChoices)[number]

/** When a snoozed task comes back; `hold` is without a date. */
export const laterChoices = ['tonight', 'tomorrow', 'monday', 'week', 'hold'] as const
export type LaterChoice = (typeof laterChoices)[number]

/** What a button asks the owner to write. */
export const questions = [
  'answer',
  'send-back',
  'title',
  'note',
  'criteria',
  'due',
  'label',
  'branch',
] as const
export type Question = (typeof questions)[number]

/** What a token that was not understood is taken for. */
export const suggestionKinds = ['priority', 'engine', 'label', 'due', 'project', 'new-project'] as const
export type SuggestionKind = (typeof suggestionKinds)[number]

/** Everything that a button can lead to. */
export const screens = [
  'agents',
  'audit',
  'board',
  'deleted-projects',
  'digest',
  'doctor',
  'due',
  'files',
  'focus',
  'history',
  'home',
  'inbox',
  'label',
  'label-color',
  'label-delete',
  'label-merge',
  'labels',
  'lane',
  'log',
  'new-project',
  'new-token',
  'note',
  'pick',
  'place',
  'project',
  'project-delete',
  'project-delivery',
  'project-edit',
  'project-status',
  'project-topic',
  'projects',
  'result',
  'search',
  'security',
  'settings',
  'stats',
  'tasks',
  'token',
  'token-revoke',
] as const
export type ScreenName = (typeof screens)[number]

/** Everything that a button of a screen other than a task's can do. */
export const acts = [
  'all',
  'all-sure',
  'allow-deletions',
  'ask',
  'audit-undo',
  'board-undo',
  'dialog',
  'export',
  'focus',
  'focus-undo',
  'forget',
  'keep-waiting',
  'label-color',
  'label-delete',
  'label-merge',
  'mute',
  'new-in',
  'nudge',
  'pick',
  'picked',
  'place',
  'project-delete',
  'project-priority',
  'project-restore',
  'project-set',
  'project-status',
  'project-topic',
  'restore',
  'restore-all',
  'set',
  'token-make',
  'token-revoke',
  'undo-before',
  'undo-label',
  'undo-project',
  'undo-setting',
  'zone',
] as const
export type ActName = (typeof acts)[number]

// Methods, not properties: a list of fields of several types is then a list of Field<unknown>.
interface Field<T> {
  encode(value: T): string
  decode(text: string): T | undefined
}

const text: Field<string> = { encode: (value) => value, decode: (value) => value }
const number: Field<number> = {
  encode: (value) => value.toString(36),
  decode: (value) => (/^[0-9a-z]{1,8}$/.test(value) ? Number.parseInt(value, 36) : undefined),
}
const flag: Field<boolean> = {
  encode: (value) => (value ? '1' : '0'),
  decode: (value) => (value === '1' ? true : value === '0' ? false : undefined),
}
const taskKey: Field<string> = {
  encode: (value) => value,
  decode: (value) => (/^[A-Z][A-Z0-9]{1,9}-\d{1,10}$/.test(value) ? value : undefined),
}
const uuid: Field<string> = {
  encode: (value) => Buffer.from(value.replaceAll('-', ''), 'hex').toString('base64url'),
  decode: (value) => {
    const hex = Buffer.from(value, 'base64url').toString('hex')
    return hex.length === 32 ? hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5') : undefined
  },
}
/** A uuid in 22 characters, for a button that names two. */
export const packUuid = uuid.encode
export const unpackUuid = uuid.decode

const oneOf = <const T extends string>(values: readonly T[]): Field<T> => ({
  encode: (value) => values.indexOf(value).toString(36),
  decode: (value) => values[Number.parseInt(value, 36)],
})
const named = <const T extends string>(names: readonly T[]): Field<T> => ({
  encode: (value) => value,
  decode: (value) => names.find((name) => name === value),
})
const orNone = <T>(field: Field<T>): Field<T | null> => ({
  encode: (value) => (value === null ? '' : field.encode(value)),
  decode: (value) => (value === '' ? null : field.decode(value)),
})

const on = oneOf<Surface>(surfaces)
const status = oneOf<TaskStatus>(taskStatuses)

// The order inside a closed set is part of what older buttons mean: add at the end, or count `version` up.
const actions = {
  move: ['m', { on, key: taskKey, from: status, to: status }],
  priority: ['p', { on, key: taskKey, to: oneOf<TaskPriority>(taskPriorities) }],
  engine: ['e', { on, key: taskKey, to: orNone(oneOf<Engine>(engines)) }],
  label: ['l', { on, key: taskKey, label: uuid, set: flag }],
  due: ['d', { on, key: taskKey, to: oneOf<DueChoice>(dueChoices) }],
  focus: ['f', { on, key: taskKey, set: flag }],
  queue: ['q', { on, key: taskKey, set: flag }],
  /** Ends the run of an agent that is working; what waits queued is taken back by `queue`. */
  release: ['r', { on, key: taskKey }],
  /** Hands a task to an agent; `sure` queues it although a question is open. */
  handoff: ['h', { on, key: taskKey, from: status, goal: oneOf<Goal>(goals), sure: flag }],
  /** Chooses an option of a question. */
  answer: ['b', { on, question: uuid, option: text }],
  /** Sends a ready task back with the comments it has. */
  sendBack: ['g', { on, key: taskKey }],
  /** Moves a task although an agent works on it. */
  stopAndMove: ['k', { on, key: taskKey, from: status, to: status }],
  later: ['y', { on, key: taskKey, to: oneOf<LaterChoice>(laterChoices) }],
  criterion: ['c', { on, key: taskKey, index: number, mark: text, met: flag }],
  project: ['j', { on, key: taskKey, to: text }],
  ask: ['a', { on, key: taskKey, what: oneOf<Question>(questions) }],
  /** Takes a token of a title, told from others by its mark, for what it may mean. */
  suggest: ['t', { key: taskKey, mark: text, kind: named<SuggestionKind>(suggestionKinds), value: text }],
  menu: ['n', { on, key: taskKey, menu: oneOf<Menu>(menus), page: number }],
  delete: ['x', { on, key: taskKey, sure: flag }],
  undo: ['u', { on, audit: uuid }],
  open: ['o', { key: taskKey }],
  skip: ['s', { key: taskKey }],
  /** A screen by name, with its own argument and a page. */
  screen: ['v', { name: named<ScreenName>(screens), argument: text, page: number }],
  /** An act of a screen other than a task's: its name, what it is about, and a value. */
  act: ['w', { name: named<ActName>(acts), about: text, value: text }],
  cancel: ['z', {}],
} as const satisfies Record<string, readonly [string, Readonly<Record<string, Field<unknown>>>]>

/** Every kind of button. */
export const callbackKinds = Object.keys(actions) as Callback['do'][]

type Actions = typeof actions
type ValueOf<F> = F extends Field<infer T> ? T : never

/** What a button means. */
export type Callback = {
  [A in keyof Actions]: { readonly do: A } & {
    readonly [F in keyof Actions[A][1]]: ValueOf<Actions[A][1][F]>
  }
}[keyof Actions]

/** Tells a text from others in four characters: whether what a button names is still what it was. */
export function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 4)
}

const version = '1'
const separator = '|'
const maxBytes = 64

/** The callback data of a button, at most 64 bytes. Throws where it would be longer, which is a defect of the caller. */
export function encodeCallback(callback: Callback): string {
  const [code, fields] = actions[callback.do]
  const given = callback as unknown as Readonly<Record<string, unknown>>
  const values = Object.entries<Field<unknown>>(fields).map(([name, field]) => field.encode(given[name]))
  if (values.some((value) => value.includes(separator)))
    throw new Error(`a value of "${callback.do}" holds ${separator}`)
  const data = [version + code, ...values].join(separator)
  if (Buffer.byteLength(data) > maxBytes) throw new Error(`callback data over ${maxBytes} bytes: ${data}`)
  return data
}

const byCode = new Map(
  Object.entries(actions).map(([name, [code, fields]]) => [version + code, { name, fields }]),
)

/** Reads callback data; null where it is not of this version or not ours at all. */
export function parseCallback(data: string): Callback | null {
  const [code = '', ...values] = data.split(separator)
  const action = byCode.get(code)
  if (action === undefined) return null
  const fields = Object.entries(action.fields)
  if (fields.length !== values.length) return null
  const parsed = fields.map(([name, field]) => [
    name,
    (field as Field<unknown>).decode(values[fields.findIndex(([other]) => other === name)] ?? ''),
  ])
  if (parsed.some(([, value]) => value === undefined)) return null
  return { do: action.name, ...Object.fromEntries(parsed) } as Callback
}
