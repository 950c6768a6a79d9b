import { type Item, sendEvents, sendJson, toText, type WireFormat } from './format.ts'

/** A request to generateContent. */
interface Body {
  readonly generationConfig?: { readonly responseMimeType?: string }
  readonly tools?: readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[]
  readonly contents?: readonly { readonly role?: string; readonly parts?: readonly Part[] }[]
}

interface Part {
  readonly text?: string
  readonly functionResponse?: { readonly response?: { readonly output?: string; readonly error?: string } }
}

// Gemini CLI asks how hard a prompt is and who speaks next, and expects an object with these fields.
const classification = {
  complexity_reasoning: 'simple',
  complexity_score: 1,
  reasoning: 'done',
  next_speaker: 'user',
}

/** The generateContent API, which Gemini CLI uses. */
export const gemini: WireFormat<Body> = {
  path: /:(streamG|g)enerateContent/,
  read: ({ tools = [], contents = [] }) => ({
    tools: tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
    items: contents.flatMap(({ role, parts = [] }) => parts.flatMap((part) => toItems(role, part))),
  }),
  write: (response, { step, path, body }) => {
    const asJson = body.generationConfig?.responseMimeType === 'application/json'
    const part =
      'tool' in step
        ? { functionCall: { name: step.tool, args: step.args ?? {} } }
        : { text: asJson ? JSON.stringify(classification) : step.text }
    const answer = {
      candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    }
    if (path.includes(':stream')) sendEvents(response, [answer])
    else sendJson(response, answer)
  },
}

function toItems(role: string | undefined, { text, functionResponse }: Part): Item[] {
  if (functionResponse !== undefined) {
    const { response } = functionResponse
    return [{ kind: 'result', text: toText(response?.output ?? response?.error ?? response) }]
  }
  return role === 'user' && text !== undefined ? [{ kind: 'user', text }] : []
}
