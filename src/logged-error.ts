/** What the log says of an error. */
interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack: string
}

const maxCauses = 10

/**
 * What may be logged of an error and its causes: words, code and stack. A failed query is its SQL and code: its parameters, and
 * what Postgres repeats of them, are the owner's words and secrets.
 */
export function toLoggedError(error: unknown): LoggedError {
  const chain = chainOf(error)
  const code = chain.map(codeOf).find((found) => found !== undefined)
  return {
    type: chain[0]?.name ?? typeof error,
    message: describeError(error),
    ...(code === undefined ? {} : { code }),
    stack: chain.map((cause) => `${wordsOf(cause)}${framesOf(cause)}`).join('\ncaused by: '),
  }
}

/** An error and its causes in one line, under the same rules; SQL, which is long, comes last. */
export function describeError(error: unknown): string {
  const chain = chainOf(error)
  const words = [...chain.filter((cause) => !isQuery(cause)), ...chain.filter(isQuery)].map(wordsOf)
  return words.join(': ') || String(error)
}

/** What a program that ends with an error prints: errors of our own have a name and say all, of others the stack is wanted. */
export function toLastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'Error' ? toLoggedError(error).stack : error.message
}

/** An error and what led to it: `cause`, grammY's `error`, or the first of several. */
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

// As drizzle throws it: the message holds the parameters too.
function isQuery(error: Error): error is Error & { readonly query: string } {
  return 'query' in error && 'params' in error && error.message.startsWith('Failed query')
}

function wordsOf(error: Error): string {
  if (isQuery(error)) return `Failed query: ${error.query}`
  const code = codeOf(error)
  // Class 22 quotes the value that does not fit: `invalid input syntax for type uuid: "…"`.
  return code !== undefined && /^22...$/.test(code) ? `SQLSTATE ${code}` : error.message || error.name
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

// The stack begins with the message, which may itself look like a stack.
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  return at === -1 ? '' : stack.slice(at + message.length)
}
