import { z } from 'zod'

/** A request from the other side: returns its result, or throws. */
export type RequestHandler = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>

export interface JsonRpcOptions {
  readonly write: (line: string) => void
  readonly onRequest: RequestHandler
  readonly onNotification: (method: string, params: unknown) => void
}

/** One side of a JSON-RPC connection, one message per line, without the `jsonrpc` field as Codex has it. */
export interface JsonRpc {
  /** Sends a request. Rejects with the other side's error, or when the connection closes. */
  readonly call: (method: string, params: unknown) => Promise<unknown>
  readonly notify: (method: string) => void
  /** Takes a message. */
  readonly receive: (message: Readonly<Record<string, unknown>>) => void
  /** Ends a request that the other side no longer needs answered. */
  readonly cancel: (id: string | number) => void
  /** Rejects what waits for an answer. */
  readonly close: () => void
}

const Incoming = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
})

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Creates one side of a connection. */
export function createJsonRpc({ write, onRequest, onNotification }: JsonRpcOptions): JsonRpc {
  const waiting = new Map<string | number, Waiting>()
  const asked = new Map<string | number, AbortController>()
  let nextId = 0
  const send = (message: object) => write(JSON.stringify(message))

  const answer = async (id: string | number, method: string, params: unknown) => {
    const controller = new AbortController()
    asked.set(id, controller)
    try {
      send({ id, result: await onRequest(method, params, controller.signal) })
    } catch (error) {
      send({ id, error: { code: -32_601, message: (error as Error).message } })
    } finally {
      asked.delete(id)
    }
  }

  return {
    call: (method, params) => {
      nextId += 1
      const id = nextId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        send({ id, method, params })
      })
    },
    notify: (method) => send({ method }),
    receive: (raw) => {
      const parsed = Incoming.safeParse(raw)
      if (!parsed.success) return
      const { id, method, params, result, error } = parsed.data
      if (method !== undefined && id !== undefined) return void answer(id, method, params)
      if (method !== undefined) return onNotification(method, params)
      const caller = waiting.get(id ?? '')
      waiting.delete(id ?? '')
      if (error === undefined) caller?.resolve(result)
      else caller?.reject(new Error(error.message))
    },
    cancel: (id) => asked.get(id)?.abort(),
    close: () => {
      for (const { reject } of waiting.values()) reject(new Error('The agent has ended.'))
      waiting.clear()
      for (const controller of asked.values()) controller.abort()
    },
  }
}
