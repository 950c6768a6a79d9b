import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../src/config.ts'

const token = '123456789:AA-token-of-a-bot-that-is-not-there'
const key = 'a-secret-key-for-tests-0123456789abcdef'

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

describe('the environment', () => {
  test.each<[string, Record<string, string>]>([
    ['nothing at all', {}],
    ['variables that are empty', { BOT_TOKEN: '', PORT: '', DATABASE_URL: '', PUBLIC_URL: '' }],
    ['variables of others', { HOME: '/home/ada', EDITOR: 'ed' }],
    [
      'a bot by webhook on Postgres',
      {
        BOT_TOKEN: token,
        PUBLIC_URL: 'https://board.example.com/',
        DATABASE_URL: 'postgres://localhost/board',
        SECRET_KEY: key,
      },
    ],
  ])('may hold %s', (_what, env) => {
    expect(problemsOf(env)).toBe('')
  })

  test.each<[string, Record<string, string>]>([
    ["BOT_TOKEN isn't a bot token; copy it exactly as @BotFather shows it", { BOT_TOKEN: 'my-bot' }],
    ['TELEGRAM_API_ROOT must be a URL, e.g. https://preqbot.example.com', { TELEGRAM_API_ROOT: 'telegram' }],
    ...['http://user:pass@localhost:8081', 'https://token@api.example', 'https://:pass@api.example/path'].map(
      (root): [string, Record<string, string>] => [
        'TELEGRAM_API_ROOT must not hold a user name or password; let a proxy on this machine add them',
        { TELEGRAM_API_ROOT: root },
      ],
    ),
    ['DATABASE_URL must begin with postgres://', { DATABASE_URL: 'mysql://localhost', SECRET_KEY: key }],
    [
      'SECRET_KEY is required with DATABASE_URL; make one with: openssl rand -hex 32',
      { DATABASE_URL: 'postgres://localhost/board' },
    ],
    ['SECRET_KEY must have at least 32 characters', { SECRET_KEY: 'short' }],
    ['DATA_DIR must not be blank', { DATA_DIR: ' ' }],
    ['PORT must be a whole number from 0 to 65535', { PORT: '99999' }],
    ['PORT must be a whole number from 0 to 65535', { PORT: 'http' }],
    ['PUBLIC_URL must be a URL, e.g. https://preqbot.example.com', { PUBLIC_URL: 'my-host' }],
    [
      'PUBLIC_URL must begin with https://, since Telegram calls no other webhooks',
      { PUBLIC_URL: 'http://my-host' },
    ],
    ['WEBHOOK_SECRET must be 16 to 256 of A-Z a-z 0-9 _ -', { WEBHOOK_SECRET: 'short' }],
    ['OWNER_EMAIL must be an email address', { OWNER_EMAIL: 'ada' }],
    ['OWNER_TELEGRAM_ID must be a whole number from 1 to 9007199254740991', { OWNER_TELEGRAM_ID: '@ada' }],
    ['SETUP_CODE must be 8 to 64 of A-Z a-z 0-9 _ -', { SETUP_CODE: 'x' }],
    ['METRICS_TOKEN must have at least 16 characters', { METRICS_TOKEN: 'short' }],
    ['RATE_LIMIT must be a whole number from 1 to 1000000000', { RATE_LIMIT: '0.5' }],
    ...['true', '*', 'foo', '10.0.0', '10.0.0.1:80', 'fe80::1%eth0'].map(
      (entry): [string, Record<string, string>] => [
        `TRUST_PROXY "${entry}" is not an IP address: write an address or a network, e.g. 10.0.0.1 or 10.0.0.0/8`,
        { TRUST_PROXY: `10.0.0.1, ${entry}` },
      ],
    ),
    ...['10.0.0.0/', '10.0.0.0/0', '10.0.0.0/33', '10.0.0.0/99', '10.0.0.0/1e1', '10.0.0.0/ 8'].map(
      (entry): [string, Record<string, string>] => [
        `TRUST_PROXY "${entry}" has no network size from 1 to 32 after its slash: write an address or a network, e.g. 10.0.0.1 or 10.0.0.0/8`,
        { TRUST_PROXY: entry },
      ],
    ),
    [
      'TRUST_PROXY "2001:db8::/129" has no network size from 1 to 128 after its slash: write an address or a network, e.g. 10.0.0.1 or 10.0.0.0/8',
      { TRUST_PROXY: '2001:db8::/129' },
    ],
    ['LOG_FORMAT must be one of text, json', { LOG_FORMAT: 'pretty' }],
    ['LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent', { LOG_LEVEL: 'loud' }],
  ])('is refused with: %s', (sentence, env) => {
    expect(problemsOf(env)).toBe(`Invalid environment:\n  ${sentence}`)
  })

  test('is refused with every problem at once, a line each, and without the values', () => {
    const problems = problemsOf({
      BOT_TOKEN: 'secret-value',
      PORT: '-1',
      DATABASE_URL: 'postgres://localhost/board',
    })
    expect(problems.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      'Invalid',
      'BOT_TOKEN',
      'PORT',
      'SECRET_KEY',
    ])
    expect(problems).not.toContain('secret-value')
  })
})
