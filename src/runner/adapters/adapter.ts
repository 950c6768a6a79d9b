import type { RunOwner } from '../owner.ts'
import type { Child } from '../process/child.ts'

/** What an agent used so far in this run. Tokens read from a cache count as input. */
export interface AgentUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_usd: number | null
}

/** What an adapter reports while its agent works. */
export interface AgentEvents {
  /** The agent's own ID of the conversation, with which it can be resumed. */
  readonly session: (id: string) => void
  readonly usage: (usage: AgentUsage) => void
  /** What the agent wrote last. */
  readonly words: (text: string) => void
  /** The account's usage limit is reached until then. */
  readonly limit: (until: Date) => void
}

export interface AgentStart {
  /** The run's ID. */
  readonly run: string
  /** The program and its first arguments, as configured. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** The board's MCP endpoint; the token is in `PREQBOT_TOKEN`. */
  readonly mcpUrl: string
  readonly prompt: string
  /** The conversation to go on with, if the agent still has it. */
  readonly session: string | null
  /** What the conversation used in earlier runs; Claude Code and Codex add it to what they report. */
  readonly usageBefore: AgentUsage
  readonly owner: RunOwner
  /** Writes a file that only this run uses; returns its path. */
  readonly writeFile: (name: string, text: string) => string
  readonly events: AgentEvents
}

/** An agent at work. */
export interface RunningAgent {
  readonly child: Child
  /** Gives the owner's words to the agent, in the middle of its turn if it can. */
  readonly send: (text: string) => void
  /** Asks the agent to end its turn. */
  readonly stop: () => void
  /** Resolves when the agent has ended its turn and has nothing left to do. */
  readonly idle: Promise<void>
  /** The end of what it printed that isn't part of the protocol. */
  readonly printed: () => string
}

/** Speaks one agent's protocol. Throws if the program doesn't start. */
export type Adapter = (start: AgentStart) => Promise<RunningAgent>

/** Parses a line of JSON; null if it isn't an object. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
