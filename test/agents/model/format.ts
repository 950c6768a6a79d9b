import type { ServerResponse } from 'node:http'

/** What the model does next: calls a tool, or ends its turn with a text. */
export type Step = Call | { readonly text: string }

export interface Call {
  /** A tool's name without the prefix that the program adds for its server. */
  readonly tool: string
  readonly args?: object
}

/** A part of the conversation that the program sends with each request. */
export type Item =
  | { readonly kind: 'user'; readonly text: string }
  | { readonly kind: 'result'; readonly text: string }

export interface Conversation {
  readonly items: readonly Item[]
  /** The names of the tools that the model may call. */
  readonly tools: readonly string[]
}

/** A vendor's HTTP API, as far as its program uses it. */
export interface WireFormat<Body = unknown> {
  readonly path: RegExp
  readonly read: (body: Body) => Conversation
  /** Sends one step; `id` is unique among the answers. */
  readonly write: (response: ServerResponse, answer: Answer<Body>) => void
}

export interface Answer<Body> {
  readonly step: Step
  readonly id: number
  readonly path: string
  readonly body: Body
}

/** Sends server-sent events, with their type as the event's name if they have one. */
export function sendEvents(
  response: ServerResponse,
  events: readonly Readonly<Record<string, unknown>>[],
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    const name = event.type === undefined ? '' : `event: ${event.type}\n`
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`)
  }
  response.end()
}

export function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Returns the text of content that is a string, a list of parts, or any JSON. */
export function toText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content ?? '')
  return content.map((part) => (typeof part?.text === 'string' ? part.text : JSON.stringify(part))).join('\n')
}
