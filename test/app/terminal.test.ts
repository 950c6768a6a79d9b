import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GrammyError, HttpError } from 'grammy'
import { describe, expect, inject, test } from 'vitest'
import { openTerminal, terminalFormat } from '../../src/app/terminal.ts'
import { openLog } from '../../src/log.ts'
import { createReachReport } from '../../src/telegram/reach.ts'
import { botToken } from '../support/bot.ts'
import { builtIn } from '../support/build.ts'

const eraseAbove = '\u001b[1A\u001b[2K'

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A log and a terminal that record their output. */
function open(format: 'text' | 'json', output: Output = {}) {
  const written: string[] = []
  const terminal = openTerminal({ format, out: { ...output, write: (text) => void written.push(text) } })
  return {
    log: openLog({ level: 'info', write: terminal.log }),
    terminal,
    written,
    /** What a person sees, without erased lines. */
    seen: () => {
      const lines: string[] = []
      for (const text of written) {
        if (text.startsWith(eraseAbove)) lines.pop()
        lines.push(text.replace(eraseAbove, '').trimEnd())
      }
      return lines
    },
  }
}

const unreachable = () => {
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND api.telegram.org'), {
    code: 'ENOTFOUND',
    hostname: 'api.telegram.org',
  })
  return new HttpError("Network request for 'getMe' failed!", new TypeError('fetch failed', { cause }))
}

test.each([
  ['on a terminal', undefined, true, 'text'],
  ['when piped', undefined, false, 'json'],
  ['when piped with LOG_FORMAT=text', 'text', false, 'text'],
  ['on a terminal with LOG_FORMAT=json', 'json', true, 'json'],
] as const)('%s the log is as expected', (_where, wanted, isTTY, format) => {
  expect(terminalFormat(wanted, isTTY)).toBe(format)
})

describe('plain text', () => {
  test('has one short line per event, without JSON and without a stack', () => {
    const { log, seen } = open('text')

    log.info({ url: 'http://localhost:3000', note: 'two words' }, 'listening')
    log.error({ err: new Error('it broke\nbadly') }, 'a job failed')

    expect(seen()).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d listening url=http:\/\/localhost:3000 note="two words"$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d error: a job failed: it broke badly$/),
    ])
  })

  test('shows the sentence to act on without a time, whatever the level is', () => {
    const { terminal, seen } = open('text')

    terminal.announce('Open http://localhost:3000 to start', { url: 'http://localhost:3000' })

    expect(seen()).toEqual(['Open http://localhost:3000 to start'])
  })
})

describe('while Telegram is unreachable', () => {
  test('a terminal shows one line with a counter, and another when it is reachable again', () => {
    const { log, seen } = open('text', { isTTY: true, columns: 120 })
    const reach = createReachReport(log)

    for (let attempt = 0; attempt < 50; attempt += 1) reach.failed(unreachable())
    const during = seen()
    reach.reached()
    reach.reached()

    expect(during).toEqual([
      expect.stringMatching(
        / warning: Can't reach Telegram \(ENOTFOUND api\.telegram\.org\); retrying… \(50\)$/,
      ),
    ])
    expect(seen().slice(1)).toEqual([expect.stringMatching(/ Telegram answers again$/)])
  })

  test('another line in between stays', () => {
    const { log, seen } = open('text', { isTTY: true, columns: 120 })
    const reach = createReachReport(log)

    reach.failed(unreachable())
    log.info({}, 'stopping')
    reach.failed(unreachable())
    reach.failed(unreachable())

    expect(seen().map((line) => line.slice(9))).toEqual([
      expect.stringMatching(/retrying…$/),
      'stopping',
      expect.stringMatching(/retrying… \(3\)$/),
    ])
  })

  test('a line never wraps on a narrow terminal, where one row could not be erased', () => {
    const { log, seen } = open('text', { isTTY: true, columns: 40 })
    const reach = createReachReport(log)

    reach.failed(unreachable())
    reach.failed(unreachable())

    expect(seen()).toHaveLength(1)
    expect(seen()[0]?.length).toBeLessThan(40)
  })

  test.each(['json', 'text'] as const)('a pipe gets a few lines of %s without a stack', (format) => {
    const { log, written } = open(format)
    const reach = createReachReport(log)

    for (let attempt = 0; attempt < 50; attempt += 1) reach.failed(unreachable())

    expect(written).toHaveLength(6)
    expect(written.join('')).not.toMatch(/stack|\bat .*:\d+:\d+/)
  })
})

const answered = (code: number, description: string) =>
  new GrammyError('failed', { ok: false, error_code: code, description }, 'getUpdates', {})
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:81'), {
  code: 'ECONNREFUSED',
  address: '127.0.0.1',
  port: 81,
})

test.each([
  ["Can't reach Telegram (ECONNREFUSED 127.0.0.1:81)", new HttpError('', new AggregateError([refused], ''))],
  ["Can't reach Telegram (socket hang up)", new HttpError('', new Error('socket hang up'))],
  ["Telegram doesn't accept this bot token (401 Unauthorized)", answered(401, 'Unauthorized')],
  ["Another program is using this bot's token (409 Conflict)", answered(409, 'Conflict')],
  ["Telegram can't answer now (502 Bad Gateway)", answered(502, 'Bad Gateway')],
  ["Can't store updates (the disk is full)", new Error('query', { cause: new Error('the disk is full') })],
])('a problem is described in words: %s', (sentence, error) => {
  const { log, written } = open('json')

  createReachReport(log).failed(error)

  expect(JSON.parse(written[0] ?? '')).toMatchObject({ level: 40, msg: `${sentence}; retrying…` })
})

const script = '/usr/bin/script'

describe.skipIf(!existsSync(script))(
  `npm start on a TTY${existsSync(script) ? '' : ' (skipped: no script(1) to make one)'}`,
  () => {
    /** Starts the built product on a TTY, presses Ctrl-C once `until` is shown, and resolves with the output. */
    const startOnTty = async (until: string, env: Readonly<Record<string, string>>) => {
      const cwd = await builtIn(inject('buildFolder'))
      const folder = mkdtempSync(join(tmpdir(), 'preqbot-tty-'))
      const command = `${process.execPath} --liftoff-only dist/main.js`
      const child = spawn(script, ['-qec', command, '/dev/null'], {
        cwd,
        env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(folder, 'data'), ...env },
      })
      let shown = ''
      child.stdout.on('data', (chunk: Buffer) => {
        const wasShown = shown.includes(until)
        shown += chunk.toString()
        if (!wasShown && shown.includes(until)) child.stdin.write('\u0003')
      })
      await once(child, 'close')
      rmSync(folder, { recursive: true, force: true })
      return shown
    }

    test('prints one link, one line per event and no JSON', async () => {
      const shown = await startOnTty('to start', {})

      expect(
        shown.match(
          /^Open http:\/\/localhost:\d+\/?\?key=[\w-]+ to start \(playground – nothing leaves this machine\)\r$/gm,
        ),
      ).toHaveLength(1)
      expect(shown.match(/https?:/g)).toHaveLength(1)
      expect(shown).toMatch(/^\d\d:\d\d:\d\d running \(leader\)\r$/m)
      expect(shown).not.toMatch(/[{}]/)
    }, 60_000)

    test('counts attempts in one line while Telegram is unreachable, without a stack', async () => {
      const gone = createServer().listen(0, '127.0.0.1')
      await once(gone, 'listening')
      const { port } = gone.address() as AddressInfo
      await new Promise((resolve) => gone.close(resolve))

      const shown = await startOnTty('(3)', {
        BOT_TOKEN: botToken,
        TELEGRAM_API_ROOT: `http://127.0.0.1:${port}`,
      })

      const lines = shown.split('\n').filter((line) => line.includes("Can't reach Telegram"))
      expect(lines.map((line) => line.startsWith(eraseAbove))).toEqual([false, true, true])
      expect(lines[2]).toContain(`(ECONNREFUSED 127.0.0.1:${port}); retrying… (3)`)
      expect(shown).not.toMatch(/[{}]|HttpError|\.js:\d/)
    }, 60_000)
  },
)
