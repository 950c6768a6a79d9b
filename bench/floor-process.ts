import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { generateKeyBetween } from 'fractional-indexing'
import { Hono } from 'hono'
import postgres from 'postgres'

// The floor: Hono and postgres.js with prepared statements that read and write the same rows as the two routes, and nothing else:
// no validation, limits, headers, lane locks, label creation, notifications or logging.
const { url, ownerId } = JSON.parse(process.argv[2] ?? '{}') as { url: string; ownerId: string }
const sql = postgres(url, { max: 10, onnotice: () => {} })
const app = new Hono()

const authenticate = async (header: string | undefined) => {
  const hash = createHash('sha256')
    .update((header ?? '').slice('Bearer '.length))
    .digest('hex')
  const [token] = await sql`select id, name from api_tokens where token_hash = ${hash} and revoked_at is null`
  if (token === undefined) throw new Error('no such token')
  return token
}

// Everything a single-task answer contains: labels, settings, the latest result, later comments, and the board's labels.
const readTask = async (key: string) => {
  const [task] = await sql`
    select t.*, p.project_key, p.repo_url,
      (select coalesce(jsonb_agg(l.name order by a.position), '[]') from task_label_assignments a join task_labels l on l.id = a.label_id
        where a.task_id = t.id) as labels,
      (select jsonb_object_agg(s.key, s.value) from project_settings s where s.project_id = t.project_id) as settings,
      (select jsonb_build_object('title', title, 'detail', detail, 'at', worked_at) from work_logs
        where task_id = t.id and (title like 'PREQSTATION Result · %' or title like 'PREQSTATION Plan · %')
        order by worked_at desc, created_at desc, id desc limit 1) as latest,
      (select coalesce(jsonb_agg(jsonb_build_object('text', detail, 'at', worked_at) order by worked_at, created_at, id), '[]') from work_logs
        where task_id = t.id and title like 'Comment · %' and worked_at >= coalesce((select max(worked_at) from work_logs
          where task_id = t.id and (title like 'PREQSTATION Result · %' or title like 'PREQSTATION Plan · %')), '-infinity')) as feedback,
      (select jsonb_agg(jsonb_build_object('name', name, 'color', color) order by lower(name)) from task_labels where owner_id = t.owner_id) as available
    from tasks t join projects p on p.id = t.project_id where t.owner_id = ${ownerId} and t.task_key = ${key}`
  return task
}

app.get('/api/tasks/:key', async (c) => {
  await authenticate(c.req.header('authorization'))
  return c.json({ task: await readTask(c.req.param('key')) })
})

app.patch('/api/tasks/:key', async (c) => {
  const token = await authenticate(c.req.header('authorization'))
  const key = c.req.param('key')
  const { result } = await c.req.json<{ result: { summary: string } }>()
  await sql.begin(async (tx) => {
    const [task] =
      await tx`select id, project_id, title, status from tasks where owner_id = ${ownerId} and task_key = ${key} for update`
    if (task === undefined) throw new Error(`no task ${key}`)
    const now = new Date()
    const [last] =
      await tx`select max(sort_order) as key from tasks where owner_id = ${ownerId} and status = 'ready'`
    // Random digits keep concurrent insertions apart.
    const place = `${generateKeyBetween(last?.key ?? null, null)}${randomBytes(3).toString('hex')}V`
    await tx`update tasks set status = 'ready', sort_order = ${place}, run_state = null, run_state_updated_at = null, updated_at = ${now}
      where id = ${task.id}`
    const [resultId, moveId] = [randomUUID(), randomUUID()]
    await tx`insert into work_logs (id, owner_id, project_id, task_id, title, detail, worked_at, created_at) values
      (${moveId}, ${ownerId}, ${task.project_id}, ${task.id}, ${`${key} · Todo -> Ready`}, null, ${now}, ${now}),
      (${resultId}, ${ownerId}, ${task.project_id}, ${task.id}, ${`PREQSTATION Result · ${task.title}`}, ${result.summary}, ${now}, ${now})`
    await tx`insert into audit_logs (owner_id, action, target_type, target_id, meta, created_at)
      values (${ownerId}, 'task.complete', 'task', ${key}, ${tx.json({ by: token.name, before: { status: task.status }, after: { status: 'ready' } })}, ${now})`
    await tx`select pg_advisory_xact_lock(1)`
    await tx`with e as (insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload) values
      (${ownerId}, ${task.project_id}, 'TASK_STATUS_CHANGED', 'task', ${key}, ${tx.json({ from: task.status, to: 'ready', title: task.title })}),
      (${ownerId}, ${task.project_id}, 'WORKLOG_CREATED', 'worklog', ${moveId}, ${tx.json({ taskKey: key, kind: 'status' })}),
      (${ownerId}, ${task.project_id}, 'WORKLOG_CREATED', 'worklog', ${resultId}, ${tx.json({ taskKey: key, kind: 'result' })}) returning id)
      select pg_notify('floor', max(id)::text) from e`
  })
  return c.json({ task: await readTask(key) })
})

const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('disconnect', () => process.exit(0))
