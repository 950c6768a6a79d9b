import type { Engine } from '../../domain/core/task-values.ts'
import { type Html, html, pre } from '../kit/html.ts'

/** Agents that the board knows how to connect. */
export const agentKinds = ['Claude Code', 'Codex', 'Gemini CLI', 'Other'] as const
export type AgentKind = (typeof agentKinds)[number]

export interface AgentAccess {
  readonly url: string
  readonly token: string
}

/** What to say to an agent so that it starts on the first task. */
export const firstWords = 'Take my next preqbot task and work on it.'

const server = 'preqbot'
const variable = 'PREQBOT_TOKEN'

/** The lines that connect an agent, to paste into a shell. */
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

/** What kind of agent a token's name stands for. */
export function agentKindOf(name: string): AgentKind {
  return agentKinds.find((kind) => kind.toLowerCase() === name.toLowerCase()) ?? 'Other'
}

const engines: Record<AgentKind, Engine | null> = {
  'Claude Code': 'claude-code',
  Codex: 'codex',
  'Gemini CLI': 'gemini-cli',
  Other: null,
}

/** The engine that a token of this name works for; null for any. */
export function engineOfAgent(name: string): Engine | null {
  return engines[agentKindOf(name)]
}

/** How to connect the agent that a token is for. */
export function connectBlock(name: string, access: AgentAccess): Html {
  const kind = agentKindOf(name)
  const lines = pre(connectLines(kind, access), 'bash')
  return kind === 'Other'
    ? html`Add ${`${access.url}/mcp`} to its MCP servers with the header <code>Authorization: Bearer …</code>, or call the API:\n${lines}`
    : html`Paste this into a terminal:\n${lines}`
}
