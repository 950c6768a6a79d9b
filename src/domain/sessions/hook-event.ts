import type { z } from 'zod'
import type { AskedKind, ItemInput } from '../questions/new-question.ts'

/** A use of a tool, as an agent's hooks report it. */
export interface ReportedUse {
  readonly name: string
  /** A SHA-256 of what identifies the tool's input. */
  readonly input: string
  /** The ID that the tool's other hooks carry; null if unknown. */
  readonly useId: string | null
  /** The subagent that uses the tool; null for the session's main agent. */
  readonly agentId: string | null
}

/** What a hook asks the owner. */
export interface HookQuestion {
  readonly kind: AskedKind
  /** A permission and a plan have fixed options. */
  readonly items: readonly z.output<typeof ItemInput>[]
  readonly detail: string | null
  readonly isDangerous: boolean
}

/** What an agent's hook reports. */
export type HookEvent =
  /** A tool is about to be used; it may ask for permission next. */
  | { readonly kind: 'announced'; readonly use: ReportedUse }
  /** A tool waits for the owner. Null: a question that only the terminal can show. */
  | {
      readonly kind: 'asked'
      readonly use: ReportedUse
      readonly isOwnTool: boolean
      readonly question: HookQuestion | null
    }
  /** A tool was used or failed, so nothing waits for it anymore. */
  | {
      readonly kind: 'used'
      readonly use: ReportedUse
      /** The key of the task that the tool started or claimed. */
      readonly startedTask: string | null
      /** Whether the answer can bring words to the main agent. */
      readonly hears: boolean
      /** The files that it changed. */
      readonly files: readonly string[]
      readonly ranTests: boolean
    }
  /** The main agent (null) or a subagent stopped, so none of its tools waits anymore. */
  | { readonly kind: 'turn-ended'; readonly agentId: string | null }
  /** The main agent got a prompt. */
  | { readonly kind: 'prompted' }
  | { readonly kind: 'session-ended' }
  /** Anything else: a sign of life. */
  | { readonly kind: 'seen' }
