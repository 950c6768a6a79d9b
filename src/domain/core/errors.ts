import { codesOf } from '../../db/error-codes.ts'

/**
 * The expected failures. `invalid`: the input is wrong; `not-found`: it doesn't exist;
 * `conflict`: the state isn't what the caller expected; `in-use`: the name is taken; `forbidden`: the token lacks the right.
 */
export type DomainErrorCode = 'invalid' | 'not-found' | 'conflict' | 'in-use' | 'forbidden'

/** An expected failure. Its message states what happened and what to do. */
export class DomainError extends Error {
  readonly code: DomainErrorCode
  /** Facts for an entry point that words the failure itself. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: DomainErrorCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.facts = facts
  }
}

// SQLSTATE classes 08 and 57P, and the codes of the driver and the socket if no server is reachable.
const downCodes =
  /^(08...|57P0[1-3]|25P03|53300|CONNECTION_\w+|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/

/** Tests whether the database was unreachable, so a retry may work later. */
export function isDatabaseDown(error: unknown): boolean {
  return codesOf(error).some((code) => downCodes.test(code))
}
