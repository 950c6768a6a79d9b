import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { LostDatabaseError } from '../../src/db/embedded/embedded.ts'
import { restoreEmbedded } from '../../src/db/embedded/restore-embedded.ts'
import { listSnapshots } from '../../src/db/embedded/snapshots.ts'
import { NewerSchemaError } from '../../src/db/migrations/migrations.ts'
import { openDatabase } from '../../src/db/open.ts'
import { rows } from '../../src/db/rows.ts'
import { tasks } from '../../src/db/schema.ts'
import type { Database } from '../../src/db/types.ts'
import { createClock } from '../support/clock.ts'
import { contentOf, fillBoard } from '../support/full-board.ts'

let parent: string
let dataDir: string
let pg: string
let clock: ReturnType<typeof createClock>
let troubles: string[]
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'preqbot-care-'))
  dataDir = join(parent, 'made')
  clock = createClock()
  const database = await open()
  await fillBoard(database.db)
  await database.close()
}, 60_000)
afterAll(() => rmSync(parent, { recursive: true, force: true }))
beforeEach(() => {
  dataDir = join(parent, 'data')
  pg = join(dataDir, 'pg')
  clock = createClock()
  troubles = []
  cpSync(join(parent, 'made'), dataDir, { recursive: true })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(dataDir, { recursive: true, force: true })
})

const open = (): Promise<Database> =>
  openDatabase({ dataDir, now: clock.now, onTrouble: (what, error) => troubles.push(`${what}: ${error}`) })
const addTask = async (database: Database, number: number) => {
  const [task] = await database.db.select().from(tasks).limit(1)
  if (task === undefined) throw new Error('no task')
  const { id: _, ...rest } = task
  await database.db
    .insert(tasks)
    .values({ ...rest, taskNumber: number, taskKey: `PREQ-${number}`, title: 'Added' })
}
const restore = (path: string, replace = false) =>
  restoreEmbedded({ dataDir, path, replace, now: clock.now() })
const newest = () => listSnapshots(dataDir)[0]?.path ?? ''

describe('the embedded database', () => {
  test('has each commit on disk before it answers', async () => {
    const database = await open()
    const spy = vi.spyOn(fs, 'fdatasyncSync')
    syncBuiltinESMExports()

    await addTask(database, 50)
    await addTask(database, 51)

    expect(spy.mock.calls.length).toBeGreaterThanOrEqual(2)
    spy.mockRestore()
    syncBuiltinESMExports()
    await database.close()
  })

  test('writes checkpoints, so that its log doesn’t grow forever', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const database = await open()
    const before = await checkpointAt(database)
    await addTask(database, 50)

    await vi.advanceTimersByTimeAsync(5 * 60_000)

    await vi.waitFor(async () => expect(await checkpointAt(database)).not.toBe(before), 20_000)
    await database.close()
    expect(troubles).toEqual([])
  })

  test('takes a snapshot every six hours, but none without writes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const database = await open()
    await addTask(database, 50)
    clock.advance({ hours: 6 })

    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await vi.waitFor(() => expect(listSnapshots(dataDir)).toHaveLength(2), 20_000)
    clock.advance({ hours: 6 })
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await database.close()

    expect(listSnapshots(dataDir).map(({ at }) => at.toISOString())).toEqual([
      '2026-11-24T15:00:00.000Z',
      '2026-11-24T09:00:00.000Z',
    ])
    expect(troubles).toEqual([])
  })

  test('takes a snapshot of everything when it is closed', async () => {
    const database = await open()
    await addTask(database, 50)
    clock.advance({ hours: 1 })
    const content = await contentOf(database.db)
    await database.close()

    rmSync(pg, { recursive: true })
    await restore(newest())

    const restored = await open()
    expect(await contentOf(restored.db)).toEqual(content)
    await restored.close()
  })
})

describe('an embedded database with another log size', () => {
  test('opens, although Postgres expects to keep more of its log than ours', async () => {
    rmSync(pg, { recursive: true })
    const made = await PGlite.create({ dataDir: pg, initDbStartParams: ['--wal-segsize=16'] })
    await made.close()

    const database = await open()

    await database.ping()
    await database.close()
    expect(troubles).toEqual([])
  }, 60_000)
})

describe('the schema of an embedded database', () => {
  test('of a newer version is refused and left as it is', async () => {
    const database = await open()
    await database.db.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 32503680000000)`,
    )
    await database.close()

    await expect(open()).rejects.toThrow(NewerSchemaError)
    await expect(open()).rejects.toThrow(
      /^This database was written by a newer preqbot .* Update the program or restore an older backup/,
    )
  })

  test('isn’t changed before a snapshot is taken', async () => {
    const database = await open()
    await database.db.execute(
      sql`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`,
    )
    await database.close()
    clock.advance({ hours: 7 })

    // The last migration finds its own result. Whether it can run twice doesn't matter here.
    await open().then(
      (opened) => opened.close(),
      () => {},
    )

    expect(listSnapshots(dataDir)[0]?.at).toEqual(clock.now())
  })
})

describe('a damaged embedded database', () => {
  test.each<[string, () => void]>([
    ['whose control file is cut short', () => truncateSync(join(pg, 'global', 'pg_control'), 100)],
    ['whose tables are gone', () => rmSync(join(pg, 'base'), { recursive: true })],
    ['whose log is gone', () => rmSync(join(pg, 'pg_wal'), { recursive: true })],
    ['that lost its first file', () => rmSync(join(pg, 'PG_VERSION'))],
  ])('%s stays where it is, and startup names it and how to recover', async (_what, damage) => {
    damage()
    const started = open()

    await expect(started).rejects.toThrow(LostDatabaseError)
    await expect(started).rejects.toThrow(`The database in ${pg} doesn't open`)
    await expect(started).rejects.toThrow(`npm run restore -- ${newest()}`)
    expect(readdirSync(dataDir).toSorted()).toEqual(['pg', 'snapshots'])
  })

  test('with a damaged schema is detected at startup and set aside by a restore', async () => {
    const database = await open()
    const [file] = await rows<{ path: string }>(
      database.db,
      sql`select pg_relation_filepath('drizzle.__drizzle_migrations') as path`,
    )
    await database.close()
    const path = join(pg, file?.path ?? '')
    const content = readFileSync(path)
    writeFileSync(path, content.fill(255, 100, 8_000))

    await expect(open()).rejects.toThrow(`The database in ${pg} doesn't open (invalid page in block 0`)
    const { aside } = await restore(newest())

    expect(aside).toContain('pg.damaged-')
    const restored = await open()
    expect(await restored.db.$count(tasks)).toBe(3)
    await restored.close()
  })

  test('is set aside under another name when the snapshot is restored', async () => {
    truncateSync(join(pg, 'global', 'pg_control'), 100)

    const { counts, aside } = await restore(newest())

    expect(aside).toMatch(/pg\.damaged-2\d{3}-[\dT.:-]+Z$/)
    expect(existsSync(join(aside ?? '', 'global', 'pg_control'))).toBe(true)
    expect(counts.tasks).toBe(3)
    const database = await open()
    expect(await database.db.$count(tasks)).toBe(3)
    await database.close()
  })

  test('is named again at the next start and isn’t replaced by an empty board', async () => {
    renameSync(pg, `${pg}.damaged-2026`)

    await expect(open()).rejects.toThrow(`${pg} is missing, but there was a database: pg.damaged-2026`)
    await expect(open()).rejects.toThrow(`npm run restore -- ${newest()}`)
    expect(existsSync(pg)).toBe(false)
  })

  test('stays where it is if the file to restore isn’t a backup', async () => {
    truncateSync(join(pg, 'global', 'pg_control'), 100)

    await expect(restore(join(pg, 'PG_VERSION'))).rejects.toThrow("isn't a backup")

    expect(readdirSync(dataDir).toSorted()).toEqual(['pg', 'snapshots'])
  })
})

describe('restoring an embedded database', () => {
  test('keeps an existing board unless told to replace it', async () => {
    await expect(restore(newest())).rejects.toThrow('add --replace')

    expect(readdirSync(dataDir).toSorted()).toEqual(['pg', 'snapshots'])
  })

  test('keeps the replaced board under another name and reuses no number', async () => {
    const database = await open()
    await database.db.execute(sql`select setval('events_outbox_id_seq', 70)`)
    await database.close()

    const { aside } = await restore(newest(), true)

    expect(existsSync(join(aside ?? '', 'PG_VERSION'))).toBe(true)
    expect(aside).toContain('pg.replaced-')
    const restored = await open()
    const [next] = await rows<{ next: number }>(
      restored.db,
      sql`select nextval('events_outbox_id_seq')::int as next`,
    )
    expect(next?.next).toBe(71)
    await restored.close()
  })

  test('works on an empty folder', async () => {
    const path = newest()
    const target = join(parent, 'other')

    const { aside } = await restoreEmbedded({ dataDir: target, path, replace: false, now: clock.now() })

    expect(aside).toBeNull()
    rmSync(target, { recursive: true })
  })

  test('is refused while the bot runs', async () => {
    const database = await open()

    await expect(restore(newest(), true)).rejects.toThrow(`in use by process ${process.pid}`)

    await database.close()
  })
})

describe('the first start', () => {
  test('fills an empty folder, e.g. a newly mounted volume', async () => {
    dataDir = join(parent, 'volume')
    mkdirSync(join(dataDir, 'pg'), { recursive: true })

    const database = await open()

    await database.ping()
    await database.close()
    rmSync(dataDir, { recursive: true })
  }, 60_000)
})

async function checkpointAt(database: Database): Promise<string> {
  const [row] = await rows<{ at: string }>(
    database.db,
    sql`select checkpoint_lsn::text as at from pg_control_checkpoint()`,
  )
  return row?.at ?? ''
}
