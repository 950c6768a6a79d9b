import { type Item, sendEvents, sendJson, toText, type WireFormat } from './format.ts'

/** A request to the Messages API. */
interface Body {
  readonly model?: string
  readonly stream?: boolean
  readonly tools?: readonly { readonly name?: string }[]
  readonly messages?: readonly { readonly role: string; readonly content: string | readonly Part[] }[]
}

interface Part {
  readonly type: string
  readonly text?: string
  readonly content?: unknown
}

/** The Messages API, which Claude Code uses. */
export const anthropic: WireFormat<Body> = {
  path: /^\/v1\/messages/,
  read: ({ tools = [], messages = [] }) => ({
    tools: tools.flatMap(({ name }) => name ?? []),
    items: messages.flatMap(({ role, content }) =>
      (typeof content === 'string' ? [{ type: 'text', text: content }] : content).flatMap((part) =>
        toItems(role, part),
      ),
    ),
  }),
  write: (response, { step, id, path, body }) => {
    if (path.includes('count_tokens')) return sendJson(response, { input_tokens: 10 })
    const message = {
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model: body.model ?? 'fake',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    }
    const isCall = 'tool' in step
    const reason = isCall ? 'tool_use' : 'end_turn'
    const block = isCall
      ? { type: 'tool_use', id: `toolu_${id}`, name: step.tool, input: {} }
      : { type: 'text', text: '' }
    const delta = isCall
      ? { type: 'input_json_delta', partial_json: JSON.stringify(step.args ?? {}) }
      : { type: 'text_delta', text: step.text }
    if (body.stream !== true) {
      const content = isCall ? { ...block, input: step.args ?? {} } : { ...block, text: step.text }
      return sendJson(response, { ...message, content: [content], stop_reason: reason })
    }
    return sendEvents(response, [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: reason, stop_sequence: null },
        usage: { output_tokens: 5 },
      },
      { type: 'message_stop' },
    ])
  },
}

function toItems(role: string, part: Part): Item[] {
  if (part.type === 'tool_result') return [{ kind: 'result', text: toText(part.content) }]
  return role === 'user' && part.type === 'text' ? [{ kind: 'user', text: part.text ?? '' }] : []
}
