import { request as ask, createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'

/** A request from a program to the bot. */
export interface WireCall {
  /** The path of the URL, e.g. `/mcp`. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON; null without a body. */
  readonly body: { readonly method?: string; readonly hook_event_name?: string } | null
  /** Resolves when the answer is sent, or the connection is closed. */
  readonly answered: Promise<void>
}

/** A proxy between the programs and the bot: its address survives the bot's restarts, and it shows what they send. */
export interface Wire {
  readonly url: string
  readonly calls: readonly WireCall[]
  /** Resolves with the next call that fits. */
  readonly next: (fits: (call: WireCall) => boolean) => Promise<WireCall>
  /** Closes all connections without an answer, as if the bot were killed. */
  readonly cut: () => void
  readonly close: () => Promise<void>
}

/** Tests for a method of MCP, e.g. `tools/call`. */
export function isMethod(method: string): (call: WireCall) => boolean {
  return ({ path, body }) => path === '/mcp' && body?.method === method
}

/** Tests for an event of a program's hooks, e.g. `PermissionRequest`. */
export function isEvent(name: string): (call: WireCall) => boolean {
  return ({ path, body }) => path.startsWith('/hooks/') && body?.hook_event_name === name
}

/** Opens a proxy to the bot at the URL that it has at the time of each request. */
export async function openWire(botUrl: () => string): Promise<Wire> {
  const calls: WireCall[] = []
  const waiting = new Set<(call: WireCall) => void>()
  const server = createServer((request, response) => {
    const answered = new Promise<void>((resolve) => response.once('close', resolve))
    const forward = async () => {
      const path = request.url ?? '/'
      const { method = 'GET', headers } = request
      const text = await readText(request)
      const call = { path, headers, body: text === '' ? null : JSON.parse(text), answered }
      // The bot confirms that it has the request, so it doesn't take the connection for idle when it stops.
      const confirmed = { ...headers, expect: '100-continue' }
      const toBot = ask(new URL(path, botUrl()), { method, headers: confirmed })
      toBot.once('continue', () => {
        toBot.end(text)
        calls.push(call)
        for (const look of [...waiting]) look(call)
      })
      // A program that hangs up also hangs up on the bot.
      response.once('close', () => toBot.destroy())
      const fromBot = await new Promise<IncomingMessage>((resolve, reject) => {
        toBot.once('response', resolve).on('error', reject).flushHeaders()
      })
      response.writeHead(fromBot.statusCode ?? 502, fromBot.headers)
      fromBot.on('error', () => response.destroy()).pipe(response)
    }
    forward().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    next: (fits) =>
      new Promise((resolve) => {
        const look = (call: WireCall) => {
          if (!fits(call)) return
          waiting.delete(look)
          resolve(call)
        }
        waiting.add(look)
      }),
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
