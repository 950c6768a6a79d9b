import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { CallContext, UploadedFile } from '../methods/method.ts'
import { answerCall, type CallAnswer, toMethodName } from '../protocol/call.ts'
import { fetchFile } from '../protocol/fetch-file.ts'
import { parseMultipart } from '../protocol/multipart.ts'
import { BotApiError, refuseCall } from '../protocol/refusal.ts'
import { openSchema } from '../protocol/schema.ts'
import type { World } from '../world/model.ts'
import { requireHost, requireSameOrigin } from './guard.ts'

export interface BotApiOptions {
  /** Allowed host names besides localhost, 127.0.0.1 and [::1]. */
  readonly allowedHosts?: readonly string[]
  /** Downloads a photo or file that is given by URL. */
  readonly fetchFile?: CallContext['fetchFile']
}

const largestBody = 50 * 1024 * 1024

// A link must not change anything. Telegram allows GET for all methods, but no client library uses it.
const byGet = /^get(?!Updates$)/

/** Builds the Bot API's routes: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export function botApiRoutes(world: World, options: BotApiOptions = {}): Hono {
  const app = new Hono()
  const guards = [requireHost(options.allowedHosts ?? []), requireSameOrigin()] as const
  app.on(['GET', 'POST'], '/:bot{bot[^/]+}/:method', ...guards, async (c) => {
    try {
      requireToken(world, c.req.param('bot').slice(3))
      const method = toMethodName(c.req.param('method'))
      if (method === undefined) refuseCall(404, 'Not Found: method not found')
      if (c.req.method !== 'POST' && !byGet.test(method))
        refuseCall(405, `Method Not Allowed: ${method} needs POST`)
      const { params, uploads } = await readParams(c, method)
      const get = options.fetchFile ?? fetchFile
      const { signal } = c.req.raw
      return respond(c, await answerCall({ world, method, params, uploads, signal, fetchFile: get }))
    } catch (error) {
      if (!(error instanceof BotApiError)) throw error
      return respond(c, { kind: 'error', refusal: error })
    }
  })
  app.get('/file/:bot{bot[^/]+}/:path{.+}', ...guards, (c) => {
    const path = c.req.param('path')
    const isKnown = c.req.param('bot').slice(3) === world.bot.token
    const file = [...world.files.values()].find((stored) => stored.path === path)
    if (!isKnown || file === undefined)
      return respond(c, { kind: 'error', refusal: new BotApiError(404, 'Not Found') })
    return c.body(new Uint8Array(file.bytes), 200, { 'content-type': 'application/octet-stream' })
  })
  app.all('/:bot{bot[^/]+}/*', (c) =>
    respond(c, { kind: 'error', refusal: new BotApiError(404, 'Not Found') }),
  )
  return app
}

function requireToken(world: World, token: string): void {
  if (!/^\d+:[\w-]+$/.test(token)) refuseCall(401, 'Unauthorized: invalid token specified')
  if (token !== world.bot.token) refuseCall(401, 'Unauthorized')
}

/** A file part named like a parameter becomes that parameter. An unreadable `allowed_updates` is ignored. */
async function readParams(
  c: Context,
  method: string,
): Promise<{ params: Record<string, unknown>; uploads: ReadonlyMap<string, UploadedFile> }> {
  const { values, uploads } = await readBody(c)
  const schema = openSchema()
  const raw = { ...c.req.query(), ...values }
  for (const name of uploads.keys()) {
    if (!(name in raw) && schema.has(method, name)) raw[name] = `attach://${name}`
  }
  const params: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(raw)) {
    const read = typeof value === 'string' ? schema.coerce(method, name, value) : value
    const isIgnored = name === 'allowed_updates' && typeof read === 'string'
    if (read !== null && !isIgnored) params[name] = read
  }
  return { params, uploads }
}

async function readBody(
  c: Context,
): Promise<{ values: Record<string, unknown>; uploads: ReadonlyMap<string, UploadedFile> }> {
  const uploads = new Map<string, UploadedFile>()
  if (Number(c.req.header('content-length') ?? 0) > largestBody) refuseCall(413, 'Request Entity Too Large')
  const body = Buffer.from(await c.req.arrayBuffer())
  if (body.length > largestBody) refuseCall(413, 'Request Entity Too Large')
  if (body.length === 0) return { values: {}, uploads }
  const contentType = c.req.header('content-type') ?? ''
  switch (contentType.split(';')[0]?.trim().toLowerCase()) {
    case 'application/json':
      return { values: requireObject(body.toString('utf8')), uploads }
    case 'application/x-www-form-urlencoded':
      return { values: Object.fromEntries(new URLSearchParams(body.toString('utf8'))), uploads }
    case 'multipart/form-data': {
      const parts = parseMultipart(contentType, body)
      if (parts === null) refuseCall(400, "Bad Request: can't parse multipart request body")
      return { values: Object.fromEntries(parts.fields), uploads: parts.files }
    }
    default:
      return { values: {}, uploads }
  }
}

function requireObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    refuseCall(400, "Bad Request: can't parse JSON request body")
  }
  return refuseCall(400, "Bad Request: can't parse JSON request body")
}

function respond(c: Context, answer: CallAnswer): Response {
  if (answer.kind === 'lost') {
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
    incoming?.socket.destroy()
    return c.body(null, 500)
  }
  if (answer.kind === 'result') {
    const description = answer.description === undefined ? {} : { description: answer.description }
    return json(200, { ok: true, result: answer.result, ...description })
  }
  const { code, message, retryAfter, migrateTo } = answer.refusal
  const parameters = {
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    ...(migrateTo === undefined ? {} : { migrate_to_chat_id: migrateTo }),
  }
  return json(
    code,
    {
      ok: false,
      error_code: code,
      description: message,
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    },
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  )
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}
