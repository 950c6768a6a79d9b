import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { migratePostgres } from '../../src/db/migrations/migrate.ts'
import { openDatabase } from '../../src/db/open.ts'
import type { Database } from '../../src/db/types.ts'
import { withDatabase } from '../support/global-setup.ts'

const server = inject('templateDatabase')?.url ?? ''

describe.skipIf(server === '')('Postgres (with TEST_DATABASE_URL)', () => {
  let admin: postgres.Sql
  let url: string
  let name: string
  let open: Database[]
  beforeEach(async () => {
    admin = postgres(server, { max: 1, onnotice: () => {} })
    name = `preqbot_db_${randomBytes(4).toString('hex')}`
    await admin.unsafe(`create database ${name}`)
    url = withDatabase(server, name)
    open = []
  })
  afterEach(async () => {
    await Promise.all(open.map((database) => database.close()))
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  const start = async () => {
    const database = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    open.push(database)
    return database
  }

  test('is migrated once by four processes that start together', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migratePostgres(url)))

    const client = postgres(url, { max: 1 })
    const [row] = await client`select count(*)::int as count, count(distinct hash)::int as different
      from drizzle.__drizzle_migrations`
    await client.end()
    expect(row?.count).toBe(row?.different)
    expect(row?.count).toBeGreaterThan(0)
  })

  test('receives a notification, also from another connection', async () => {
    const [one, two] = [await start(), await start()]
    let heard = () => {}
    await one.listen('preqbot_test', () => heard())
    const rung = new Promise<void>((resolve) => {
      heard = resolve
    })

    await two.db.execute(`notify preqbot_test`)

    await rung
  })

  test('has one leader; after it is killed, another leads within seconds and the first learns that it lost', async () => {
    const [one, two] = [await start(), await start()]
    const first = candidate(one)
    await first.gained
    const second = candidate(two)

    const [row] = await admin<{ pid: number }[]>`
      select pid from pg_stat_activity
      where datname = ${name} and application_name = 'preqbot-leader'
        and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`
    await admin`select pg_terminate_backend(${row?.pid ?? 0})`

    await first.lost
    await second.gained
    expect(first.leads()).toBe(false)
    await Promise.all([first.stop(), second.stop()])
  }, 15_000)

  test('hands over leadership when it is released', async () => {
    const [one, two] = [await start(), await start()]
    const first = candidate(one)
    await first.gained
    const second = candidate(two)

    await first.stop()

    await second.gained
    await second.stop()
  }, 15_000)

  test('leads under different names side by side', async () => {
    const database = await start()
    const [one, two] = [candidate(database, 'one'), candidate(database, 'two')]

    await Promise.all([one.gained, two.gained])

    await Promise.all([one.stop(), two.stop()])
  })

  const candidate = (database: Database, lock = 'work') => {
    let leads = false
    let gain = () => {}
    let lose = () => {}
    const gained = new Promise<void>((resolve) => {
      gain = resolve
    })
    const lost = new Promise<void>((resolve) => {
      lose = resolve
    })
    const { stop } = database.lead(
      `preqbot-test:${lock}`,
      () => {
        leads = true
        gain()
      },
      () => {
        leads = false
        lose()
      },
    )
    return { gained, lost, stop, leads: () => leads }
  }
})
