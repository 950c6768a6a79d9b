import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { requireContentType, requireHost, requireSameOrigin } from './client-guard.ts'
import { roomOf, toPageEvents, toPageMessages, toPageState } from './client-state.ts'
import { waitFor } from './client-wait.ts'
import type { WorldEvent } from './events.ts'
import { forward } from './forward.ts'
import { chooseInline, inlineQuery } from './inline.ts'
import { blockBot, unblockBot } from './membership.ts'
import { editOwn, openStartLink, react, say } from './person.ts'
import { Refusal } from './refusal.ts'
import { tapData } from './tap.ts'
import { uploadDocument, uploadPhoto } from './upload.ts'
import { addPerson, type Person, type World } from './world.ts'

export interface ClientOptions {
  /** Host names besides localhost, 127.0.0.1 and [::1] by which the page may be opened; any port. */
  readonly allowedHosts?: readonly string[]
  /** How long a pressed button waits for the bot. */
  readonly tapTimeoutMs?: number
  /** How often an idle stream of events says that it is alive. */
  readonly heartbeatMs?: number
}

const MEGABYTE = 1024 * 1024
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const messageId = z.int().positive()
const replyTo = messageId.optional()
const Say = z.object({ text: z.string().min(1).max(200_000), replyTo })
const Edit = z.object({ messageId, text: z.string().min(1).max(4096) })
const Tap = z.object({ messageId, data: z.string().min(1).max(256) })
const Forward = z.object({ messageId })
const React = z.object({ messageId, emoji: z.string().min(1).max(16).nullable() })
const Start = z.object({ payload: z.string().max(64) })
const Block = z.object({ blocked: z.boolean() })
const Inline = z.object({ query: z.string().max(256) })
const Choose = z.object({ queryId: z.string(), resultId: z.string(), replyTo })
const Upload = z.object({
  file: z.instanceof(File),
  kind: z.enum(['photo', 'document']),
  caption: z.string().max(1024).optional(),
  replyTo: z.coerce.number().int().positive().optional(),
})

/** The chat page and what it asks: the part of the playground that a browser sees. */
export function clientRoutes(world: World, options: ClientOptions = {}): Hono {
  const app = new Hono()
  const host = requireHost(options.allowedHosts ?? [])
  app.use('/', host, pageHeaders)
  app.use('/assets/*', host, pageHeaders, etag())
  app.use('/client/*', host, requireSameOrigin(), pageHeaders)
  addPage(app)
  addReading(app, world, options)
  addActing(app, world)
  addAsking(app, world, options)
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
  app.get('/assets/:name{[a-z-]+\\.(?:css|js|svg)}', (c) => asset(c, c.req.param('name')))
}

async function asset(c: Context, name: string): Promise<Response> {
  const bytes = await readFile(new URL(`./page/${name}`, import.meta.url)).catch(() => null)
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
      const tell = (event: object) => void stream.writeSSE({ data: JSON.stringify(event) })
      const unsubscribe = world.subscribe((event) => toPageEvents(world, person, event).forEach(tell))
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

function addActing(app: Hono, world: World): void {
  const on = <S extends z.ZodType>(
    path: string,
    schema: S,
    work: (who: { userId: number }, input: z.infer<S>) => void,
  ) =>
    app.post(`/client/${path}`, requireContentType('application/json'), smallBody, async (c) => {
      const input = await readJson(c, schema)
      const who = { userId: requirePerson(world, c).user.id }
      act(() => work(who, input))
      return c.json({})
    })

  on('say', Say, (who, { text, replyTo }) => void say(world, { ...who, text, ...optional({ replyTo }) }))
  on('edit', Edit, (who, input) => void editOwn(world, { ...who, ...input }))
  on('react', React, (who, input) => react(world, { ...who, ...input }))
  on('forward', Forward, (who, input) => void forward(world, { ...who, ...input }))
  on('block', Block, (who, { blocked }) => (blocked ? blockBot : unblockBot)(world, who))
  on('choose', Choose, (who, { replyTo, ...chosen }) => {
    chooseInline(world, { ...who, ...chosen, ...optional({ replyTo }) })
  })
  on('start', Start, (who, { payload }) => {
    unblockBot(world, who)
    openStartLink(world, { ...who, payload })
  })

  const fileBody = bodyLimit({ maxSize: 51 * MEGABYTE })
  app.post('/client/upload', requireContentType('multipart/form-data'), fileBody, async (c) => {
    const { file, kind, caption, replyTo } = parse(Upload, await c.req.parseBody())
    const { user } = requirePerson(world, c)
    const bytes = new Uint8Array(await file.arrayBuffer())
    const given = { userId: user.id, bytes, name: file.name, ...(file.type ? { mimeType: file.type } : {}) }
    const upload = kind === 'photo' ? uploadPhoto : uploadDocument
    act(() => upload(world, { ...given, ...optional({ caption, replyTo }) }))
    return c.json({})
  })
}

function addAsking(app: Hono, world: World, options: ClientOptions): void {
  app.post('/client/tap', requireContentType('application/json'), smallBody, async (c) => {
    const input = await readJson(c, Tap)
    const userId = requirePerson(world, c).user.id
    const { event } = await waitFor(world, {
      act: () => act(() => requireQuery(tapData(world, { userId, ...input }))),
      isAnswer: (event, id): event is Extract<WorldEvent, { type: 'callback-answered' }> =>
        event.type === 'callback-answered' && event.queryId === id,
      milliseconds: options.tapTimeoutMs ?? 15_000,
      signal: c.req.raw.signal,
    })
    if (event === null) return c.json({ answered: false })
    return c.json({ answered: true, showAlert: event.showAlert, ...optional({ text: event.text }) })
  })

  app.post('/client/inline', requireContentType('application/json'), smallBody, async (c) => {
    const { query } = await readJson(c, Inline)
    const userId = requirePerson(world, c).user.id
    const { id, event } = await waitFor(world, {
      act: () => act(() => inlineQuery(world, { userId, query })),
      isAnswer: (event, id): event is Extract<WorldEvent, { type: 'inline-answered' }> =>
        event.type === 'inline-answered' && event.queryId === id,
      milliseconds: options.tapTimeoutMs ?? 15_000,
      signal: c.req.raw.signal,
    })
    return c.json({ queryId: id, results: event?.results ?? [], ...optional({ button: event?.button }) })
  })
}

const fresh = { 'cache-control': 'no-store' }
const smallBody = bodyLimit({ maxSize: MEGABYTE })

/** The person of the page, by default the owner. The stranger to switch to is let in with the first page. */
function requirePerson(world: World, c: Context): Person {
  if (world.people.size === 1) {
    addPerson(world, { id: world.owner.user.id + 1, firstName: 'A stranger', started: false })
  }
  const as = c.req.query('as')
  const person = as === undefined ? world.owner : world.people.get(Number(as))
  if (person === undefined) return world.owner
  roomOf(world, person)
  return person
}

async function readJson<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  return parse(schema, await c.req.json().catch(() => undefined))
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new HTTPException(400, { message: z.prettifyError(parsed.error) })
  return parsed.data
}

// The world refuses with plain errors that say why; any other kind is a fault of ours and stays loud.
function act<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isRefusal = error instanceof Refusal || (error instanceof Error && error.constructor === Error)
    throw isRefusal ? new HTTPException(400, { message: error.message }) : error
  }
}

function requireQuery(result: ReturnType<typeof tapData>): string {
  if (result.kind !== 'callback') throw new Error('This button does not ask the bot.')
  return result.queryId
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

function optional<T extends object>(values: T): Present<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as Present<T>
}

/** The type by the first bytes: what the sender claimed could make a browser run it. */
function imageType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG')) return 'image/png'
  if (head.startsWith('\xff\xd8')) return 'image/jpeg'
  if (head.startsWith('GIF8')) return 'image/gif'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : null
}
