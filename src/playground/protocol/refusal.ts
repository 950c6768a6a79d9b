interface RefusalFacts {
  readonly retryAfter?: number
  readonly migrateTo?: number
  readonly violation?: 'limit' | 'flood'
}

/** An answer of the Bot API that is no success; its message is the description. */
export class Refusal extends Error {
  readonly code: number
  readonly retryAfter: number | undefined
  /** The id that a group has now. */
  readonly migrateTo: number | undefined
  /** Set where a well-made bot never causes it. */
  readonly violation: 'limit' | 'flood' | undefined

  constructor(code: number, description: string, more: RefusalFacts = {}) {
    super(description)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = more.retryAfter
    this.migrateTo = more.migrateTo
    this.violation = more.violation
  }
}

/** Ends the call with an error of the Bot API. */
export function refuse(code: number, description: string, more: RefusalFacts = {}): never {
  throw new Refusal(code, description, more)
}
