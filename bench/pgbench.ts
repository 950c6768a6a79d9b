import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { within } from './board.ts'
import { type Figure, median } from './figures.ts'
import type { Scale } from './scale.ts'
import { resetPool } from './seed.ts'
import type { BenchStore } from './store.ts'

const run = promisify(execFile)

/** Measures Postgres alone with pgbench: completing a task in one transaction, and reading one. Empty if pgbench is not installed. */
export async function measurePgbench(store: BenchStore, scale: Scale): Promise<Figure[]> {
  if (store.url === null || !(await exists())) return []
  const { url } = store
  const ownerId = await within(store, async (database) => {
    await resetPool(database.db)
    return database.ownerId
  })
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-pgbench-'))
  try {
    const figures: Figure[] = []
    for (const [what, script] of [
      ['pgbench: read a task', read(ownerId)],
      ['pgbench: the transaction of complete', complete(ownerId)],
    ] as const) {
      const file = join(folder, 'script.sql')
      writeFileSync(file, `\\set n random(1, ${scale.pool})\n${script}`)
      const rates: number[] = []
      for (let round = 0; round < scale.rounds; round += 1) {
        const { stdout } = await run('pgbench', [
          '-n',
          '-M',
          'prepared',
          '-c',
          '10',
          '-j',
          '1',
          '-T',
          String(scale.loadSeconds),
          '-f',
          file,
          url,
        ])
        rates.push(Number(/tps = ([\d.]+)/.exec(stdout)?.[1]))
      }
      figures.push({ what, on: store.kind, value: median(rates), unit: 'transactions/s' })
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function exists(): Promise<boolean> {
  return run('pgbench', ['--version']).then(
    () => true,
    () => false,
  )
}

const read = (
  ownerId: string,
) => `select t.*, p.project_key from tasks t join projects p on p.id = t.project_id
  where t.owner_id = '${ownerId}' and t.task_key = 'RUN-' || :n;
`

const complete = (ownerId: string) => `begin;
select id, project_id, title, status from tasks where owner_id = '${ownerId}' and task_key = 'RUN-' || :n for update;
update tasks set status = 'ready', updated_at = now() where owner_id = '${ownerId}' and task_key = 'RUN-' || :n;
insert into work_logs (owner_id, title, detail) values ('${ownerId}', 'PREQSTATION Result · RUN', 'Done.');
insert into audit_logs (owner_id, action, target_type, target_id, meta) values ('${ownerId}', 'task.complete', 'task', 'RUN-' || :n, '{}');
select pg_advisory_xact_lock(1);
insert into events_outbox (owner_id, event_type, entity_type, entity_id, payload) values
  ('${ownerId}', 'TASK_STATUS_CHANGED', 'task', 'RUN-' || :n, '{}'), ('${ownerId}', 'WORKLOG_CREATED', 'worklog', 'RUN-' || :n, '{}');
commit;
`
