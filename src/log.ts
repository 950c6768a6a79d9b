import pino from 'pino'
import { createRedactor, type Redactor } from './domain/core/redactor.ts'
import { toLoggedError } from './logged-error.ts'

/** One JSON line per event: facts first, then what happened in words. */
export interface Log {
  readonly debug: (facts: object, message: string) => void
  readonly info: (facts: object, message: string) => void
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

/** Opens the log on standard output, or on `write`. What its redactor learns is redacted in every line from then on. */
export function openLog(options: {
  readonly level: string
  readonly write?: (line: string) => void
}): Log & { readonly redactor: Redactor } {
  const { level, write = (line: string) => void process.stdout.write(line) } = options
  const redactor = createRedactor()
  // Parsed first: a secret is found as it is, not as JSON escapes it, and the line stays JSON.
  const stream = { write: (line: string) => write(`${JSON.stringify(redactor.data(JSON.parse(line)))}\n`) }
  const timestamp = pino.stdTimeFunctions.isoTime
  const log = pino({ level, base: null, timestamp, serializers: { err: toLoggedError } }, stream)
  return Object.assign(log, { redactor })
}
