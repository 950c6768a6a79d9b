import { randomBytes, randomUUID } from 'node:crypto'
import { generateKeyBetween } from 'fractional-indexing'
import type { Row, Sql, TransactionSql } from 'postgres'

/** The ways in which the floor completes a task. Each writes the same rows. */
export const floorVariants = ['interactive', 'pipelined', 'one statement'] as const
export type FloorVariant = (typeof floorVariants)[number]

/** The request header that names the variant. */
export const variantHeader = 'floor-variant'

/** A task to complete, by whom, and the result. */
export interface Completion {
  readonly ownerId: string
  /** The owner of the events: someone else, so the product's notifier ignores them. */
  readonly eventsFor: string
  readonly key: string
  readonly by: string
  readonly summary: string
}

type Complete = (sql: Sql, completion: Completion) => Promise<void>

/** Completes a task: its row, two work logs, an audit entry and three events with a notification. */
export const completeOnFloor: Readonly<Record<FloorVariant, Complete>> = {
  /** A transaction that awaits each statement before it sends the next one. */
  interactive: async (sql, completion) => {
    await sql.begin(async (tx) => {
      const [task] = await lockTask(tx, completion)
      const [last] = await readEnd(tx, completion)
      for (const statement of toStatements(tx, toRows(completion, task, last?.key))) await statement
    })
  },
  /** The same transaction, which waits only where a later statement needs a value. */
  pipelined: async (sql, completion) => {
    await sql.begin(async (tx) => {
      const [[task], [last]] = await Promise.all([lockTask(tx, completion), readEnd(tx, completion)])
      await Promise.all(toStatements(tx, toRows(completion, task, last?.key)))
    })
  },
  /** A read without locks, and one statement that fails if the task has changed in the meantime. */
  'one statement': async (sql, completion) => {
    const { ownerId, key } = completion
    const [task] = await sql`select id, project_id, title, status, xmin::text as version,
      (select max(sort_order) from tasks where owner_id = ${ownerId} and status = 'ready') as last
      from tasks where owner_id = ${ownerId} and task_key = ${key}`
    await writeAtOnce(sql, toRows(completion, task, task?.last))
  },
}

const lockTask = (tx: TransactionSql, { ownerId, key }: Completion) =>
  tx`select id, project_id, title, status from tasks where owner_id = ${ownerId} and task_key = ${key} for update`

const readEnd = (tx: TransactionSql, { ownerId }: Completion) =>
  tx`select max(sort_order) as key from tasks where owner_id = ${ownerId} and status = 'ready'`

type Rows = ReturnType<typeof toRows>

function toRows(
  { ownerId, eventsFor, key, by, summary }: Completion,
  task: Row | undefined,
  last: string | null,
) {
  if (task === undefined) throw new Error(`no task ${key}`)
  const { id, project_id: projectId, title, status, version } = task
  const [resultId, moveId] = [randomUUID(), randomUUID()]
  return {
    ...{ ownerId, eventsFor, key, id, projectId, version, resultId, moveId, summary },
    now: new Date(),
    // Random digits keep concurrent insertions apart.
    place: `${generateKeyBetween(last, null)}${randomBytes(3).toString('hex')}V`,
    moveTitle: `${key} · Todo -> Ready`,
    resultTitle: `PREQSTATION Result · ${title}`,
    meta: { by, before: { status }, after: { status: 'ready' } },
    events: [
      { type: 'TASK_STATUS_CHANGED', entity: 'task', id: key, payload: { from: status, to: 'ready', title } },
      { type: 'WORKLOG_CREATED', entity: 'worklog', id: moveId, payload: { taskKey: key, kind: 'status' } },
      { type: 'WORKLOG_CREATED', entity: 'worklog', id: resultId, payload: { taskKey: key, kind: 'result' } },
    ] as const,
  }
}

// postgres.js sends a query when it is awaited, so the caller decides between one by one and all together.
function toStatements(tx: TransactionSql, rows: Rows) {
  const { ownerId, eventsFor, key, id, projectId, resultId, moveId, summary, now, place } = rows
  const [move, first, second] = rows.events
  const toValues = ({ type, entity, id, payload }: Rows['events'][number]) =>
    tx`(${eventsFor}, ${projectId}, ${type}, ${entity}, ${id}, ${tx.json(payload)})`
  return [
    tx`update tasks set status = 'ready', sort_order = ${place}, run_state = null, run_state_updated_at = null, updated_at = ${now}
      where id = ${id}`,
    tx`insert into work_logs (id, owner_id, project_id, task_id, title, detail, worked_at, created_at) values
      (${moveId}, ${ownerId}, ${projectId}, ${id}, ${rows.moveTitle}, null, ${now}, ${now}),
      (${resultId}, ${ownerId}, ${projectId}, ${id}, ${rows.resultTitle}, ${summary}, ${now}, ${now})`,
    tx`insert into audit_logs (owner_id, action, target_type, target_id, meta, created_at)
      values (${ownerId}, 'task.complete', 'task', ${key}, ${tx.json(rows.meta)}, ${now})`,
    tx`select pg_advisory_xact_lock(1)`,
    tx`with e as (insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload) values
      ${toValues(move)}, ${toValues(first)}, ${toValues(second)} returning id) select pg_notify('floor', max(id)::text) from e`,
  ]
}

async function writeAtOnce(sql: Sql, rows: Rows): Promise<void> {
  const { ownerId, eventsFor, key, id, projectId, resultId, moveId, summary, now, place } = rows
  const events = rows.events.map((event, position) => ({ position, ...event }))
  await sql`with changed as (
      update tasks set status = 'ready', sort_order = ${place}, run_state = null, run_state_updated_at = null, updated_at = ${now}
      where id = ${id} and xmin::text = ${rows.version} returning 1),
    logs as (insert into work_logs (id, owner_id, project_id, task_id, title, detail, worked_at, created_at) values
      (${moveId}, ${ownerId}, ${projectId}, ${id}, ${rows.moveTitle}, null, ${now}, ${now}),
      (${resultId}, ${ownerId}, ${projectId}, ${id}, ${rows.resultTitle}, ${summary}, ${now}, ${now}) returning 1),
    audit as (insert into audit_logs (owner_id, action, target_type, target_id, meta, created_at)
      values (${ownerId}, 'task.complete', 'task', ${key}, ${sql.json(rows.meta)}, ${now}) returning 1),
    checked as materialized (select require_rows((select count(*) from changed), 1, 0),
      (select count(*) from logs), (select count(*) from audit)),
    turn as materialized (select pg_advisory_xact_lock(1) from checked),
    e as (insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload)
      select ${eventsFor}::uuid, ${projectId}::uuid, type, entity, event.id, payload
      from turn cross join jsonb_to_recordset(${sql.json(events)})
        as event (position int, type text, entity text, id text, payload jsonb)
      order by position returning id)
    select pg_notify('floor', max(id)::text) from e`
}
