import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { tasks } from '../../src/db/schema.ts'
import type { Database } from '../../src/db/types.ts'
import { authenticate } from '../../src/domain/access/tokens.ts'
import { virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { checkSetupCode, createSetupCode } from '../../src/telegram/store/setup-code.ts'
import { hashOfCode } from '../../src/telegram/store/stored-update.ts'
import { botToken } from '../support/bot.ts'
import { builtIn } from '../support/build.ts'
import { fillBoard } from '../support/full-board.ts'
import { withDatabase } from '../support/global-setup.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'

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

/** Runs a program; resolves with its output and exit code. */
const execute = (file: string, args: readonly string[], options: object = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(file, args, options, (_error, out, err) =>
      resolve({ code: child.exitCode, out: String(out), err: String(err) }),
    )
  })

/** Runs a built terminal command on this file's data folder. */
const run = async (
  command: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> => {
  const cwd = await builtIn(inject('buildFolder'))
  return execute(process.execPath, ['--liftoff-only', `dist/${command}.js`, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...env },
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

describe('the bin of the package', () => {
  const preqbot = async (...args: string[]) =>
    execute(process.execPath, ['scripts/preqbot.js', ...args], {
      cwd: await builtIn(inject('buildFolder')),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
    })

  test('runs a terminal command by its name', async () => {
    const { code, out } = await preqbot('token', '--help')
    expect([code, out]).toEqual([0, expect.stringContaining('--project KEY')])
  })

  test('names the commands if it gets something else', async () => {
    const { code, err } = await preqbot('tokens')
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('"tokens" isn\'t a command. Use one of token, backup'),
    ])
  })
})

// These open no server, so they run once.
describe.skipIf(server !== '')('every terminal command (tested on the embedded database)', () => {
  test.each([
    ['token', ['NAME', '--engine E', '--full', '--project KEY', '--days N']],
    ['backup', ['FILE']],
    ['restore', ['FILE', '--replace']],
    ['move', ['MOVE_TO_URL', '--replace']],
    ['migrate', []],
    ['link', []],
    ['unbind', []],
  ])(
    '%s explains its usage and options with --help',
    async (command, args) => {
      const { code, out, err } = await run(command, ['--help'], { DATA_DIR: join(folder, 'none') })

      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(new RegExp(`^Usage: npm run ${command}\\b.*\n\n[A-Z].*\\.\n\n`))
      for (const name of [...args, '--help']) expect(out).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'))
      expect(existsSync(join(folder, 'none'))).toBe(false)
    },
    60_000,
  )

  test.each([
    ['token', [], 'Give a name, e.g. laptop.'],
    ['token', ['one', 'two'], 'Give a name, e.g. laptop.'],
    ['token', ['ci', '--days', 'many'], '--days takes a whole number from 1 to 3650.'],
    ['token', ['ci', '--days', '3651'], '--days takes a whole number from 1 to 3650.'],
    ['token', ['ci', '--engine', 'gpt'], '--engine takes claude-code, codex, gemini-cli.'],
    ['token', ['ci', '--forever'], "Unknown option '--forever'."],
    ['backup', ['one', 'two'], 'Give at most one file.'],
    ['restore', [], 'Give a backup file.'],
    ['move', [], 'Set MOVE_TO_URL to an address that starts with postgres://.'],
    ['link', ['now'], 'It takes no arguments.'],
    ['unbind', ['now'], 'It takes no arguments.'],
    ['migrate', ['now'], 'It takes no arguments.'],
  ])(
    '%s %j shows what is wrong and the usage, and exits with 2',
    async (command, args, sentence) => {
      const { code, out, err } = await run(command, args)

      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toMatch(/^.+\nUsage: npm run .+\n$/)
      expect(err.startsWith(`${sentence}\n`)).toBe(true)
    },
    60_000,
  )

  test('move refuses what is not a Postgres URL', async () => {
    expect(await run('move', [], { MOVE_TO_URL: 'mysql://ada:hush@localhost/board' })).toEqual({
      code: 2,
      out: '',
      err: 'Set MOVE_TO_URL to an address that starts with postgres://.\nUsage: npm run move [-- --replace]\n',
    })
  }, 60_000)

  test('move refuses a URL in its arguments, where every user of the machine could read it', async () => {
    const { code, out, err } = await run('move', ['postgres://ada:hush@localhost/board'])

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^An address among the arguments .+ Set MOVE_TO_URL, .+\nUsage: npm run move .+\n$/)
    expect(err).not.toContain('hush')
  }, 60_000)

  test.each([
    ['token', ['ci'], {}],
    ['backup', [], {}],
    ['link', [], {}],
    ['unbind', [], {}],
    ['move', [], { MOVE_TO_URL: 'postgres://localhost:1/none' }],
  ])(
    '%s refuses an empty folder instead of creating a board in it',
    async (command, args, env) => {
      const none = join(folder, 'none')

      const ended = await run(command, args, { ...env, DATA_DIR: none })

      expect(ended).toEqual({
        code: 1,
        out: '',
        err: `There is no board in ${none} yet. Run npm start first.\n`,
      })
      expect(existsSync(none)).toBe(false)
    },
    60_000,
  )

  test('names the process that holds the board but takes no commands', async () => {
    const { code, out, err } = await using(() => run('token', ['ci']))

    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `The database in ${dataDir} is in use by process ${process.pid}. Stop it or set DATA_DIR.\n`,
    })
  }, 60_000)
})

describe('while nothing runs', () => {
  test('npm run token prints a token that works and the commands that use it', async () => {
    const { code, out } = await run('token', ['ci', '--days', '30'], { PORT: '3456' })

    expect(code).toBe(0)
    const [token = ''] = out.split('\n')
    expect(out).toContain('The token "ci" expires at 2')
    expect(out).toContain('http://localhost:3456/agents/claude.zip')
    const found = await using(({ db }) => authenticate(db, token, new Date()))
    expect(found).toMatchObject({
      ok: true,
      token: { name: 'ci', engine: null, rights: 'work', projectKeys: null },
    })
  }, 60_000)

  test('npm run token grants what its options say and shows the commands of one engine', async () => {
    const options = ['--engine', 'gemini', '--full', '--project', 'preq', '--project', 'PREQ']
    const { code, out } = await run('token', ['worker', ...options])

    const [token = ''] = out.split('\n')
    const found = await using(({ db }) => authenticate(db, token, new Date()))
    expect(code).toBe(0)
    expect(found).toMatchObject({
      token: { engine: 'gemini-cli', rights: 'full', projectKeys: ['PREQ'] },
    })
    expect(out).toContain('gemini extensions install')
    expect(out).not.toContain('claude --plugin-url')
  }, 60_000)

  test('npm run link points to npm start, which prints one', async () => {
    expect(await run('link')).toEqual({
      code: 1,
      out: '',
      err: `preqbot isn't running in ${dataDir}. Run npm start: it prints a new link.\n`,
    })
  }, 60_000)

  test('npm run backup names a file that it cannot write', async () => {
    const file = join(folder, 'gone', 'board.gz')

    expect(await run('backup', [file])).toEqual({
      code: 1,
      out: '',
      err: `Can't write ${file} (ENOENT). Give another file.\n`,
    })
  }, 60_000)
})

describe('while the default installation runs', () => {
  let telegram: Playground
  let live: string
  let env: Record<string, string>
  let bot: StartedProcess
  beforeAll(async () => {
    telegram = await openPlayground({ botToken })
    live = join(folder, 'live')
    env = { DATA_DIR: live, BOT_TOKEN: botToken, TELEGRAM_API_ROOT: telegram.url }
    bot = await startProcess(env)
  }, 120_000)
  afterAll(async () => {
    await bot.stop()
    await telegram.close()
  })

  const socket = () => join(live, 'control.sock')
  const codeIn = (text: string) => /\?start=([\w-]{22})(?!\S)/.exec(text)?.[1] ?? ''

  test('npm run link creates a link that works once, and the previous one stops working', async () => {
    await expect.poll(bot.output, { timeout: 20_000 }).toContain('?start=')
    const printed = codeIn(bot.output())
    const user = virtualUser(telegram.world)
    const eve = virtualUser(telegram.world, { userId: 2002, firstName: 'Eve' })

    const { code, out } = await run('link', [], env)
    eve.open(printed)
    user.open(codeIn(out))
    await user.nextMessage('', { within: 20_000 })
    const again = await run('link', [], env)

    expect(code).toBe(0)
    expect(out).toMatch(/^https:\/\/t\.me\/preqbot_playground\?start=[\w-]{22}\n\nIt works once/)
    expect(eve.messages().filter((message) => message.from?.is_bot)).toEqual([])
    expect(again).toEqual({
      code: 1,
      out: '',
      err: `This bot already belongs to Telegram user ${user.userId}. Run npm run unbind first.\n`,
    })
  }, 60_000)

  test('npm run unbind lets another person claim the bot with a new link', async () => {
    const released = await run('unbind', [], env)
    const { out } = await run('link', [], env)
    const eve = virtualUser(telegram.world, { userId: 2002, firstName: 'Eve' })
    eve.open(codeIn(out))
    await eve.nextMessage('', { within: 20_000 })

    expect(released).toMatchObject({ code: 0, out: expect.stringContaining('no longer has an owner') })
  }, 60_000)

  test('npm run token prints a token that the running API accepts immediately', async () => {
    const { code, out } = await run('token', ['laptop'], env)

    const [token = ''] = out.split('\n')
    const answer = await fetch(`${bot.url}/api/tasks`, { headers: { authorization: `Bearer ${token}` } })
    expect({ code, status: answer.status }).toEqual({ code: 0, status: 200 })
    expect(out).toContain('The token "laptop" never expires.')
    expect(out).toContain(new URL('/agents/claude.zip', bot.url.replace('127.0.0.1', 'localhost')).href)
  }, 60_000)

  test('npm run token refuses an unknown project', async () => {
    expect(await run('token', ['worker', '--project', 'NOPE'], env)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('No project NOPE.'),
    })
  }, 60_000)

  test('npm run token shows why the board refuses', async () => {
    expect(await run('token', ['x'.repeat(61)], env)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('name'),
    })
  }, 60_000)

  test('npm run backup writes a file that restores the board', async () => {
    const file = join(folder, 'live.jsonl.gz')
    const other = join(folder, 'of-live')

    const backup = await run('backup', [file], env)
    const restore = await run('restore', [file], { DATA_DIR: other })

    expect(backup).toMatchObject({ code: 0, err: '' })
    expect(backup.out).toMatch(/live\.jsonl\.gz: \d+ rows, including 0 tasks\. Keep .*secret-key with it/)
    expect(restore).toMatchObject({ code: 0, out: expect.stringContaining('Restored ') })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }, 60_000)

  test('only its user can access the control socket', () => {
    expect(statSync(socket()).mode & 0o777).toBe(0o600)
  })

  test.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/setpriv'))(
    'another user of the machine is refused (skipped where this is not root, who alone can be another)',
    async () => {
      chmodSync(folder, 0o755)
      const connect = `require('net').connect(${JSON.stringify(socket())})
        .on('connect', () => { console.log('connected'); process.exit() }).on('error', ({ code }) => console.log(code))`
      const as = ['--reuid=65534', '--regid=65534', '--clear-groups']

      const other = await execute('/usr/bin/setpriv', [...as, process.execPath, '-e', connect])
      const own = await execute(process.execPath, ['-e', connect])

      expect([other.out, own.out]).toEqual(['EACCES\n', 'connected\n'])
    },
    60_000,
  )

  test('the socket left by a killed process blocks neither a command nor the next start', async () => {
    await bot.kill()
    expect(existsSync(socket())).toBe(true)
    const without = await run('token', ['without'], env)
    bot = await startProcess(env)
    const after = await run('token', ['after'], env)

    expect([without.code, after.code]).toEqual([0, 0])
  }, 120_000)

  test('a stopped process removes its socket', async () => {
    await bot.stop()

    expect(existsSync(socket())).toBe(false)
  }, 60_000)
})

test('a data folder whose path is too long for a socket still works, and a command names its process', async () => {
  const long = join(folder, 'x'.repeat(120))
  const bot = await startProcess({ DATA_DIR: long })
  const { code, err } = await run('token', ['ci'], { DATA_DIR: long })
  await bot.stop()

  expect(bot.output()).toContain('is too long for a socket')
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining(`The database in ${long} is in use by process`),
  })
}, 60_000)

describe('npm run backup and npm run restore', () => {
  test('copy a board to another folder', async () => {
    const file = join(folder, 'board.jsonl.gz')
    const other = join(folder, 'other')

    const backup = await run('backup', [file])
    const restore = await run('restore', [file], { DATA_DIR: other })

    expect(backup).toMatchObject({
      code: 0,
      out: expect.stringMatching(/board\.jsonl\.gz: \d+ rows, including 3 tasks\./),
    })
    expect(restore).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Restored .*: \d+ rows, including 3 tasks\./),
    })
    expect(await using(({ db }) => db.$count(tasks), other)).toBe(3)
  }, 60_000)

  test('never overwrite a board without --replace, and keep the replaced one', async () => {
    const file = join(folder, 'again.jsonl.gz')
    await run('backup', [file])

    const refused = await run('restore', [file])
    const replaced = await run('restore', [file, '--replace'])

    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('add --replace') })
    expect(replaced).toMatchObject({ code: 0, out: expect.stringContaining(`${dataDir}/pg.replaced-`) })
    expect(readdirSync(dataDir).some((name) => name.startsWith('pg.replaced-'))).toBe(true)
  }, 60_000)
})

describe('npm run migrate', () => {
  test('names the schema version that it migrated to', async () => {
    expect(await run('migrate')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The schema is up to date: \d{4}_\w+\.\n$/),
    })
  }, 60_000)
})

describe.skipIf(server === '')('on Postgres (skipped unless TEST_DATABASE_URL names one)', () => {
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
  const env = { DATABASE_URL: url, SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef' }

  test.each(['token', 'backup', 'link', 'unbind'])(
    'npm run %s refuses an empty database',
    async (command) => {
      expect(await run(command, command === 'token' ? ['ci'] : [], env)).toEqual({
        code: 1,
        out: '',
        err: 'There is no board in this database yet. Run npm start first.\n',
      })
    },
    60_000,
  )

  test('npm run move copies the board to Postgres once and names what to set', async () => {
    const moved = await run('move', [], { MOVE_TO_URL: url })
    const again = await run('move', [], { MOVE_TO_URL: url })

    expect(moved).toMatchObject({ code: 0, err: '' })
    expect(moved.out).toMatch(/^Copied \d+ rows, including 3 tasks to /)
    expect(moved.out).toContain(`SECRET_KEY=$(cat ${dataDir}/secret-key)`)
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('add --replace') })
    const target = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    expect(await target.db.$count(tasks)).toBe(3)
    await target.close()
  }, 60_000)

  test('npm run move refuses a Postgres on which a bot is running', async () => {
    const target = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    let stop = async () => {}
    await new Promise<void>((resolve) => {
      stop = target.lead('preqbot:leader', resolve, () => {}).stop
    })

    const moved = await run('move', ['--replace'], { MOVE_TO_URL: url })

    expect(moved).toMatchObject({
      code: 1,
      err: expect.stringContaining('A bot is running on this database'),
    })
    await stop()
    await target.close()
  }, 60_000)

  test('npm run link asks Telegram for the bot’s name and replaces the previous code', async () => {
    const telegram = await openPlayground({ botToken })
    const target = await openDatabase({ databaseUrl: url, dataDir: '', onTrouble: () => {} })
    const now = new Date()
    const before = await createSetupCode(target.db, now)

    const { code, out } = await run('link', [], {
      ...env,
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: telegram.url,
    })

    const made = /^https:\/\/t\.me\/preqbot_playground\?start=(\S+)/.exec(out)?.[1] ?? ''
    const works = (presented: string) => checkSetupCode(target.db, { hash: hashOfCode(presented), now })
    expect({ code, before: await works(before), made: await works(made) }).toEqual({
      code: 0,
      before: 'unknown',
      made: 'valid',
    })
    await target.close()
    await telegram.close()
  }, 60_000)
})
