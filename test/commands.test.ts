import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../src/db/open.ts'
import { tasks } from '../src/db/schema.ts'
import { authenticate } from '../src/domain/tokens.ts'
import { builtIn } from './support/build.ts'
import { fillBoard } from './support/full-board.ts'
import { withDatabase } from './support/global-setup.ts'

const server = inject('templateDatabase')?.url ?? ''

let folder: string
let dataDir: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-commands-'))
  dataDir = join(folder, 'data')
  await using(async ({ db }) => fillBoard(db))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command of the command line, as the build made it, on this file's data folder. */
const run = async (
  command: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> => {
  const cwd = await builtIn(inject('buildFolder'))
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--liftoff-only', `dist/${command}.js`, ...args],
      { cwd, env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...env } },
      (_error, out, err) => resolve({ code: child.exitCode, out, err }),
    )
  })
}

const using = async <T>(work: (database: Database) => Promise<T>, dir = dataDir): Promise<T> => {
  const database = await openDatabase({ dataDir: dir, onTrouble: () => {}, upkeep: false })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

describe('npm run token', () => {
  it('prints a token that opens the door, and how to use it', async () => {
    const { code, out } = await run('token', ['ci', '--days', '30'], { PORT: '3456' })

    expect(code).toBe(0)
    const [token = ''] = out.split('\n')
    expect(out).toContain('The token "ci" is valid until 2')
    expect(out).toContain(`claude mcp add --transport http preqstation http://localhost:3456/mcp`)
    const found = await using(({ db }) => authenticate(db, token, new Date()))
    expect(found).toMatchObject({ ok: true, token: { name: 'ci' } })
  }, 60_000)

  it('points to /agents while the bot has the database', async () => {
    const { code, out, err } = await using(() => run('token', ['ci']))

    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `The database in ${dataDir} is in use by process ${process.pid}. Make the token in the chat with /agents instead.\n`,
    })
  }, 60_000)

  it.each([
    ['no name', []],
    ['two names', ['one', 'two']],
    ['days that are no number', ['ci', '--days', 'many']],
    ['an option that it does not know', ['ci', '--forever']],
  ])(
    'given %s shows its usage and ends with 2',
    async (_what, args) => {
      const { code, out, err } = await run('token', args)

      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).toContain('Usage: npm run token -- NAME [--days N]\n')
    },
    60_000,
  )
})

describe('npm run backup and npm run restore', () => {
  it('carry a board into another folder', async () => {
    const file = join(folder, 'board.jsonl.gz')
    const other = join(folder, 'other')

    const backup = await run('backup', [file])
    const restore = await run('restore', [file], { DATA_DIR: other })

    expect(backup).toMatchObject({
      code: 0,
      out: expect.stringMatching(/board\.jsonl\.gz: \d+ rows, of them 3 tasks\./),
    })
    expect(restore).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is restored: \d+ rows, of them 3 tasks\./),
    })
    expect(await using(({ db }) => db.$count(tasks), other)).toBe(3)
  }, 60_000)

  it('do not put a backup over a board unasked, and keep the replaced one', async () => {
    const file = join(folder, 'again.jsonl.gz')
    await run('backup', [file])

    const refused = await run('restore', [file])
    const replaced = await run('restore', [file, '--replace'])

    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Add --replace') })
    expect(replaced).toMatchObject({ code: 0, out: expect.stringContaining(`${dataDir}/pg.replaced-`) })
    expect(readdirSync(dataDir).some((name) => name.startsWith('pg.replaced-'))).toBe(true)
  }, 60_000)

  it('name the snapshot while the bot has the database', async () => {
    const { code, err } = await using(() => run('backup', [join(folder, 'none.gz')]))

    expect(code).toBe(1)
    expect(err).toContain(`is in use by process ${process.pid}. Stop it first: it then writes a snapshot`)
    expect(existsSync(join(folder, 'none.gz'))).toBe(false)
  }, 60_000)

  it('without a file to restore shows the usage', async () => {
    expect(await run('restore')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Usage: npm run restore'),
    })
  }, 60_000)
})

describe('npm run migrate', () => {
  it('says up to where the schema is', async () => {
    expect(await run('migrate')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The schema is up to date: \d{4}_\w+\.\n$/),
    })
  }, 60_000)
})

describe('npm run move', () => {
  it.each([
    ['no address', []],
    ['what is no address of Postgres', ['mysql://localhost/board']],
  ])(
    'given %s shows its usage',
    async (_what, args) => {
      expect(await run('move', args)).toMatchObject({
        code: 2,
        err: expect.stringContaining('Usage: npm run move'),
      })
    },
    60_000,
  )
})

describe.skipIf(server === '')('npm run move (where TEST_DATABASE_URL names a Postgres)', () => {
  const name = `preqbot_move_${randomBytes(4).toString('hex')}`
  const url = withDatabase(server || 'postgres://none', name)
  let admin: postgres.Sql
  beforeAll(async () => {
    admin = postgres(server, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${name}`)
  })
  afterAll(async () => {
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  it('brings the board to Postgres, says what to set, and does it once', async () => {
    const moved = await run('move', [url])
    const again = await run('move', [url])

    expect(moved).toMatchObject({ code: 0, err: '' })
    expect(moved.out).toMatch(/^\d+ rows, of them 3 tasks, are now at /)
    expect(moved.out).toContain(`SECRET_KEY=$(cat ${dataDir}/secret-key)`)
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('Add --replace') })
    const target = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    expect(await target.db.$count(tasks)).toBe(3)
    await target.close()
  }, 60_000)

  it('leaves a Postgres alone on which a bot is at work', async () => {
    const target = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    let stop = async () => {}
    await new Promise<void>((resolve) => {
      stop = target.lead('preqbot:leader', resolve, () => {}).stop
    })

    const moved = await run('move', [url, '--replace'])

    expect(moved).toMatchObject({
      code: 1,
      err: expect.stringContaining('A bot is at work on this database'),
    })
    await stop()
    await target.close()
  }, 60_000)
})
