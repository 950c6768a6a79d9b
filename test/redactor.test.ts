import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadConfig, secretsOf } from '../src/config.ts'
import { createRedactor } from '../src/domain/core/redactor.ts'
import { openLog } from '../src/log.ts'

const alphanumeric = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
const wordUnit = fc.constantFrom(...alphanumeric, '-', '_')
const chars = (unit: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.string({ unit, minLength, maxLength })
const word = (minLength: number, maxLength = minLength) => chars(wordUnit, minLength, maxLength)
const plain = (length: number) => chars(fc.constantFrom(...alphanumeric), length, length)
const anything = (minLength: number) =>
  chars(fc.constantFrom(...alphanumeric, ...' !"#$%&\'()*+,./:;<=>?@[\\]^`{|}~é漢🙂'), minLength, 40).filter(
    (text) => text.trim() === text,
  )

/** Every secret that the configuration accepts: the shortest bot id and secret included. */
const configured = fc.record({
  BOT_TOKEN: fc.tuple(fc.nat({ max: 99_999_999 }), word(20, 35)).map(([id, secret]) => `${id}:${secret}`),
  METRICS_TOKEN: anything(16),
  WEBHOOK_SECRET: word(16, 256),
  SECRET_KEY: anything(32),
  SETUP_CODE: word(10, 64).map((code) => `7${code}a`),
  password: anything(10).map((password) => `7${password}a`),
})

const pem = `-----BEGIN RSA PRIVATE KEY-----\n${`${'Ab1+/='.repeat(11)}\n`.repeat(3)}-----END RSA PRIVATE KEY-----`
/** What is told by its looks; what is left of it must hold none of `core`. */
const lookalikes: readonly fc.Arbitrary<{ readonly secret: string; readonly core: string }>[] = [
  word(32).map((core) => ({ secret: `preq_${core}`, core })),
  fc
    .tuple(fc.integer({ min: 10_000, max: 9_999_999_999 }), word(35))
    .map(([id, core]) => ({ secret: `${id}:${core}`, core })),
  plain(36).map((core) => ({ secret: `ghp_${core}`, core })),
  plain(40).map((core) => ({ secret: `github_pat_${core}`, core })),
  plain(30).map((core) => ({ secret: `sk-proj-1${core}`, core })),
  plain(30).map((core) => ({ secret: `sk-ant-api03-${core}`, core })),
  plain(20).map((core) => ({ secret: `xoxb-123456789012-${core}`, core })),
  chars(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'), 16, 16).map((core) => ({
    secret: `AKIA${core}`,
    core,
  })),
  fc.constant({ secret: pem, core: 'Ab1+/='.repeat(11) }),
]

const percentEncoded = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')

/** Where a secret may stand, and how it is written there. */
const positions: Readonly<Record<string, (secret: string) => string>> = {
  alone: (secret) => secret,
  'within a sentence': (secret) => `It is ${secret}, don't tell.`,
  'at the start of a line': (secret) => `Claude Code\n${secret}\r\nand more`,
  'behind a tab and a quote': (secret) => `key:\t"${secret}"`,
  'a value in JSON': (secret) => JSON.stringify({ token: secret }),
  'a line of a text in JSON': (secret) => JSON.stringify({ text: `Claude Code\n${secret}\nnext` }),
  'JSON within JSON': (secret) => JSON.stringify(JSON.stringify({ text: `a\n${secret}` })),
  'a query of a URL': (secret) => `https://example.com/x?a=1&token=${encodeURIComponent(secret)}&b=2`,
  'a header in a URL': (secret) => `/log?h=Bearer%20${encodeURIComponent(secret)}`,
  'a URL within a URL': (secret) =>
    `https://a.example/?u=${encodeURIComponent(`https://b.example/?t=${encodeURIComponent(secret)}`)}`,
  'percent-encoded whole': (secret) => `/x?t=${percentEncoded(secret)}`,
}

describe('a secret is redacted', () => {
  test.each(Object.entries(positions))('that is configured, %s', (_, write) => {
    fc.assert(
      fc.property(configured, ({ password, ...env }) => {
        const url = `postgres://preqbot:${encodeURIComponent(password)}@localhost/board`
        const redactor = createRedactor(...secretsOf(loadConfig({ ...env, DATABASE_URL: url })))
        const { BOT_TOKEN, ...others } = env
        for (const secret of [...Object.values(others), BOT_TOKEN, password]) {
          const redacted = redactor.text(write(secret))
          expect(redacted).not.toContain(secret)
          expect(redacted).not.toContain(write(secret))
        }
        expect(redactor.text(write(BOT_TOKEN))).not.toContain(BOT_TOKEN.slice(BOT_TOKEN.indexOf(':') + 1))
      }),
      { numRuns: 50 },
    )
  })

  test.each(Object.entries(positions))('that is known by its looks, %s', (_, write) => {
    const { text } = createRedactor()
    fc.assert(
      fc.property(fc.oneof(...lookalikes), ({ secret, core }) => {
        const redacted = text(write(secret))
        expect(redacted).not.toContain(core)
        expect(redacted).toContain('[redacted]')
      }),
      { numRuns: 200 },
    )
  })

  test('that is a token right behind other letters, as in the path of the Bot API', () => {
    const { text } = createRedactor()

    expect(text(`https://proxy.example/a/bot123456789:${'AAH-x_9'.repeat(5)}/sendMessage`)).toBe(
      'https://proxy.example/a/bot[redacted]/sendMessage',
    )
  })

  test('that is a password in any URL, and the code of a link', () => {
    const { text } = createRedactor()

    expect(text('postgres://user:pw@host/db https://t.me/my_bot?start=k_0123456789abcdefghij-_')).toBe(
      'postgres://user:*@host/db https://t.me/my_bot?start=k_[redacted]',
    )
  })
})

test.each([
  'Fix the login: src/app/app.ts:12:some_function_name_of_ours',
  'Meet at https://example.com:8080/a?start=now&x=%20%zz 100% sure',
  'postgres, password and preq_ are words; sk-learn too, and ghp_short',
  '`AgACAgIAAxkBAAIsk-abcdefghijklmnop1234567890ghp_aaaaaaaaaaaaaaaaaaaaaaaa`',
  '-----BEGIN PRIVATE KEY----- is how a key begins\n\nNothing of it follows.',
  'mail ada@example.com about ssh://git@github.com/ada/web.git',
])('%s stays as it is', (words) => {
  const env = { DATABASE_URL: 'postgres://postgres:postgres@localhost/board', SECRET_KEY: 'k'.repeat(32) }
  const redactor = createRedactor(...secretsOf(loadConfig({ ...env, SETUP_CODE: 'password' })))

  expect(redactor.text(words)).toBe(words)
})

describe('the log', () => {
  const log = (error: Error) => {
    const lines: string[] = []
    openLog({ level: 'trace', write: (line) => void lines.push(line) }).error({ err: error }, 'it failed')
    return JSON.parse(lines[0] ?? '')
  }

  test('says of an error its words, code, causes and stack, and nothing else that it holds', () => {
    const inner = Object.assign(new Error('no such host'), {
      code: 'ENOTFOUND',
      payload: { text: 'private' },
    })
    const { err } = log(new Error('it broke', { cause: inner }))

    expect(err).toMatchObject({ type: 'Error', message: 'it broke: no such host', code: 'ENOTFOUND' })
    expect(err.stack).toMatch(/^it broke\n +at [\s\S]*\ncaused by: no such host\n +at /)
    expect(JSON.stringify(err)).not.toContain('private')
  })

  test('keeps out a value that Postgres quotes', () => {
    const cause = Object.assign(new Error('invalid input syntax for type uuid: "private"'), { code: '22P02' })
    const failed = new Error('Failed query: select $1\nparams: private', { cause })
    const { err } = log(Object.assign(failed, { query: 'select $1', params: ['private'] }))

    expect(err).toMatchObject({ message: 'SQLSTATE 22P02: Failed query: select $1', code: '22P02' })
    expect(JSON.stringify(err)).not.toContain('private')
  })
})
