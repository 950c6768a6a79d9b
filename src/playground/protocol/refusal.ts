interface RefusalFacts {
  readonly retryAfter?: number
  readonly migrateTo?: number
  readonly violation?: 'limit' | 'flood'
}

/** An error answer of the Bot API; its message is the description. */
export class BotApiError extends Error {
  readonly code: number
  readonly retryAfter: number | undefined
  /** The group's new ID (`migrate_to_chat_id`). */
  readonly migrateTo: number | undefined
  /** Set for errors that a correct bot never causes. */
  readonly violation: 'limit' | 'flood' | undefined

  constructor(code: number, description: string, more: RefusalFacts = {}) {
    super(description)
    this.name = 'BotApiError'
    this.code = code
    this.retryAfter = more.retryAfter
    this.migrateTo = more.migrateTo
    this.violation = more.violation
  }
}

/** Ends the call with a Bot API error. */
export function refuseCall(code: number, description: string, more: RefusalFacts = {}): never {
  throw new BotApiError(code, description, more)
}
