import pino from 'pino'

/** One JSON line per event: facts first, then what happened in words. */
export interface Log {
  readonly debug: (facts: object, message: string) => void
  readonly info: (facts: object, message: string) => void
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

// Tokens of Telegram's bots and of agents, wherever they stand in a line.
const secrets = /\b\d{6,}:[A-Za-z0-9_-]{30,}|\bpreq_[A-Za-z0-9_-]{20,}/g

/** Replaces every bot token and agent token in a text. */
export function redact(text: string): string {
  return text.replace(secrets, '[redacted]')
}

/** Opens the log on standard output, or on `write`. `alsoHide` names further secrets, such as the set-up code. */
export function openLog(options: {
  readonly level: string
  readonly write?: (line: string) => void
  readonly alsoHide?: readonly string[]
}): Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const hide = (line: string) =>
    (options.alsoHide ?? []).reduce((text, secret) => text.replaceAll(secret, '[redacted]'), redact(line))
  const stream = { write: (line: string) => write(hide(line)) }
  return pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}
