import type { Engine } from '../../domain/core/task-values.ts'
import { type Html, html, pre } from '../kit/html.ts'

/** The agents that the board has connection instructions for. */
export const agentKinds = ['Claude Code', 'Codex', 'Gemini CLI', 'Other'] as const
export type AgentKind = (typeof agentKinds)[number]

export interface AgentAccess {
  readonly url: string
  readonly token: string
}

/** What to tell an agent to start on its first task. */
export const firstWords = 'Take my next preqbot task and work on it.'

const server = 'preqbot'
const variable = 'PREQBOT_TOKEN'

/** Returns the shell commands that connect an agent. */
export function connectLines(kind: AgentKind, { url, token }: AgentAccess): string {
  switch (kind) {
    case 'Claude Code':
      return `claude mcp add --transport http ${server} ${url}/mcp --header "Authorization: Bearer ${token}"`
    case 'Codex':
      return `export ${variable}=${token}\ncodex mcp add ${server} --url ${url}/mcp --bearer-token-env-var ${variable}`
    case 'Gemini CLI':
      return `gemini mcp add --scope user --transport http ${server} ${url}/mcp --header "Authorization: Bearer ${token}"`
    case 'Other':
      return `curl -s -X POST "${url}/api/tasks/claim" -H "Authorization: Bearer ${token}"`
  }
}

/** Returns the kind of agent that a token is named after. */
export function agentKindOf(name: string): AgentKind {
  return agentKinds.find((kind) => kind.toLowerCase() === name.toLowerCase()) ?? 'Other'
}

const engines: Record<AgentKind, Engine | null> = {
  'Claude Code': 'claude-code',
  Codex: 'codex',
  'Gemini CLI': 'gemini-cli',
  Other: null,
}

/** Returns the engine of a token with this name; null for any. */
export function engineOfAgent(name: string): Engine | null {
  return engines[agentKindOf(name)]
}

/** Explains how to connect the agent that a token is for. */
export function connectBlock(name: string, access: AgentAccess): Html {
  const kind = agentKindOf(name)
  const lines = pre(connectLines(kind, access), 'bash')
  return kind === 'Other'
    ? html`Add ${`${access.url}/mcp`} to its MCP servers with the header <code>Authorization: Bearer …</code>, or call the API:\n${lines}`
    : html`Paste this into a terminal:\n${lines}`
}
