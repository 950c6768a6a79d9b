import type { HookEvent } from '../../domain/sessions/hook-event.ts'
import { deny, type HookAnswer, noDecision } from './reply.ts'

/** The JSON that ends an agent's run. */
export interface StopAnswer {
  readonly continue?: false
  readonly stopReason?: string
  readonly hookSpecificOutput?:
    | {
        readonly hookEventName: 'PreToolUse'
        readonly permissionDecision: 'deny'
        readonly permissionDecisionReason: string
      }
    | Extract<HookAnswer, { readonly hookSpecificOutput: object }>['hookSpecificOutput']
}

/** Returns the message that ends a run. */
export function stoppedMessage(taskKey: string): string {
  return `The owner stopped your run of ${taskKey}. Stop here and use no more tools.`
}

/** Builds the answer that ends a run: Claude Code stops at once; Codex only knows that it may use no tool. */
export function toStopAnswer(
  { kind }: HookEvent,
  { agent, taskKey }: { readonly agent: 'claude' | 'codex'; readonly taskKey: string },
): StopAnswer {
  const message = stoppedMessage(taskKey)
  const stop = agent === 'claude' ? { continue: false as const, stopReason: message } : {}
  if (kind === 'announced') {
    const hookEventName = 'PreToolUse'
    const decision = { permissionDecision: 'deny', permissionDecisionReason: message } as const
    return { ...stop, hookSpecificOutput: { hookEventName, ...decision } }
  }
  return kind === 'asked' ? { ...stop, ...deny(message) } : { ...noDecision, ...stop }
}
