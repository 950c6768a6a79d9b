/** An error as it is logged. */
interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack: string
}

const maxCauses = 10

/**
 * Returns what may be logged of an error and its causes: messages, code and stack. A failed query is logged as its SQL and code, because
 * its parameters, and what Postgres repeats of them, hold the owner's text and secrets.
 */
export function toLoggedError(error: unknown): LoggedError {
  const chain = chainOf(error)
  const code = chain.map(codeOf).find((found) => found !== undefined)
  return {
    type: chain[0]?.name ?? typeof error,
    message: describeError(error),
    ...(code === undefined ? {} : { code }),
    stack: chain.map((cause) => `${safeMessageOf(cause)}${framesOf(cause)}`).join('\ncaused by: '),
  }
}

/** Describes an error and its causes in one line, by the same rules; SQL comes last because it is long. */
export function describeError(error: unknown): string {
  const chain = chainOf(error)
  const messages = [...chain.filter((cause) => !isQuery(cause)), ...chain.filter(isQuery)].map(safeMessageOf)
  return messages.join(': ') || String(error)
}

/** Returns what a program prints before it exits with an error: the message of our own named errors, otherwise the stack. */
export function toLastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'Error' ? toLoggedError(error).stack : error.message
}

/** Lists an error and its causes: `cause`, grammY's `error`, or the first of several. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = []
  for (let next = error; next instanceof Error && chain.length < maxCauses; next = causeOf(next))
    chain.push(next)
  return chain
}

function causeOf(error: Error): unknown {
  if (error instanceof AggregateError) return error.errors[0]
  return error.cause ?? (error as { error?: unknown }).error
}

// drizzle's error, whose message holds the parameters too.
function isQuery(error: Error): error is Error & { readonly query: string } {
  return 'query' in error && 'params' in error && error.message.startsWith('Failed query')
}

function safeMessageOf(error: Error): string {
  if (isQuery(error)) return `Failed query: ${error.query}`
  const code = codeOf(error)
  // Class 22 quotes the invalid value: `invalid input syntax for type uuid: "…"`.
  return code !== undefined && /^22...$/.test(code) ? `SQLSTATE ${code}` : error.message || error.name
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

// The stack starts with the message, which may itself look like a stack.
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  return at === -1 ? '' : stack.slice(at + message.length)
}
