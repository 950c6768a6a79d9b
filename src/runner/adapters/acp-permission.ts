import type {
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallContent,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk'
import type { RunOwner } from '../owner.ts'

interface Asking {
  readonly owner: RunOwner
  readonly id: string
  readonly signal: AbortSignal
}

/** Answers a request for a permission with the owner's decision, always for this one time. */
export async function answerPermission(
  { toolCall, options }: RequestPermissionRequest,
  { owner, id, signal }: Asking,
): Promise<RequestPermissionResponse> {
  const { isAllowed } = isOurs(toolCall)
    ? { isAllowed: true }
    : await owner.permit({ ...describeCall(toolCall), id, signal })
  const option = isAllowed
    ? findOption(options, ['allow_once', 'allow_always'])
    : findOption(options, ['reject_once', 'reject_always'])
  if (signal.aborted || option === null) return { outcome: { outcome: 'cancelled' } }
  return { outcome: { outcome: 'selected', optionId: option.optionId } }
}

// The title can be the model's own words, so it proves nothing.
function isOurs({ name, _meta }: ToolCallUpdate): boolean {
  const claude = _meta?.claudeCode
  const named = typeof claude === 'object' && claude !== null && 'toolName' in claude ? claude.toolName : name
  return typeof named === 'string' && /^mcp__preqbot__preq_\w+$/.test(named)
}

function findOption(
  options: readonly PermissionOption[],
  kinds: readonly PermissionOption['kind'][],
): PermissionOption | null {
  return kinds.flatMap((kind) => options.find((option) => option.kind === kind) ?? [])[0] ?? null
}

/** Describes a tool call: a question in one line, and exactly what it would do as far as the agent shows it. */
function describeCall({ title, kind, rawInput, content }: ToolCallUpdate): { text: string; detail: string } {
  const parts = (content ?? []).flatMap(toText)
  if (kind === 'execute') {
    const command =
      typeof rawInput === 'object' && rawInput !== null && 'command' in rawInput ? rawInput.command : null
    const line = typeof command === 'string' ? command : (title ?? '')
    return { text: ['Run this command?', ...parts].join('\n'), detail: line }
  }
  const input = rawInput === undefined || rawInput === null ? [] : [JSON.stringify(rawInput, null, 2)]
  const detail = parts.length > 0 ? parts : input
  return { text: `${title ?? 'Use a tool'}?`, detail: detail.join('\n\n') }
}

function toText(part: ToolCallContent): string[] {
  if (part.type === 'content') return part.content.type === 'text' ? [part.content.text] : []
  if (part.type !== 'diff') return []
  const before = part.oldText ? `${marked('-', part.oldText)}\n` : ''
  return [`${part.path}\n\n${before}${marked('+', part.newText)}`]
}

function marked(sign: string, text: string): string {
  return text.replace(/^/gm, `${sign} `)
}
