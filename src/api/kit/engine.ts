import type { Engine } from '../../domain/core/task-values.ts'

/** The engine that a client's name or User-Agent gives away, as "claude-code" or "codex-mcp-client"; null for others. */
export function engineOfClient(name: string): Engine | null {
  const lower = name.toLowerCase()
  if (lower.includes('claude')) return 'claude-code'
  if (lower.includes('codex')) return 'codex'
  return lower.includes('gemini') ? 'gemini-cli' : null
}

// Only `initialize` names the client, and the server keeps no sessions: the session id, which the client sends along from then
// on, carries the engine instead. It opens nothing; the token does.
const sessionPattern = /^(claude-code|codex|gemini-cli|unknown)\.[0-9a-f-]{36}$/

export function toSessionId(engine: Engine | null, unique: string): string {
  return `${engine ?? 'unknown'}.${unique}`
}

export function engineOfSession(sessionId: string): Engine | null {
  const name = sessionPattern.exec(sessionId)?.[1] ?? ''
  return engineOfClient(name)
}
