import { sql } from 'drizzle-orm'
import type { Db } from '../src/db/types.ts'

/** How many rows to seed. */
export interface Amounts {
  readonly closed: number
  readonly logs: number
  readonly events: number
}

const perProject = `(array(select id from projects where project_key <> 'RUN' order by project_key))[1 + n % 5]`
const title = `(array['Fix the login redirect', 'Show totals in the cart', 'Speed up the search index', 'Write the release notes',
  'Retry failed webhooks', 'Move images to the bucket', 'Upgrade the payment client'])[1 + n % 7] || ' ' || n`
const note = `'The customer saw this on the ' || (n % 28 + 1) || 'th, again after reload. See src/shop/part' || n % 90 || '.ts'
  || E'\\n\\n- [ ] covered by a test\\n- [x] reproduced\\n'`

/** Seeds five projects with settings, twelve labels and 300 open tasks. */
export async function seedOpen(db: Db, ownerId: string): Promise<void> {
  await run(
    db,
    `insert into projects (owner_id, project_key, name, repo_url)
    select '${ownerId}', key, 'Project ' || key, 'https://github.com/ada/' || lower(key) from unnest(array['API','APP','DOCS','OPS','WEB','RUN']) key`,
  )
  await run(
    db,
    `insert into project_settings (project_id, key, value)
    select id, 'deploy_strategy', 'feature_branch' from projects
    union all select id, 'agent_instructions', 'Run the tests before you say that it is done.' from projects`,
  )
  await run(
    db,
    `insert into task_labels (owner_id, name)
    select '${ownerId}', name from unnest(array['backend','bug','chore','customer','database','docs','frontend','idea','infra','later','research','security']) name`,
  )
  await seedTasks(db, ownerId, {
    from: 1,
    to: 300,
    status: `(array['inbox','todo','todo','hold','ready'])[1 + n % 5]`,
  })
}

/** Seeds done and archived tasks, numbered from `from`. */
export async function seedClosed(db: Db, ownerId: string, from: number, count: number): Promise<void> {
  const status = `case when n % 5 < 3 then 'done' else 'archived' end`
  await seedTasks(db, ownerId, { from, to: from + count - 1, status })
}

/** Seeds todo tasks for a measurement to use up: RUN-1, RUN-2 and so on. */
export async function seedPool(db: Db, ownerId: string, count: number): Promise<void> {
  const project = `(select id from projects where project_key = 'RUN')`
  await insertTasks(db, ownerId, {
    from: 1,
    to: count,
    status: `'todo'`,
    prefix: `'RUN'`,
    project,
    head: 'f',
  })
  await run(db, 'analyze tasks')
}

/** Resets the pool to its initial state. */
export async function resetPool(db: Db): Promise<void> {
  await run(
    db,
    `update tasks set status = 'todo', run_state = null, run_state_updated_at = null,
      sort_order = 'f0' || lpad(task_number::text, 5, '0')
    where task_prefix = 'RUN' and (status <> 'todo' or run_state is not null)`,
  )
  await run(
    db,
    `delete from runs using tasks where tasks.id = runs.task_id and task_prefix = 'RUN' and runs.ended_at is null`,
  )
  // A table that was empty a moment ago has statistics that make Postgres read all of it.
  await run(db, 'vacuum analyze tasks, work_logs, work_log_facts, audit_logs, events_outbox')
  // So the next measurement doesn't pay for earlier writes. Needs a superuser.
  await run(db, 'checkpoint').catch(() => {})
}

/** Seeds years of work logs, events and audit entries. */
export async function seedHistory(db: Db, ownerId: string, amounts: Amounts): Promise<void> {
  const tasks = 300 + amounts.closed
  // In one transaction, because a temporary table belongs to one connection.
  await db.transaction(async (tx) => {
    await run(
      tx,
      `create temporary table numbered on commit drop as
      select row_number() over (order by task_number) - 1 as n, id, project_id, task_key, title from tasks where task_prefix <> 'RUN'`,
    )
    await run(tx, 'create index on numbered (n)')
    await run(
      tx,
      `insert into work_logs (owner_id, project_id, task_id, title, detail, engine, worked_at, created_at)
      select '${ownerId}', t.project_id, t.id,
        case g % 4 when 0 then 'PREQSTATION Result · ' || t.title when 1 then 'Comment · ' || t.task_key
          when 2 then t.task_key || ' · todo -> ready' else t.task_key || ' · Note Updated' end,
        case when g % 4 < 2 then '**Summary** Done on branch task/' || lower(t.task_key) || ', run ' || g else null end,
        'codex', now() - g * interval '2 minutes', now() - g * interval '2 minutes'
      from generate_series(1, ${amounts.logs}) g join numbered t on t.n = (g * 7919) % ${tasks}`,
    )
    await run(
      tx,
      `insert into work_log_facts (log_id, kind, author, result)
      select w.id, k.kind, case k.kind when 'comment' then 'owner' else 'agent:laptop' end,
        case k.kind when 'result' then jsonb_build_object('summary', w.detail) when 'status' then '{"from":"todo","to":"ready"}' end
      from work_logs w cross join lateral (select case when w.title like 'PREQSTATION %' then 'result' when w.title like 'Comment %' then 'comment'
        when w.title like '% Note Updated' then 'note' else 'status' end as kind) k
      on conflict do nothing`,
    )
    await run(
      tx,
      `insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload, created_at)
      select '${ownerId}', t.project_id, case when g % 3 = 0 then 'TASK_STATUS_CHANGED' else 'TASK_UPDATED' end, 'task', t.task_key,
        case when g % 3 = 0 then '{"from":"todo","to":"ready","title":"A task","actor":"agent:laptop"}'
          else '{"changedFields":["title"],"title":"A task","actor":"owner"}' end::jsonb, now() - (${amounts.events} - g) * interval '2 seconds'
      from generate_series(1, ${amounts.events}) g join numbered t on t.n = (g * 104729::bigint) % ${tasks} order by g`,
    )
    await run(
      tx,
      `insert into audit_logs (owner_id, action, target_type, target_id, meta, created_at)
      select '${ownerId}', 'task.move', 'task', t.task_key,
        jsonb_build_object('by', 'agent:laptop', 'taskId', t.id, 'before', '{"status":"todo"}'::jsonb, 'after', '{"status":"ready"}'::jsonb),
        now() - g * interval '2 minutes'
      from generate_series(1, ${amounts.logs}) g join numbered t on t.n = (g * 7919) % ${tasks}`,
    )
  })
  await run(db, 'vacuum analyze')
}

async function seedTasks(
  db: Db,
  ownerId: string,
  range: { from: number; to: number; status: string },
): Promise<void> {
  const prefix = `(array(select project_key from projects where project_key <> 'RUN' order by project_key))[1 + n % 5]`
  await insertTasks(db, ownerId, { ...range, prefix, project: perProject, head: 'e' })
  await run(
    db,
    `insert into task_label_assignments (task_id, label_id, position)
    select t.id, l.id, p - 1 from tasks t cross join generate_series(1, 2) p
    join (select id, row_number() over (order by name) - 1 as place from task_labels) l on l.place = (t.task_number + p * 5) % 12
    where t.task_number between ${range.from} and ${range.to} and t.task_number % 3 > 0 and t.task_prefix <> 'RUN'`,
  )
  await run(
    db,
    `insert into task_counters (owner_id, task_prefix, last_number)
    select owner_id, task_prefix, max(task_number) from tasks group by 1, 2
    on conflict (owner_id, task_prefix) do update set last_number = excluded.last_number`,
  )
  await run(db, 'analyze tasks, task_label_assignments')
}

async function insertTasks(
  db: Db,
  ownerId: string,
  rows: {
    readonly from: number
    readonly to: number
    readonly status: string
    readonly prefix: string
    readonly project: string
    readonly head: string
  },
): Promise<void> {
  // Fractional indexing keys: the first letter encodes how many digits follow.
  const digits = rows.head.charCodeAt(0) - 'a'.charCodeAt(0) + 1
  await run(
    db,
    `insert into tasks (owner_id, project_id, task_prefix, task_number, task_key, title, note, status, task_priority, engine,
      sort_order, due_at, archived_at, created_at, updated_at)
    select '${ownerId}', project, prefix, n, prefix || '-' || n, ${title}, ${note}, status,
      (array['none','medium','high','low'])[1 + n % 4], (array['codex','claude-code',null])[1 + n % 3],
      '${rows.head}' || lpad(n::text, ${digits}, '0'), case when n % 6 = 0 then now() + (n % 400 - 200.5) * interval '1 hour' end,
      case when status = 'archived' then now() end, now() - n * interval '10 minutes', now() - n * interval '10 minutes'
    from (select n, ${rows.prefix} as prefix, ${rows.project} as project, ${rows.status} as status from generate_series(${rows.from}, ${rows.to}) n) row`,
  )
}

async function run(db: Db, statement: string): Promise<void> {
  await db.execute(sql.raw(statement))
}
