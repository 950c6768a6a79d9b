import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { streamSSE } from 'hono/streaming'
import type { World } from '../world/world.ts'
import { addActions, addQuestions } from './actions.ts'
import { requireHost, requireSameOrigin } from './guard.ts'
import { requirePerson } from './input.ts'
import { giveCookie, type PageKey, requireCookie } from './page-key.ts'
import { toPageEvents, toPageMessages, toPageState } from './state.ts'

export interface ClientOptions {
  /** `open`: anyone who reaches the port may use the page; for tests. */
  readonly pageKey: PageKey | 'open'
  /** Allowed host names besides localhost, 127.0.0.1 and [::1], on any port. */
  readonly allowedHosts?: readonly string[]
  /** How long a pressed button waits for the bot. */
  readonly tapTimeoutMs?: number
  /** How often an idle event stream sends a heartbeat. */
  readonly heartbeatMs?: number
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Builds the chat page and its API for the browser. */
export function clientRoutes(world: World, options: ClientOptions): Hono {
  const app = new Hono()
  const host = requireHost(options.allowedHosts ?? [])
  const { pageKey } = options
  app.use('/', host, pageHeaders)
  app.use('/assets/*', host, pageHeaders, etag())
  app.use('/client/*', host, requireSameOrigin(), pageHeaders)
  if (pageKey !== 'open') {
    app.use('/', giveCookie(pageKey))
    app.use('/client/*', requireCookie(pageKey))
  }
  addPage(app)
  addReading(app, world, options)
  addActions(app, world)
  addQuestions(app, world, options.tapTimeoutMs ?? 15_000)
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status)
    throw error
  })
  return app
}

const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
})

function addPage(app: Hono): void {
  app.get('/', (c) => asset(c, 'index.html'))
  app.get('/assets/:name{(?:[a-z]+/)?[a-z-]+\\.(?:css|js|svg)}', (c) => asset(c, c.req.param('name')))
}

async function asset(c: Context, name: string): Promise<Response> {
  const bytes = await readFile(new URL(`../page/${name}`, import.meta.url)).catch(() => null)
  if (bytes === null) return c.notFound()
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  return c.body(new Uint8Array(bytes), 200, { 'content-type': type, 'cache-control': 'no-cache' })
}

function addReading(app: Hono, world: World, options: ClientOptions): void {
  app.get('/client/state', (c) => c.json(toPageState(world, requirePerson(world, c)), 200, fresh))

  app.get('/client/earlier', (c) => {
    const before = Number(c.req.query('before') ?? Number.NaN)
    if (!Number.isSafeInteger(before))
      throw new HTTPException(400, { message: 'before must be a message id.' })
    return c.json(toPageMessages(world, requirePerson(world, c), before), 200, fresh)
  })

  app.get('/client/events', (c) => {
    const person = requirePerson(world, c)
    return streamSSE(c, async (stream) => {
      const send = (event: object) => void stream.writeSSE({ data: JSON.stringify(event) })
      const unsubscribe = world.subscribe((event) => toPageEvents(world, person, event).forEach(send))
      const beat = setInterval(() => void stream.write(': alive\n\n'), options.heartbeatMs ?? 20_000)
      const left = new Promise<void>((resolve) => stream.onAbort(resolve))
      await stream.writeSSE({ event: 'hello', data: '{}' })
      await left
      clearInterval(beat)
      unsubscribe()
    })
  })

  app.get('/client/file/:id/:name?', (c) => {
    const file = world.files.get(c.req.param('id'))
    if (file === undefined) throw new HTTPException(404, { message: 'There is no such file.' })
    const image = imageType(file.bytes)
    const named = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`
    return c.body(new Uint8Array(file.bytes), 200, {
      'content-type': image ?? 'application/octet-stream',
      'content-disposition': image !== null && c.req.param('name') === undefined ? 'inline' : named,
      'cache-control': 'private, max-age=86400',
    })
  })
}

const fresh = { 'cache-control': 'no-store' }
/** Detects an image's type by its first bytes: a browser might execute a claimed type. */
function imageType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG')) return 'image/png'
  if (head.startsWith('\xff\xd8')) return 'image/jpeg'
  if (head.startsWith('GIF8')) return 'image/gif'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : null
}
