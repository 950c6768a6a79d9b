import { sql } from 'drizzle-orm'
import { boardTables } from '../../src/db/backup/board-tables.ts'
import { rows } from '../../src/db/rows.ts'
import * as schema from '../../src/db/schema.ts'
import type { Db } from '../../src/db/types.ts'

const nasty = 'Zeile 1\nline 2\ttab "quotes" \\ back\\\\slash \u2028 👩‍💻 \u0001 $1 %s {"not": "a row"}'

/** Inserts at least one row into every table, with values that are hard to copy: odd text, microseconds, big numbers, JSON null. */
export async function fillBoard(db: Db, tasks = 3): Promise<void> {
  const [owner] = await db
    .insert(schema.users)
    .values({ email: 'ada@example.com', name: nasty, isOwner: true })
    .returning()
  const ownerId = owner?.id ?? ''
  const [project] = await db
    .insert(schema.projects)
    .values({
      ownerId,
      projectKey: 'PREQ',
      name: 'Preq',
      bgImageCredit: { by: nasty, nested: [1, null, {}] },
    })
    .returning()
  const projectId = project?.id ?? ''
  await db.insert(schema.projectSettings).values({ projectId, key: 'agent_instructions', value: nasty })
  const [label] = await db.insert(schema.taskLabels).values({ ownerId, name: 'Größe' }).returning()
  const labelId = label?.id ?? ''
  await db.execute(
    sql`insert into tasks (owner_id, project_id, label_id, task_key, task_prefix, task_number, title, note, sort_order, created_at)
      select ${ownerId}::uuid, ${projectId}::uuid, ${labelId}::uuid, 'PREQ-' || n, 'PREQ', n, 'Task ' || n, ${nasty}::text || n,
        'a' || n, '2026-03-01 10:00:00.123456+00'::timestamptz + n * interval '1 microsecond'
      from generate_series(1, ${tasks}::int) n`,
  )
  const [task] = await db.select().from(schema.tasks).limit(1)
  const taskId = task?.id ?? ''
  await db.insert(schema.taskLabelAssignments).values({ taskId, labelId })
  const [token] = await db
    .insert(schema.apiTokens)
    .values({ ownerId, name: 'laptop', tokenPrefix: 'preq_abc', tokenHash: 'f'.repeat(64) })
    .returning()
  const logId = crypto.randomUUID()
  await db
    .insert(schema.workLogs)
    .values({ id: logId, ownerId, projectId, taskId, title: 'Done', detail: nasty })
  await db.insert(schema.workLogFacts).values({ logId, kind: 'result', result: { summary: nasty } })
  await db.execute(
    sql`insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload)
      select ${ownerId}::uuid, ${projectId}::uuid, 'TASK_CREATED', 'task', 'PREQ-' || n, jsonb_build_object('big', 12345678901234567890)
      from generate_series(1, ${tasks}::int) n`,
  )
  await db
    .insert(schema.auditLogs)
    .values({ ownerId, action: 'task.create', targetType: 'task', meta: { nasty } })
  await db.insert(schema.securityEvents).values({ ownerId, eventType: 'auth.token', outcome: 'failure' })
  await db.insert(schema.userSettings).values({ ownerId, key: 'telegram_bot_token', value: 'v1.iv.secret' })
  await db
    .insert(schema.botUpdates)
    .values({ botId: 1000, updateId: 9_007_199_254_740_991, update: { message: nasty } })
  await db
    .insert(schema.botMessages)
    .values({ chatId: -1_002_147_483_648, purpose: 'card', taskId, priority: 1 })
  const tokenId = token?.id ?? ''
  await db.insert(schema.questions).values({
    ownerId,
    taskId,
    tokenId,
    kind: 'ask',
    items: [{ id: '1', text: nasty, options: [], multi: false }],
    detail: nasty,
  })
  const seen = new Date('2026-03-02T07:00:00.123Z')
  const runnerId = crypto.randomUUID()
  await db.insert(schema.runners).values({
    id: runnerId,
    tokenId,
    name: nasty,
    host: nasty,
    engines: ['codex', 'claude-code'],
    projects: ['PREQ'],
    max: 2,
    busy: 1,
    firstSeenAt: seen,
    lastSeenAt: seen,
  })
  await db.insert(schema.engineLimits).values({ runnerId, engine: 'codex', until: seen })
  await db.insert(schema.runs).values({
    ownerId,
    taskId,
    tokenId,
    branch: nasty,
    attempt: 1,
    startedAt: new Date('2026-03-01T10:00:00.123Z'),
    runnerId,
    tokenHash: 'h',
    base: nasty,
    agentSession: nasty,
    heartbeatAt: seen,
    reportedAt: seen,
    usage: { inputTokens: 80_000, outputTokens: 4_000, costUsd: null },
    files: 5,
  })
  await db.insert(schema.snoozes).values({ taskId, until: new Date('2026-03-02T07:00:00.123Z') })
  await db.insert(schema.tokenGrants).values({ tokenId, engine: 'codex', projectKeys: ['PREQ'] })
  const sessionTimes = { firstSeenAt: seen, lastSeenAt: seen }
  await db.insert(schema.agentSessions).values({ tokenId, session: nasty, engine: 'codex', ...sessionTimes })
  await db
    .insert(schema.sessionRules)
    .values({ tokenId, session: nasty, tool: nasty, input: nasty, shown: nasty })
  await db.insert(schema.tokenUses).values({ tokenId, channel: 'mcp', usedAt: seen })
  await db.insert(schema.deletionLimits).values({ tokenId, reachedAt: seen })
  const times = { firstAt: seen, lastAt: seen }
  await db
    .insert(schema.strangers)
    .values({ userId: 2002, kind: 'message', updates: 3, unreported: 1, ...times })
  await db.execute(sql`insert into bot_conversations (key, value) values ('c', 'null'::jsonb)`)
  await db.execute(sql`insert into bot_state (key, value) values ('s', '[1, null, "x"]'::jsonb)`)
  await db.insert(schema.taskCounters).values({ ownerId, taskPrefix: 'PREQ', lastNumber: tasks + 40 })
  await db
    .insert(schema.idempotencyKeys)
    .values({ tokenId, key: 'k', requestHash: 'h', status: 200, body: { ok: true } })
}

/** Returns every row of every table as Postgres text, in a fixed order. */
export async function contentOf(db: Db): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {}
  for (const table of boardTables()) {
    const found = await rows<{ row: string }>(
      db,
      sql`select t::text as row from ${sql.identifier(table)} t order by t::text collate "C"`,
    )
    content[table] = found.map(({ row }) => row)
  }
  return content
}
