import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { anthropic } from './anthropic.ts'
import { type Call, type Conversation, type Item, type Step, sendJson, type WireFormat } from './format.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'

/** Decides when the program asks; may let it wait. */
export type Decision = (request: ModelRequest) => Step | Promise<Step>

/** The model's steps for one prompt, or a function that decides each of them. */
export type Script = Decision | readonly (Step | Decision)[]

/** A request whose conversation contains a prompt with a script. */
export interface ModelRequest {
  readonly prompt: string
  /** What the tools returned since the prompt, oldest first. */
  readonly results: readonly string[]
  /** What else the program added since the prompt, e.g. a hook's context, oldest first. */
  readonly texts: readonly string[]
  readonly tools: readonly string[]
  /** The whole request, with the program's instructions. */
  readonly raw: string
}

export interface FakeModel {
  readonly url: string
  /** Sets the steps for a prompt. The n-th request after the prompt gets step n; after the last one, the turn ends. */
  readonly script: (prompt: string, steps: Script) => void
  /** The requests of scripted prompts, oldest first. */
  readonly requests: readonly ModelRequest[]
  /** What the tools returned, as the newest request has it. */
  readonly results: () => readonly string[]
  /** Tools that a script called and the program didn't offer. */
  readonly problems: readonly string[]
  /** Forgets scripts, requests and problems. */
  readonly reset: () => void
  readonly close: () => Promise<void>
}

const formats = [anthropic, openai, gemini] as readonly WireFormat[]

/** Starts a model that follows scripts, in the formats of all three vendors, on loopback. */
export async function startFakeModel(): Promise<FakeModel> {
  const scripts = new Map<string, Script>()
  const requests: ModelRequest[] = []
  const problems: string[] = []
  let answers = 0

  const next = async (conversation: Conversation, raw: string): Promise<Step> => {
    const request = toRequest(conversation, { prompts: [...scripts.keys()], raw })
    // Programs also ask for titles and the like, without tools.
    if (request === null || request.tools.length === 0) return { text: 'Done.' }
    requests.push(request)
    const script = scripts.get(request.prompt) ?? []
    const step = typeof script === 'function' ? script : script[request.results.length]
    const decided = typeof step === 'function' ? await step(request) : (step ?? { text: 'All done.' })
    return 'tool' in decided ? toOffered(decided, request.tools) : decided
  }
  const toOffered = (call: Call, tools: readonly string[]): Step => {
    const tool = tools.find((name) => name === call.tool) ?? tools.find((name) => name.endsWith(call.tool))
    if (tool !== undefined) return { ...call, tool }
    problems.push(`${call.tool} is not among the tools: ${tools.join(' ')}`)
    return { text: `There is no ${call.tool}.` }
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/'
    const raw = await readText(request)
    const format = formats.find((one) => one.path.test(path))
    if (format === undefined) return sendJson(response, { data: [], models: [], totalTokens: 10 })
    const body: unknown = JSON.parse(raw)
    const step = await next(format.read(body), raw)
    answers += 1
    return format.write(response, { step, id: answers, path, body })
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      problems.push(String(error))
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script: (prompt, steps) => void scripts.set(prompt, steps),
    requests,
    results: () => requests.at(-1)?.results ?? [],
    problems,
    reset: () => {
      scripts.clear()
      requests.length = 0
      problems.length = 0
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Finds the newest scripted prompt and what the tools returned since; null without such a prompt. */
function toRequest(
  { items, tools }: Conversation,
  { prompts, raw }: { readonly prompts: readonly string[]; readonly raw: string },
): ModelRequest | null {
  const at = items.findLastIndex(
    ({ kind, text }) => kind === 'user' && prompts.some((prompt) => text.includes(prompt)),
  )
  const prompt = prompts.find((one) => items[at]?.text.includes(one))
  if (prompt === undefined) return null
  const textsOf = (kind: Item['kind']) =>
    items.slice(at + 1).flatMap((item) => (item.kind === kind ? item.text : []))
  return { prompt, results: textsOf('result'), texts: textsOf('user'), tools, raw }
}
