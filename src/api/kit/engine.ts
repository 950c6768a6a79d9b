import type { Engine } from '../../domain/core/task-values.ts'

/** Infers the engine from a client name or User-Agent, e.g. "codex-mcp-client"; null if unknown. */
export function engineOfClient(name: string): Engine | null {
  const lower = name.toLowerCase()
  if (lower.includes('claude')) return 'claude-code'
  if (lower.includes('codex')) return 'codex'
  return lower.includes('gemini') ? 'gemini-cli' : null
}

// Only `initialize` names the client and the server is stateless, so the session ID carries the engine to later requests.
// The session ID grants nothing; the token does.
const sessionPattern = /^(claude-code|codex|gemini-cli|unknown)\.[0-9a-f-]{36}$/

export function toSessionId(engine: Engine | null, unique: string): string {
  return `${engine ?? 'unknown'}.${unique}`
}

export function engineOfSession(sessionId: string): Engine | null {
  const name = sessionPattern.exec(sessionId)?.[1] ?? ''
  return engineOfClient(name)
}
