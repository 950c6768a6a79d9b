import { createHash } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import postgres from 'postgres'
import { completeOnFloor, type FloorVariant, variantHeader } from './floor-complete.ts'

// The floor: Hono and postgres.js with prepared statements that read and write the board's rows of the two routes, and nothing else:
// no validation, limits, headers, label creation, run and question rows, notifications or logging.
const { url, ownerId, eventsFor } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string
  ownerId: string
  eventsFor: string
}
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
  const complete = completeOnFloor[c.req.header(variantHeader) as FloorVariant]
  await complete(sql, { ownerId, eventsFor, key, by: token.name, summary: result.summary })
  return c.json({ task: await readTask(key) })
})

const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('disconnect', () => process.exit(0))
