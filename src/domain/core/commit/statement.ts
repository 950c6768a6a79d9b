import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Query } from '../../../db/rows.ts'
import { mergeUpdates, type Param, type RowValues, type Write } from './writes.ts'

/** The channel that announces every committed event. */
export const outboxChannel = 'preqbot_outbox'

/** An event as a row of the outbox. */
export interface OutboxRow {
  readonly position: number
  readonly project_id: string | null
  readonly event_type: string
  readonly entity_type: string
  readonly entity_id: string
  readonly payload: object
}

/** The next number of a key prefix; `standIn` is what the writes contain in its place. */
export interface DrawnNumber {
  readonly prefix: string
  readonly standIn: number
}

/** Everything that one statement writes. */
export interface StatementParts {
  readonly ownerId: string
  readonly at: Date
  readonly writes: readonly Write[]
  readonly events: readonly OutboxRow[]
  readonly draws: DrawnNumber | null
  /** Whether waiting requests and the notifier are woken even without an event. */
  readonly notifies: boolean
}

/**
 * Builds the one statement of a change: rows with their guards, then events, then NOTIFY. It returns the drawn number. Event IDs are
 * cursors and must become visible in order, so the owner's outbox is locked from before the IDs are drawn until the commit.
 */
export function toStatement(parts: StatementParts): Query {
  const { ownerId, events, draws } = parts
  const values: unknown[] = []
  const param = (value: unknown) => `$${values.push(value)}`
  const json = (value: unknown) => {
    const text = `${param(JSON.stringify(value))}::text`
    return draws === null
      ? `${text}::jsonb`
      : `replace(${text}, ${param(String(draws.standIn))}, (select last_number::text from counter))::jsonb`
  }
  const groups = toGroups(parts.writes)
  const writes = groups.map((group, index) => `w${index} as (${group.toText({ param, json })} returning 1)`)
  // In this order: all rows are written and checked before the outbox is locked.
  const checks = groups.map(({ expects }, index) => {
    const written = `(select count(*) from w${index})`
    return expects === null ? written : `require_rows(${written}, ${param(expects)}, ${index})`
  })
  const checked = `checked as materialized (select ${checks.length === 0 ? '1' : checks.join(', ')})`
  const counter = draws === null ? [] : [drawNumber(param(ownerId), param(draws.prefix))]
  const common = [...counter, ...writes, checked].join(',\n')
  const number = draws === null ? 'null' : '(select last_number from counter)'
  if (events.length === 0) {
    const wake = parts.notifies ? `, pg_notify('${outboxChannel}', '')` : ''
    return { text: `with ${common} select ${number} as number${wake} from checked`, values }
  }
  const text = `with ${common},
  turn as materialized (select pg_advisory_xact_lock(hashtextextended(${param(`outbox:${ownerId}`)}, 0)) from checked),
  appended as (
    insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload, created_at)
    select ${param(ownerId)}::uuid, project_id, event_type, entity_type, entity_id, payload, ${param(parts.at.toISOString())}::timestamptz
    from turn cross join jsonb_to_recordset(${json(events)}) as event
      (position int, project_id uuid, event_type text, entity_type text, entity_id text, payload jsonb)
    order by position
    returning id
  )
  select ${number} as number, pg_notify('${outboxChannel}', max(id)::text) from appended`
  return { text, values }
}

/** Builds the statements that lock the rows that writes update or delete until the transaction ends. */
export function toLocks(writes: readonly Write[]): Query[] {
  return toGroups(writes).flatMap(({ lock }) => lock ?? [])
}

// Other writers may be ahead of our counter, so the highest number in use counts as assigned. The row lock makes numbers consecutive.
function drawNumber(ownerId: string, prefix: string): string {
  const highest = `coalesce((select max(task_number) from tasks where owner_id = ${ownerId}::uuid and task_prefix = ${prefix}), 0)`
  return `counter as (
    insert into task_counters (owner_id, task_prefix, last_number)
    values (${ownerId}::uuid, ${prefix}, ${highest} + 1)
    on conflict (owner_id, task_prefix) do update set last_number = greatest(task_counters.last_number, ${highest}) + 1
    returning last_number)`
}

interface Group {
  readonly toText: (parts: { readonly param: Param; readonly json: Param }) => string
  /** How many rows it must write; null: any number. */
  readonly expects: number | null
  readonly lock: Query | null
  readonly orElse: (() => Error) | undefined
}

/** Returns the error that a write asks for if its guard fails; undefined if the verb decides again. */
export function errorOf(writes: readonly Write[], index: number): Error | undefined {
  return toGroups(writes)[index]?.orElse?.()
}

type RowWrite = Exclude<Write, { readonly kind: 'statement' }>

/** Writes of the same shape become one part of the statement, in the order of the first of each. */
function toGroups(writes: readonly Write[]): Group[] {
  const rows = new Map<string, RowWrite[]>()
  const groups: (() => Group)[] = []
  for (const write of mergeUpdates(writes)) {
    if (write.kind === 'statement') {
      groups.push(() => ({
        toText: write.statement,
        expects: write.expects ?? null,
        lock: null,
        orElse: write.orElse,
      }))
      continue
    }
    const shape = shapeOf(write)
    const same = rows.get(shape)
    if (same !== undefined && orElseOf(write) === undefined) same.push(write)
    else {
      const group = [write]
      rows.set(shape, group)
      groups.push(() => toGroup(shape, group))
    }
  }
  return groups.map((build) => build())
}

function toGroup(shape: string, writes: readonly RowWrite[]): Group {
  const [first] = writes as readonly [RowWrite]
  const isOne = writes.length === 1
  const { head, tail, lock } = textOf(first, shape, isOne)
  const values = writes.map(valuesOf)
  const given = isOne ? values[0] : values
  const isGuarded = (first.kind === 'update' || first.kind === 'remove') && !first.isOptional
  return {
    toText: ({ json }) => head + json(given) + tail,
    expects: isGuarded ? writes.length : null,
    lock: lock && { text: `${lock.head}$1::text::jsonb${lock.tail}`, values: [JSON.stringify(given)] },
    orElse: orElseOf(first),
  }
}

function orElseOf(write: RowWrite): (() => Error) | undefined {
  return write.kind === 'update' || write.kind === 'remove' ? write.orElse : undefined
}

const cells = { key: 'k_', expect: 'e_', set: 's_' } as const

/** The values of a write, by the columns of its recordset. */
function valuesOf(write: RowWrite): Record<string, unknown> {
  if (write.kind === 'insert' || write.kind === 'upsert') return named(write.table, cells.set, write.row)
  return {
    ...named(write.table, cells.key, write.key),
    ...named(write.table, cells.expect, write.expect),
    ...(write.kind === 'update' ? named(write.table, cells.set, write.set) : {}),
    ...(write.version === undefined ? {} : { version: write.version }),
  }
}

function named(table: PgTable, prefix: string, values: RowValues): Record<string, unknown> {
  const columns = columnsOf(table)
  return Object.fromEntries(given(values).map((field) => [prefix + columns[field]?.name, values[field]]))
}

function given(values: RowValues): string[] {
  return Object.keys(values).filter((field) => values[field] !== undefined)
}

interface Column {
  readonly name: string
  readonly type: string
}

const tables = new Map<PgTable, Readonly<Record<string, Column>>>()

function columnsOf(table: PgTable): Readonly<Record<string, Column>> {
  let columns = tables.get(table)
  if (columns === undefined) {
    columns = Object.fromEntries(
      Object.entries(getTableColumns(table)).map(([field, column]) => [
        field,
        { name: column.name, type: column.getSQLType() },
      ]),
    )
    tables.set(table, columns)
  }
  return columns
}

/** Writes with the same shape have the same text. A null key or expectation changes the text, because null equals nothing. */
function shapeOf(write: RowWrite): string {
  const table = getTableName(write.table)
  if (write.kind === 'insert') return `insert ${table} ${given(write.row).join()}`
  if (write.kind === 'upsert')
    return `upsert ${table} ${given(write.row).join()} ${write.on.join()} ${write.set.join()}`
  const set = write.kind === 'update' ? given(write.set).join() : ''
  const nulls = given(write.expect).map((field) => `${field}${write.expect[field] === null ? '=null' : ''}`)
  return `${write.kind} ${table} ${given(write.key).join()} ${nulls.join()} ${set} ${write.version !== undefined} ${write.isOptional}`
}

interface Text {
  readonly head: string
  readonly tail: string
  readonly lock: { readonly head: string; readonly tail: string } | null
}

const texts = new Map<string, Text>()

function textOf(write: RowWrite, shape: string, isOne: boolean): Text {
  const name = `${shape} ${isOne}`
  let text = texts.get(name)
  if (text === undefined) {
    text = buildText(write, isOne)
    texts.set(name, text)
  }
  return text
}

function buildText(write: RowWrite, isOne: boolean): Text {
  const columns = columnsOf(write.table)
  const column = (field: string): Column => {
    const found = columns[field]
    if (found === undefined) throw new Error(`no column ${field} in ${getTableName(write.table)}`)
    return found
  }
  const table = `"${getTableName(write.table)}"`
  // Of one record Postgres expects one row; of a set it expects a hundred.
  const source = isOne ? 'jsonb_to_record(' : 'jsonb_to_recordset('
  const types = (fields: readonly (readonly [prefix: string, field: string])[]) =>
    fields.map(([prefix, field]) => `"${prefix}${column(field).name}" ${column(field).type}`)
  if (write.kind === 'insert' || write.kind === 'upsert') {
    const fields = given(write.row)
    const names = fields.map((field) => `"${column(field).name}"`).join(', ')
    const from = fields.map((field) => `"${cells.set}${column(field).name}"`).join(', ')
    const conflict =
      write.kind === 'insert'
        ? ''
        : ` on conflict (${write.on.map((field) => `"${column(field).name}"`).join(', ')}) do update set ${write.set
            .map((field) => `"${column(field).name}" = excluded."${column(field).name}"`)
            .join(', ')}`
    return {
      head: `insert into ${table} (${names}) select ${from} from ${source}`,
      tail: `) as given (${types(fields.map((field) => [cells.set, field])).join(', ')})${conflict}`,
      lock: null,
    }
  }
  const keys = given(write.key)
  const expected = given(write.expect)
  const set = write.kind === 'update' ? given(write.set) : []
  const isKey = keys.map((field) => `t."${column(field).name}" = given."${cells.key}${column(field).name}"`)
  const conditions = [
    ...isKey,
    ...expected.map((field) =>
      write.expect[field] === null
        ? `t."${column(field).name}" is null`
        : `t."${column(field).name}" = given."${cells.expect}${column(field).name}"`,
    ),
    ...(write.version === undefined ? [] : ['t.xmin::text = given.version']),
  ]
  const shape = [
    ...types([
      ...keys.map((field) => [cells.key, field] as const),
      ...expected.map((field) => [cells.expect, field] as const),
      ...set.map((field) => [cells.set, field] as const),
    ]),
    ...(write.version === undefined ? [] : ['version text']),
  ].join(', ')
  const assignments = set.map(
    (field) => `"${column(field).name}" = given."${cells.set}${column(field).name}"`,
  )
  const head =
    write.kind === 'update'
      ? `update ${table} as t set ${assignments.join(', ')} from ${source}`
      : `delete from ${table} as t using ${source}`
  return {
    head,
    tail: `) as given (${shape}) where ${conditions.join(' and ')}`,
    lock: {
      head: `select 1 from ${table} as t join ${source}`,
      tail: `) as given (${shape}) on ${isKey.join(' and ')} order by ${keys.map((field) => `t."${column(field).name}"`).join(', ')} for no key update of t`,
    },
  }
}
