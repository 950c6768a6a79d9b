import { z } from 'zod'
import { proxyProblem } from './api/kit/trusted-proxies.ts'
import { isDistinct, passwordsIn } from './domain/core/redactor.ts'

const nonBlank = z.string().trim().min(1, 'must not be blank')
const address = z.url({
  protocol: /^https?$/,
  error: 'must be a URL, e.g. https://preqbot.example.com',
})
const wholeNumber = (min: number, max: number) => {
  const rule = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(rule).int(rule).min(min, rule).max(max, rule)
}
const hasCredentials = (url: string) => /^[^/]*\/\/[^/?#]*@/.test(url)
const flag = z
  .enum(['0', '1'], 'must be 1 or 0')
  .transform((value) => value === '1')
  .optional()
const formats = ['text', 'json'] as const
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The environment variables: their valid values and their purpose. The README's table is generated from this. */
export const environment = {
  BOT_TOKEN: nonBlank
    .regex(/^\d+:[\w-]{20,}$/, "isn't a bot token; copy it exactly as @BotFather shows it")
    .optional()
    .describe(
      "The bot's token from @BotFather. Without it, the bot uses the stored token, or opens the playground if there is none.",
    ),
  TELEGRAM_API_ROOT: address
    .refine(
      (url) => !hasCredentials(url),
      'must not hold a user name or password; let a proxy on this machine add them',
    )
    .default('https://api.telegram.org')
    .describe('URL of the Bot API server. Change it only if you host your own.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe(
      'URL of a Postgres database, version 15 or newer. Without it, the bot uses an embedded database in `DATA_DIR`.',
    ),
  DATA_DIR: nonBlank
    .default('./data')
    .describe('Folder for the embedded database, its secret key and its control socket.'),
  PORT: wholeNumber(0, 65_535).default(3000).describe('Port of the HTTP server.'),
  HOST: nonBlank
    .optional()
    .describe(
      'Address to listen on. By default 127.0.0.1, or all addresses if `PUBLIC_URL` is set. The Docker image sets 0.0.0.0.',
    ),
  PUBLIC_URL: address
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Public HTTPS URL of this process. If it is set, Telegram delivers updates to a webhook; otherwise the bot polls.',
    ),
  WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,256}$/, 'must be 16 to 256 of A-Z a-z 0-9 _ -')
    .optional()
    .describe(
      'Secret that Telegram sends with each webhook call. By default it is derived from `SECRET_KEY`.',
    ),
  SECRET_KEY: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .describe(
      'Key that encrypts stored secrets. Required with `DATABASE_URL`; otherwise it is generated and stored in `DATA_DIR`.',
    ),
  OWNER_EMAIL: z
    .email('must be an email address')
    .transform((email) => email.toLowerCase())
    .default('owner@localhost.local')
    .describe("The owner's email address. Agents see the part before the @ as the assignee."),
  OWNER_NAME: nonBlank.optional().describe("The owner's name."),
  OWNER_TELEGRAM_ID: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      "The owner's Telegram user ID. Only this user can own the bot; at startup, any other owner is unlinked.",
    ),
  SETUP_CODE: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 of A-Z a-z 0-9 _ -')
    .optional()
    .describe(
      "Fixed code for the setup link, for automation. It works once and doesn't expire. By default the code is random and valid for an hour.",
    ),
  TRUST_PROXY: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .superRefine((entries, context) => {
      for (const entry of entries) {
        const problem = proxyProblem(entry)
        if (problem !== null) context.addIssue({ code: 'custom', message: problem })
      }
    })
    .default([])
    .describe('Comma-separated addresses or networks of proxies whose X-Forwarded-For header is trusted.'),
  METRICS_TOKEN: nonBlank
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Bearer token for /metrics. Without it, there are no metrics.'),
  RATE_LIMIT: wholeNumber(1, 1_000_000_000)
    .default(600)
    .describe('Maximum requests per minute for each agent token.'),
  PLAYGROUND_PUBLIC: flag.describe(
    'Set to `1` to let the playground listen on addresses other than loopback, e.g., in a container whose port is published on 127.0.0.1 only.',
  ),
  IN_CONTAINER: flag.describe(
    'Set to `1` by the Docker image, so that `/doctor` knows that `HOST` is an address inside the container.',
  ),
  LOG_LEVEL: z
    .enum(levels, `must be one of ${levels.join(', ')}`)
    .default('info')
    .describe('The lowest level that is logged.'),
  LOG_FORMAT: z
    .enum(formats, `must be one of ${formats.join(', ')}`)
    .optional()
    .describe('`text` or `json`. By default, text on a terminal and JSON otherwise.'),
} as const satisfies Record<string, z.ZodType>

const Environment = z.object(environment).superRefine((env, context) => {
  if (env.DATABASE_URL !== undefined && env.SECRET_KEY === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['SECRET_KEY'],
      message: 'is required with DATABASE_URL; make one with: openssl rand -hex 32',
    })
  }
  if (env.PUBLIC_URL?.startsWith('http://') && env.TELEGRAM_API_ROOT.startsWith('https://')) {
    context.addIssue({
      code: 'custom',
      path: ['PUBLIC_URL'],
      message: 'must begin with https://, since Telegram calls no other webhooks',
    })
  }
})

export type Config = z.output<typeof Environment>

/** The environment is invalid; the message names every problem, one per line. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`Invalid environment:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** Reads the environment; an empty variable counts as absent. Throws `ConfigError` that names every problem. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`))
}

/** Lists the secrets in a configuration, for a redactor. */
export function secretsOf(config: Config): string[] {
  const { BOT_TOKEN, SETUP_CODE, METRICS_TOKEN, WEBHOOK_SECRET, SECRET_KEY } = config
  const passwords = [config.DATABASE_URL, config.PUBLIC_URL].flatMap((url) => passwordsIn(url ?? ''))
  const words = [...passwords, SETUP_CODE ?? ''].filter(isDistinct)
  const links = SETUP_CODE === undefined ? [] : [`start=${SETUP_CODE}`, `/start ${SETUP_CODE}`]
  const bot = BOT_TOKEN === undefined ? [] : botSecrets(BOT_TOKEN)
  return [...bot, ...words, ...links, METRICS_TOKEN, WEBHOOK_SECRET, SECRET_KEY].filter(
    (secret) => secret !== undefined,
  )
}

/** Returns a bot's token, and the half of it that is secret. */
export function botSecrets(token: string): string[] {
  return [token, token.slice(token.indexOf(':') + 1)]
}
