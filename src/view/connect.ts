import { bold, type Html, html, joinHtml, pre } from './html.ts'

/** Agents that the board knows how to connect. */
export const agentKinds = ['Claude Code', 'Codex', 'Gemini CLI', 'curl'] as const
export type AgentKind = (typeof agentKinds)[number]

const codexVariable = 'PREQSTATION_TOKEN'

/** The ready-made lines that connect an agent, for a shell. */
export function connectLines(
  kind: AgentKind,
  { url, token }: { readonly url: string; readonly token: string },
): string {
  switch (kind) {
    case 'Claude Code':
      return `claude mcp add --transport http preqstation ${url}/mcp --header "Authorization: Bearer ${token}"`
    case 'Codex':
      return `export ${codexVariable}=${token}\ncodex mcp add preqstation --url ${url}/mcp --bearer-token-env-var ${codexVariable}`
    case 'Gemini CLI':
      return `gemini mcp add --transport http preqstation ${url}/mcp --header "Authorization: Bearer ${token}"`
    case 'curl':
      return `curl -s "${url}/api/tasks?status=todo" -H "Authorization: Bearer ${token}"`
  }
}

/** The lines of one agent where its kind is known by the token's name, else of all. */
export function connectBlock(name: string, access: { readonly url: string; readonly token: string }): Html {
  const known = agentKinds.find((kind) => kind.toLowerCase() === name.toLowerCase())
  const kinds = known === undefined || known === 'curl' ? agentKinds : ([known, 'curl'] as const)
  return joinHtml(
    kinds.map((kind) => html`${bold(kind)}\n${pre(connectLines(kind, access), 'bash')}`),
    '\n',
  )
}
