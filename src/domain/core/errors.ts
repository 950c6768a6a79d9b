import { codesOf } from '../../db/error-codes.ts'

/**
 * What can be expected to go wrong. `invalid`: the input does not fit; `not-found`: there is no such thing;
 * `conflict`: the state is not what the caller thought it was; `in-use`: the name is taken; `forbidden`: this token may not.
 */
export type DomainErrorCode = 'invalid' | 'not-found' | 'conflict' | 'in-use' | 'forbidden'

/** An expected failure; its message tells its reader what happened and what to do. */
export class DomainError extends Error {
  readonly code: DomainErrorCode
  /** Facts for a door that words the failure its own way. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: DomainErrorCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.facts = facts
  }
}

// SQLSTATE classes 08 and 57P, and what the driver and the socket say when there is no server at all.
const downCodes =
  /^(08...|57P0[1-3]|25P03|53300|CONNECTION_\w+|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/

/** Whether the database could not be reached, so that the same thing may work later. */
export function isDatabaseDown(error: unknown): boolean {
  return codesOf(error).some((code) => downCodes.test(code))
}

/** Whether Postgres ended this transaction so that another could go on; the same thing works when tried again. */
export function isDeadlock(error: unknown): boolean {
  return codesOf(error).includes('40P01')
}
