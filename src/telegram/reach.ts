import { GrammyError, HttpError } from 'grammy'
import type { Log } from '../log.ts'

/** Logs when Telegram can't be reached, one line per attempt without a stack trace, and when it answers again. */
export interface ReachReport {
  readonly failed: (error: unknown) => void
  readonly reached: () => void
}

/** `repeat` counts the attempts, so the terminal shows one line for all of them. */
export function createReachReport(log: Log): ReachReport {
  let failures = 0
  return {
    failed: (error) => {
      failures += 1
      // Neither Telegram nor the network failed: it's our bug or the database, so log the stack once.
      const isOurs = !(error instanceof HttpError || error instanceof GrammyError)
      const err = isOurs && failures === 1 ? { err: error } : {}
      log.warn({ repeat: failures, ...err }, `${describeFailure(error)}; retrying…`)
    },
    reached: () => {
      if (failures > 0) log.info({}, 'Telegram answers again')
      failures = 0
    },
  }
}

/** Describes what went wrong with a call to Telegram, in a few words. */
export function describeFailure(error: unknown): string {
  if (error instanceof HttpError) return `Can't reach Telegram (${toReason(error.error)})`
  if (!(error instanceof GrammyError)) return `Can't store updates (${toReason(error)})`
  const answer = `${error.error_code} ${error.description}`
  if (isRefusedToken(error)) return `Telegram doesn't accept this bot token (${answer})`
  return error.error_code === 409
    ? `Another program is using this bot's token (${answer})`
    : `Telegram can't answer now (${answer})`
}

/** Returns whether Telegram answered that no bot has this token. */
export function isRefusedToken(error: unknown): boolean {
  return error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404)
}

/** Describes the root cause in a few words: `ENOTFOUND api.telegram.org`. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A host name with several addresses fails with one error per address.
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  if (inner instanceof Error) return toReason(inner)
  const { code, hostname, address, port } = error as {
    code?: unknown
    hostname?: unknown
    address?: unknown
    port?: unknown
  }
  if (typeof code !== 'string') return error.message || error.name
  const place = hostname ?? (address === undefined ? undefined : `${address}:${port}`)
  return place === undefined ? code : `${code} ${place}`
}
