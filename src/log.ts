import pino from 'pino'
import { createRedactor, type Redactor } from './domain/core/redactor.ts'
import { toLoggedError } from './logged-error.ts'

/** Writes one JSON line per event: its facts and a message. */
export interface Log {
  readonly debug: (facts: object, message: string) => void
  readonly info: (facts: object, message: string) => void
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

/** Opens the log on standard output or `write`. Secrets that its redactor learns are redacted in every later line. */
export function openLog(options: {
  readonly level: string
  readonly write?: (line: string) => void
}): Log & { readonly redactor: Redactor } {
  const { level, write = (line: string) => void process.stdout.write(line) } = options
  const redactor = createRedactor()
  // Redacts parsed values: in the JSON text a secret may be escaped, and the line must stay valid JSON.
  const stream = { write: (line: string) => write(`${JSON.stringify(redactor.data(JSON.parse(line)))}\n`) }
  const timestamp = pino.stdTimeFunctions.isoTime
  const log = pino({ level, base: null, timestamp, serializers: { err: toLoggedError } }, stream)
  return Object.assign(log, { redactor })
}
