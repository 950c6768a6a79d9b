import { randomBytes } from 'node:crypto'
import { on, once } from 'node:events'
import { connect } from 'node:net'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { migratePostgres } from '../../src/db/migrations/migrate.ts'
import { openDatabase } from '../../src/db/open.ts'
import { addressOf, reachPostgres, UnreachableError } from '../../src/db/reach.ts'
import { rows } from '../../src/db/rows.ts'
import type { Database, Db } from '../../src/db/types.ts'
import { isDatabaseDown } from '../../src/domain/core/errors.ts'
import { withDatabase } from '../support/global-setup.ts'
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const server = inject('templateDatabase')?.url ?? ''

describe('a Postgres URL', () => {
  test.each([
    ['postgres://ada:secret@db.example.com:6432/board', 'db.example.com:6432/board'],
    ['postgresql://ada:secret@db.example.com/board?sslmode=require', 'db.example.com:5432/board'],
    ['postgres:///board?host=/var/run/postgresql', '/var/run/postgresql:5432/board'],
  ])('%s is shown as %s', (url, shown) => {
    expect(addressOf(url)).toBe(shown)
  })

  test('that is invalid is refused without showing its password', () => {
    expect(() => addressOf('postgres://ada:secret@[/board')).toThrow(UnreachableError)
    expect(() => addressOf('postgres://ada:secret@[/board')).not.toThrow(/secret/)
  })
})

describe('an unreachable Postgres', () => {
  test('is retried for a while, then named without its password', async () => {
    const proxy = await openTcpProxy('postgres://ada:secret@127.0.0.1:1/board')
    await proxy.close()
    const troubles: string[] = []

    const reached = reachPostgres(proxy.url, (what) => troubles.push(what), 1_000)

    await expect(reached).rejects.toThrow(UnreachableError)
    await expect(reached).rejects.toThrow(
      /^Postgres at 127\.0\.0\.1:\d+\/board isn't responding \(.*ECONNREFUSED.*\)\. Start it or set DATABASE_URL\.$/,
    )
    expect(troubles).toEqual([
      expect.stringMatching(
        /^Postgres at 127\.0\.0\.1:\d+\/board isn't responding yet \(.*ECONNREFUSED.*\); retrying for 1 s$/,
      ),
    ])
  })
})

describe.skipIf(server === '')('a failing Postgres (with TEST_DATABASE_URL)', () => {
  let admin: postgres.Sql
  let name: string
  let url: string
  let proxy: TcpProxy
  let open: Database[]
  beforeEach(async () => {
    admin = postgres(server, { max: 1, onnotice: () => {} })
    name = `preqbot_faults_${randomBytes(4).toString('hex')}`
    await admin.unsafe(`create database ${name}`)
    url = withDatabase(server, name)
    proxy = await openTcpProxy(url)
    open = []
  })
  afterEach(async () => {
    await Promise.all(open.map((database) => database.close()))
    await proxy.close()
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  const start = async (databaseUrl = proxy.url) => {
    const database = await openDatabase({ databaseUrl, dataDir: '', onTrouble: () => {} })
    open.push(database)
    return database
  }
  const endConnections = (application: string) =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${name} and application_name = ${application}`

  test('is waited for if it starts shortly after the bot', async () => {
    await proxy.close()
    const starting = start()

    await proxy.open()

    await (await starting).ping()
  }, 30_000)

  test('that refuses the connection explains why at once', async () => {
    await expect(start(withDatabase(server, 'preqbot_none'))).rejects.toThrow(
      /^Postgres at .*\/preqbot_none refused the connection: database "preqbot_none" does not exist\.$/,
    )
  })

  test('works again after it closed every connection', async () => {
    const database = await start()
    await database.ping()

    await endConnections('preqbot')

    await recovered(() => database.ping())
  }, 30_000)

  test.each([
    ['while it waits for an answer', (tx: Db) => tx.execute(sql`select pg_sleep(30)`)],
    ['while it does something else', () => new Promise((resolve) => setTimeout(resolve, 300))],
  ])(
    'that ends a transaction %s leaves nothing of it, and the process keeps working',
    async (what, wait) => {
      const { db, ping } = await start()
      await db.execute(sql`create table written (n int)`)
      let begin = () => {}
      let goOn = (_: unknown) => {}
      const begun = new Promise<void>((resolve) => {
        begin = resolve
      })
      const late = new Promise<unknown>((resolve) => {
        goOn = resolve
      })
      const writing = db.transaction(async (tx) => {
        await tx.execute(sql`insert into written values (1)`)
        begin()
        await wait(tx)
        goOn(await tx.execute(sql`insert into written values (2)`).catch((error: unknown) => error))
      })
      writing.catch(() => {})
      await begun

      await endConnections('preqbot')

      await expect(writing).rejects.toSatisfy(isDatabaseDown)
      await recovered(ping)
      // What the lost transaction still does must not reach the next user of its connection.
      await db.transaction(async (tx) => {
        if (what === 'while it does something else') await expect(late).resolves.toSatisfy(isDatabaseDown)
        await tx.execute(sql`insert into written values (3)`)
      })
      expect(await rows(db, sql`select n from written`)).toEqual([{ n: 3 }])
    },
    30_000,
  )

  test('works again after downtime', async () => {
    const database = await start()
    await database.ping()
    await proxy.close()
    await expect(database.ping()).rejects.toThrow()

    await proxy.open()

    await recovered(() => database.ping())
  }, 30_000)

  test.each([
    ['ended every connection', async () => void (await endConnections('preqbot'))],
    [
      'was away',
      async () => {
        await proxy.close()
        await proxy.open()
      },
    ],
  ])(
    'is heard again after it %s, with one signal for what was missed',
    async (_what, fail) => {
      const database = await start()
      let signals = 0
      let trigger = () => {}
      await database.listen('preqbot_test', () => {
        signals += 1
        trigger()
      })
      const before = signals
      const missed = new Promise<void>((resolve) => {
        trigger = resolve
      })

      await fail()
      await missed

      expect(signals).toBe(before + 1)
      const heard = new Promise<void>((resolve) => {
        trigger = resolve
      })
      await admin.unsafe(`select 1`)
      const other = postgres(url, { max: 1 })
      await other`notify preqbot_test`
      await heard
      await other.end()
    },
    30_000,
  )

  test('that falls silent costs the leader its lead, and another process leads within 15 seconds', async () => {
    const cut = await start()
    const well = await start(url)
    const first = candidate(cut)
    await first.gained
    const second = candidate(well)
    const began = Date.now()

    proxy.freeze()

    await first.lost
    await second.gained
    expect(Date.now() - began).toBeLessThan(15_000)
    await Promise.all([first.stop(), second.stop()])
  }, 40_000)

  test.each([
    ['between two statements', []],
    ['in the middle of a statement', [parseHalf]],
  ])(
    'ends a session that stalled %s, so that the leader gets at what it locked',
    async (_when, sent) => {
      const leader = candidate(await start(url))
      await leader.gained
      const [row] = await admin<[{ holds: string }]>`select hashtextextended('what it locked', 0) as holds`
      const client = await openRawSession(new URL(url), name)
      await client.ask(toMessage('Q', text(`begin; select pg_advisory_xact_lock(${row.holds})`)))
      for (const half of sent) client.send(half)

      const other = postgres(url, { max: 1 })
      await other`select pg_advisory_lock(${row.holds}::bigint)`

      await client.ended
      await other.end()
      await leader.stop()
    },
    30_000,
  )

  test('that closed the leader’s connection returns the lead to the only candidate', async () => {
    const only = candidate(await start())
    await only.gained

    await endConnections('preqbot-leader')
    await only.lost

    await only.gainedAgain
    await only.stop()
  }, 30_000)

  test('refuses the schema of a newer version and leaves it as it is', async () => {
    await migratePostgres(url)
    const client = postgres(url, { max: 1 })
    await client`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 32503680000000)`

    await expect(start()).rejects.toThrow(
      /^This database was written by a newer preqbot .*Update the program or restore an older backup/,
    )

    await client.end()
  })
})

const candidate = (database: Database) => {
  const steps: Array<() => void> = []
  const step = () => new Promise<void>((resolve) => steps.push(resolve))
  const [gained, lost, gainedAgain] = [step(), step(), step()]
  const next = () => steps.shift()?.()
  const { stop } = database.lead('preqbot-test:faults', next, next)
  return { gained, lost, gainedAgain, stop }
}

/** Resolves when the work succeeds. A dead connection in the pool may fail it first. */
async function recovered(work: () => Promise<void>): Promise<void> {
  await expect.poll(() => work().then(() => 'up', String), { timeout: 20_000, interval: 100 }).toBe('up')
}

const text = (words: string): Buffer => Buffer.from(`${words}\0`)
function toMessage(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}
// Parse and Flush, without the Bind, Execute and Sync that the server then waits for.
const parseHalf = Buffer.concat([
  toMessage('P', Buffer.concat([text(''), text('select 1'), Buffer.alloc(2)])),
  toMessage('H', Buffer.alloc(0)),
])

/** Opens a session over the wire protocol, which sends only what it's told to. Needs a server that trusts the user. */
async function openRawSession(url: URL, database: string) {
  const socket = connect(Number(url.port || 5432), url.hostname)
  const ended = once(socket, 'close')
  const ask = async (message: Buffer) => {
    socket.write(message)
    // ReadyForQuery ends each response.
    for await (const [chunk] of on(socket, 'data')) {
      if ((chunk as Buffer).subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]))) return
    }
  }
  const parameters = [
    'user',
    decodeURIComponent(url.username),
    'database',
    database,
    'application_name',
    'preqbot',
  ]
  await ask(
    toMessage('', Buffer.concat([Buffer.from([0, 3, 0, 0]), ...parameters.map(text), Buffer.alloc(1)])),
  )
  return { ask, send: (message: Buffer) => void socket.write(message), ended }
}
