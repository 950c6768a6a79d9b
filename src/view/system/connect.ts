import type { Engine } from '../../domain/core/task-values.ts'
import { code, type Html, html, pre } from '../kit/html.ts'

/** What the board has connection instructions for: agents, and the runner that starts them. */
export const agentKinds = ['Claude Code', 'Codex', 'Gemini CLI', 'Runner', 'Other'] as const
export type AgentKind = (typeof agentKinds)[number]

export interface AgentAccess {
  readonly url: string
  readonly token: string
}

/** What to tell an agent to start on its first task. */
const firstWords = 'Take my next preqbot task and work on it.'

const variable = 'PREQBOT_TOKEN'

/** The shell lines that connect an agent: now, and for good if that takes others. */
export interface ConnectLines {
  readonly now: string
  readonly forGood: string | null
}

/** Returns the lines that install an agent's plugin: the server, its hooks and the skill. */
export function connectLines(kind: AgentKind, { url, token }: AgentAccess): ConnectLines {
  const give = `export ${variable}=${token}`
  switch (kind) {
    case 'Claude Code':
      return {
        now: `${give}\nclaude --plugin-url ${url}/agents/claude.zip`,
        forGood: [give, ...installClaude(url), 'claude plugin install preqbot@preqbot'].join('\n'),
      }
    case 'Codex': {
      const lines = [
        give,
        unzip('codex', url),
        'codex plugin marketplace add ~/.preqbot-codex',
        'codex plugin add preqbot@preqbot',
      ]
      return { now: lines.join('\n'), forGood: null }
    }
    case 'Gemini CLI': {
      const lines = [give, unzip('gemini', url), 'gemini extensions install ~/.preqbot-gemini --consent']
      return { now: lines.join('\n'), forGood: null }
    }
    case 'Runner': {
      const lines = [
        `export PREQBOT_URL=${url} ${variable}=${token}`,
        'npm run runner -- init',
        'npm run runner',
      ]
      return { now: lines.join('\n'), forGood: null }
    }
    case 'Other':
      return {
        now: `curl -s -X POST "${url}/api/tasks/claim" -H "Authorization: Bearer ${token}"`,
        forGood: null,
      }
  }
}

// Claude Code downloads a plugin for good only over https.
function installClaude(url: string): string[] {
  return url.startsWith('https://')
    ? [`claude plugin marketplace add ${url}/agents/marketplace.json`]
    : [unzip('claude', url), 'claude plugin marketplace add ~/.preqbot-claude']
}

function unzip(name: string, url: string): string {
  const file = `/tmp/preqbot-${name}.zip`
  return `curl -fsSL ${url}/agents/${name}.zip -o ${file} && unzip -qo ${file} -d ~/.preqbot-${name}`
}

/** Returns what to do once an agent is connected, with what to tell it; null for a runner, which needs no words. */
export function firstStep(name: string): { readonly text: Html; readonly words: string | null } {
  return agentKindOf(name) === 'Runner'
    ? { text: html`Press Queue on a task: an agent starts.`, words: null }
    : { text: html`Tell the agent: ${code(firstWords)}`, words: firstWords }
}

/** Returns the kind of agent that a token is named after. */
export function agentKindOf(name: string): AgentKind {
  return agentKinds.find((kind) => kind.toLowerCase() === name.toLowerCase()) ?? 'Other'
}

const engines: Record<AgentKind, Engine | null> = {
  'Claude Code': 'claude-code',
  Codex: 'codex',
  'Gemini CLI': 'gemini-cli',
  Runner: null,
  Other: null,
}

/** Returns the engine of a token with this name; null for any. */
export function engineOfAgent(name: string): Engine | null {
  return engines[agentKindOf(name)]
}

/** Explains how to connect the agent that a token is for. */
export function connectBlock(name: string, access: AgentAccess): Html {
  const kind = agentKindOf(name)
  const { now, forGood } = connectLines(kind, access)
  const lines = pre(now, 'bash')
  if (kind === 'Other')
    return html`Add ${`${access.url}/mcp`} to its MCP servers with the header <code>Authorization: Bearer …</code>, or call the API:\n${lines}`
  if (kind === 'Runner')
    return html`Paste this into a terminal in preqbot’s folder, on the machine with your repositories. It asks where they are, then starts:\n${lines}`
  const permanently = forGood === null ? '' : html`\nTo install it for good instead:\n${pre(forGood, 'bash')}`
  return html`Paste this into a terminal in your repository:\n${lines}${permanently}`
}
