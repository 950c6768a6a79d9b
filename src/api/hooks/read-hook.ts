import { z } from 'zod'
import { AsciiName, storable } from '../../domain/core/text.ts'
import { isDangerousUse, type ToolUse } from '../../domain/questions/danger/danger.ts'
import { identityOf } from '../../domain/questions/tool-identity.ts'
import type { HookEvent, ReportedUse } from '../../domain/sessions/hook-event.ts'
import type { HookBody } from './hook-body.ts'
import { isOwnTool, startedTask } from './own-tools.ts'
import { changedFiles, runsTests } from './tool-effects.ts'
import { toHookQuestion } from './tool-question.ts'

const ToolBody = z.looseObject({
  tool_name: AsciiName,
  tool_input: z.record(z.string(), z.unknown()),
  tool_use_id: AsciiName.nullish().catch(null),
  tool_response: z.unknown().optional(),
})

/** A hook's event, and the tool use that it is about. */
export interface ReadHook {
  readonly event: HookEvent
  readonly use: ToolUse | null
}

const seen: ReadHook = { event: { kind: 'seen' }, use: null }

/** Reads a hook's event. An unknown one, or one of an unknown shape, is a sign of life. */
export function readHook(body: HookBody, redact: (text: string) => string): ReadHook {
  const agentId = body.agent_id ? storable(body.agent_id).slice(0, 200) : null
  switch (body.hook_event_name) {
    case 'Stop':
      return { ...seen, event: { kind: 'turn-ended', agentId: null } }
    case 'UserPromptSubmit':
      return { ...seen, event: { kind: 'prompted' } }
    case 'SubagentStop':
      return agentId === null ? seen : { ...seen, event: { kind: 'turn-ended', agentId } }
    case 'SessionEnd':
      return { ...seen, event: { kind: 'session-ended' } }
    case 'PreToolUse':
    case 'PostToolUse':
    case 'PostToolUseFailure':
    case 'PermissionRequest':
      return readTool(body, agentId, redact)
    default:
      return seen
  }
}

function readTool(body: HookBody, agentId: string | null, redact: (text: string) => string): ReadHook {
  const parsed = ToolBody.safeParse(body)
  if (!parsed.success) return seen
  const { tool_name, tool_input, tool_use_id, tool_response } = parsed.data
  const tool: ToolUse = { name: tool_name, input: tool_input }
  const use: ReportedUse = {
    name: tool_name,
    input: identityOf(tool),
    useId: tool_use_id ?? null,
    agentId,
  }
  const isOwn = isOwnTool(tool_name)
  switch (body.hook_event_name) {
    case 'PreToolUse':
      return { event: { kind: 'announced', use }, use: tool }
    case 'PermissionRequest': {
      const asked = isOwn ? null : toHookQuestion(tool, { cwd: body.cwd ?? null, redact })
      const question = asked && { ...asked, isDangerous: isDangerousUse(tool) }
      return { event: { kind: 'asked', use, isOwnTool: isOwn, question }, use: tool }
    }
    default: {
      const isDone = body.hook_event_name === 'PostToolUse'
      const started = isOwn && isDone ? startedTask(tool, tool_response) : null
      const files = isDone ? changedFiles(tool) : []
      const hears = isDone && agentId === null
      const ranTests = runsTests(tool)
      return { event: { kind: 'used', use, startedTask: started, hears, files, ranTests }, use: tool }
    }
  }
}
