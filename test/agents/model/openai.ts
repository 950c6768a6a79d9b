import { type Item, sendEvents, toText, type WireFormat } from './format.ts'

/** A request to the Responses API. */
interface Body {
  readonly tools?: readonly Tool[]
  readonly input?: readonly Input[]
}

interface Tool {
  readonly name?: string
  /** Codex puts a server's tools into a namespace. */
  readonly tools?: readonly { readonly name: string }[]
}

interface Input {
  readonly type?: string
  readonly role?: string
  readonly content?: unknown
  readonly output?: unknown
}

/** The Responses API, which Codex uses. */
export const openai: WireFormat<Body> = {
  path: /\/responses/,
  read: ({ tools = [], input = [] }) => ({
    tools: flatten(tools).map(({ name }) => name),
    items: input.flatMap(toItems),
  }),
  write: (response, { step, id, body }) => {
    const item = 'tool' in step ? toCall(step, id, flatten(body.tools ?? [])) : toMessage(step.text, id)
    const usage = {
      input_tokens: 10,
      input_tokens_details: null,
      output_tokens: 5,
      output_tokens_details: null,
      total_tokens: 15,
    }
    sendEvents(response, [
      { type: 'response.created', response: { id: `resp_${id}` } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { id: `resp_${id}`, usage } },
    ])
  },
}

function flatten(tools: readonly Tool[]): { readonly name: string; readonly namespace?: string }[] {
  return tools.flatMap(({ name, tools: inside }) => {
    if (inside !== undefined)
      return inside.map((tool) => ({ name: tool.name, ...(name === undefined ? {} : { namespace: name }) }))
    return name === undefined ? [] : [{ name }]
  })
}

function toItems({ type, role, content, output }: Input): Item[] {
  if (type?.endsWith('call_output')) return [{ kind: 'result', text: toText(output) }]
  return role === 'user' ? [{ kind: 'user', text: toText(content) }] : []
}

function toCall(
  step: { readonly tool: string; readonly args?: object },
  id: number,
  tools: ReturnType<typeof flatten>,
) {
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: `call_${id}`,
    ...tools.find(({ name }) => name === step.tool),
    name: step.tool,
    arguments: JSON.stringify(step.args ?? {}),
  }
}

function toMessage(text: string, id: number) {
  return { type: 'message', id: `msg_${id}`, role: 'assistant', content: [{ type: 'output_text', text }] }
}
