import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { WorldEvent } from '../world/events.ts'
import { forward } from '../world/forward.ts'
import { chooseInline, inlineQuery } from '../world/inline.ts'
import { blockBot, unblockBot } from '../world/membership.ts'
import { editOwn, openStartLink, react, sendText } from '../world/person.ts'
import { tapData } from '../world/tap.ts'
import { uploadDocument, uploadPhoto } from '../world/upload.ts'
import type { World } from '../world/world.ts'
import { requireContentType } from './guard.ts'
import { act, optional, parseInput, readJson, requirePerson } from './input.ts'
import { waitForEvent } from './wait.ts'

const MEGABYTE = 1024 * 1024
const smallBody = bodyLimit({ maxSize: MEGABYTE })

const messageId = z.int().positive()
const replyTo = messageId.optional()
const SendText = z.object({ text: z.string().min(1).max(200_000), replyTo })
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

/** Adds the routes of a person's actions; each action is complete when its response arrives. */
export function addActions(app: Hono, world: World): void {
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

  on(
    'send-text',
    SendText,
    (who, { text, replyTo }) => void sendText(world, { ...who, text, ...optional({ replyTo }) }),
  )
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
    const { file, kind, caption, replyTo } = parseInput(Upload, await c.req.parseBody())
    const { user } = requirePerson(world, c)
    const bytes = new Uint8Array(await file.arrayBuffer())
    const given = { userId: user.id, bytes, name: file.name, ...(file.type ? { mimeType: file.type } : {}) }
    const upload = kind === 'photo' ? uploadPhoto : uploadDocument
    act(() => upload(world, { ...given, ...optional({ caption, replyTo }) }))
    return c.json({})
  })
}

/** Adds the routes that wait up to `milliseconds` for the bot. */
export function addQuestions(app: Hono, world: World, milliseconds: number): void {
  app.post('/client/tap', requireContentType('application/json'), smallBody, async (c) => {
    const input = await readJson(c, Tap)
    const userId = requirePerson(world, c).user.id
    const { event } = await waitForEvent(world, {
      act: () => act(() => requireQuery(tapData(world, { userId, ...input }))),
      isAnswer: (event, id): event is Extract<WorldEvent, { type: 'callback-answered' }> =>
        event.type === 'callback-answered' && event.queryId === id,
      milliseconds,
      signal: c.req.raw.signal,
    })
    if (event === null) return c.json({ answered: false })
    return c.json({ answered: true, showAlert: event.showAlert, ...optional({ text: event.text }) })
  })

  app.post('/client/inline', requireContentType('application/json'), smallBody, async (c) => {
    const { query } = await readJson(c, Inline)
    const userId = requirePerson(world, c).user.id
    const { id, event } = await waitForEvent(world, {
      act: () => act(() => inlineQuery(world, { userId, query })),
      isAnswer: (event, id): event is Extract<WorldEvent, { type: 'inline-answered' }> =>
        event.type === 'inline-answered' && event.queryId === id,
      milliseconds,
      signal: c.req.raw.signal,
    })
    return c.json({ queryId: id, results: event?.results ?? [], ...optional({ button: event?.button }) })
  })
}

function requireQuery(result: ReturnType<typeof tapData>): string {
  if (result.kind !== 'callback') throw new Error('This button does not ask the bot.')
  return result.queryId
}
