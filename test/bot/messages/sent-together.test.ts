import type { Message } from 'grammy/types'
import { beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { criteriaOf } from '../../../src/domain/tasks/notes/note.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import type { PersonContent } from '../../../src/playground/client/content.ts'
import type { WorldEvent } from '../../../src/playground/world/events.ts'
import type { TestBot } from '../../support/bot.ts'
import { labelsOn, useBot } from '../../support/chat.ts'

const start = new Date('2026-11-28T13:10:00Z')
let now = start
const getBot = useBot({ now: () => now })
let bot: TestBot

beforeEach(() => {
  bot = getBot()
  now = start
})

const tasks = () => listTasks(bot.scope, {})
const task = (key = 'WEB-1') => requireTask(bot.scope, key)
const logs = async () => (await listWorkLogs(bot.scope, { task: 'WEB-1' }, { limit: 50 })).entries
const edits = () => bot.world.calls.filter(({ method }) => method === 'editMessageText')
const grace = { name: 'Grace Hopper' }
const document = (id: string, more: PersonContent = {}): PersonContent => ({
  document: { file_id: id, file_unique_id: id, file_name: `${id}.log` },
  ...more,
})
/** Waits until the card shows what was sent together, which it may already do. */
const shown = async (match?: string | RegExp) => {
  await bot.handled()
  if (match !== undefined) return bot.user.nextEdit(match, { within: 15_000 })
  const isEdit = (event: WorldEvent): event is Extract<WorldEvent, { type: 'call' }> =>
    event.type === 'call' && event.call.method === 'editMessageText'
  await bot.user.waitFor(isEdit, { within: 15_000 })
  return bot.user.lastMessage()
}

describe('a paste that a client splits', () => {
  const rest = 'and the rest of it !high #x'

  test.each([
    ['2,049 characters, in one second', 2_049, 1, 1],
    ['2,048 characters, in one second', 2_048, 1, 2],
    ['2,049 characters, two seconds apart', 2_049, 2, 2],
    ['3,900 characters of four bytes each', 3_900, 0, 1],
  ])('of %s', async (_what, length, seconds, count) => {
    const head = 'Long story !low\n'
    const filler = length === 3_900 ? '😀' : 'a'
    bot.user.sendText(head + filler.repeat(length - head.length))
    await bot.handled()
    now = new Date(start.getTime() + seconds * 1000)
    bot.user.sendText(rest)
    await bot.handled()

    expect(await tasks()).toHaveLength(count)
    expect(await task()).toMatchObject({ title: 'Long story', priority: 'low', labels: [] })
    if (count === 1) expect((await task()).note?.endsWith(rest)).toBe(true)
  })

  test('isn’t joined by a command, a reply or an album', async () => {
    const long = `Long story\n${'a'.repeat(3_000)}`
    bot.user.sendText(long)
    bot.user.sendText('/due')
    const list = await bot.user.nextMessage('Due')
    bot.user.sendText(long)
    bot.user.reply(list, 'a reply')
    bot.user.send({ ...document('D1'), caption: long.slice(0, 1_024), media_group_id: '7' })
    bot.user.sendText('Another thought')
    await bot.handled()

    const titles = (await tasks()).map(({ title }) => title)
    expect(titles).toContain('Another thought')
    expect(titles.filter((title) => title === 'Long story').length).toBeGreaterThanOrEqual(2)
  })

  test('can be edited in any part, and each edit updates the card once without a work log', async () => {
    const first = bot.user.sendText(`Long stroy !hgih\n${'a'.repeat(2_500)}`)
    const card = await bot.user.nextMessage('WEB-1')
    const second = bot.user.sendText('teh end')
    await shown()
    bot.world.calls.length = 0
    bot.user.edit(second, 'the end\n- [ ] proofread')
    await shown('1 criterion')
    bot.user.edit(first, `Long story !high\n${'a'.repeat(2_500)}`)
    const edited = await shown('Long story')

    expect(edited.message_id).toBe(card.message_id)
    expect(labelsOn(edited)).toContain('↩️ Undo')
    expect(await task()).toMatchObject({ title: 'Long story', priority: 'high' })
    expect((await task()).note).toContain('the end')
    expect((await task()).note).not.toContain('teh')
    expect(criteriaOf((await task()).note)).toEqual([{ text: 'proofread', met: false }])
    expect(await logs()).toEqual([])
    expect(edits()).toHaveLength(2)
  })
})

describe('files', () => {
  test.each([0, 1, 2])('of an album use the caption of part %s as text', async (at) => {
    for (const index of [0, 1, 2]) {
      const caption = index === at ? { caption: 'Crash logs of the till !high @codex ^2027-01-08' } : {}
      bot.user.send(document(`D${index}`, { ...caption, media_group_id: '12' }))
    }
    const card = await shown('3 files')

    expect(await tasks()).toHaveLength(1)
    expect(await task()).toMatchObject({ title: 'Crash logs of the till', priority: 'high', engine: 'codex' })
    expect((await task()).dueAt).not.toBeNull()
    expect(card.text).toContain('Crash logs of the till')
    expect(await logs()).toEqual([])
  })

  test.each([
    ['before', ['words', 'D1', 'D2']],
    ['after', ['D1', 'words']],
  ])('join text that is sent %s them', async (_when, order) => {
    for (const part of order) {
      if (part === 'words') bot.user.sendText('Read these logs !high')
      else bot.user.send(document(part))
    }
    await shown(`${order.length - 1} file`)

    expect(await tasks()).toHaveLength(1)
    expect(await task()).toMatchObject({ title: 'Read these logs', priority: 'high' })
  })

  test('and text two seconds later stay separate', async () => {
    bot.user.send(document('D1'))
    await bot.handled()
    now = new Date(start.getTime() + 2_000)
    bot.user.sendText('Another thought')
    await bot.handled()
    expect(await tasks()).toHaveLength(2)
  })
})

describe('messages sent together', () => {
  const text = (words: string) => () => bot.user.sendText(words)
  const forward = () => bot.user.forwardForeign('Forwarded', grace)
  const inAlbum = (id: string) => () => bot.user.send(document(id, { media_group_id: '12' }))
  const long = `Long story\n${'a'.repeat(4_050)}`
  const pairs = [
    { what: 'a forward and words', first: forward, last: text('Look at this'), limit: 1 },
    { what: 'words and a forward', first: text('Look at this'), last: forward, limit: 1 },
    { what: 'two forwards', first: forward, last: forward, limit: 1 },
    { what: 'a full message and its rest', first: text(long), last: text('The rest'), limit: 3 },
    { what: 'two files of an album', first: inAlbum('D1'), last: inAlbum('D2'), limit: 10 },
  ]
  const cases = pairs.flatMap(({ what, limit, first, last }) => [
    [what, limit - 1, 'one task', { first, last, count: 1 }] as const,
    [what, limit, 'one task', { first, last, count: 1 }] as const,
    [what, limit + 1, 'two tasks', { first, last, count: 2 }] as const,
  ])

  test.each(cases)('%s, %d s apart, become %s', async (_what, seconds, _tasks, { first, last, count }) => {
    first()
    await bot.handled()
    now = new Date(start.getTime() + seconds * 1_000)
    last()
    await bot.handled()

    expect(await tasks()).toHaveLength(count)
  })
})

describe('forwards', () => {
  test.each(['before', 'after'])('join text that is sent %s them', async (when) => {
    const words = () => bot.user.sendText('please check !high @codex')
    if (when === 'before') words()
    bot.user.forwardForeign('/undo is broken #urgent !low\nsince noon', grace)
    if (when === 'after') words()
    await shown()

    expect(await tasks()).toHaveLength(1)
    expect(await task()).toMatchObject({
      title: 'please check',
      priority: 'high',
      engine: 'codex',
      labels: [],
    })
    expect((await task()).note).toBe('/undo is broken #urgent !low\nsince noon\nForwarded from Grace Hopper')
  })

  test('follow text that is only shorthand, and get their title from the first forward', async () => {
    bot.user.forwardForeign('The till is broken', grace)
    bot.user.sendText('!high @codex')
    await shown('High')
    expect(await task()).toMatchObject({ title: 'The till is broken', priority: 'high', engine: 'codex' })
  })

  test('go to the project that the text names, and the card stays in place', async () => {
    await createProject(bot.ctx, { key: 'API', name: 'The API' })
    bot.user.forwardForeign('500 on login', grace)
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.sendText('API: look at this')
    const edited = await shown('API-1')
    expect(edited.message_id).toBe(card.message_id)
    expect((await findTask(bot.scope, 'WEB-1'))?.key).toBe('API-1')
  })

  test('with text that ends in > queue their task', async () => {
    bot.user.forwardForeign('500 on login', grace)
    bot.user.sendText('fix this >')
    await shown('Queued')
    expect(await task()).toMatchObject({ status: 'todo', runState: 'queued' })
  })

  test('keep the text’s warnings, and Undo removes them all', async () => {
    bot.user.sendText('Look at this !urgent')
    const card = await bot.user.nextMessage('WEB-1')
    for (const text of ['one', 'two', 'three']) bot.user.forwardForeign(text, grace)
    const joined = await shown()
    expect(joined.text).toBe(
      `${card.text?.split('\n')[0]}\nnote\nDidn’t recognize !urgent – left in the title.`,
    )

    bot.user.tap('↩️ Undo', card)
    await bot.user.nextEdit('Undone')
    expect(await tasks()).toEqual([])
  })

  test('that arrive after the task was changed only join its note', async () => {
    bot.user.sendText('Look at this !high')
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.tap('Todo', card)
    await bot.user.nextEdit('Todo')
    bot.user.forwardForeign('one more', grace)
    await bot.handled()

    expect(await tasks()).toHaveLength(1)
    expect(await task()).toMatchObject({ title: 'Look at this', priority: 'high', status: 'todo' })
    expect((await task()).note).toContain('one more')
  })

  test('by the dozen make one task and one card edit, without work logs', async () => {
    const all: Message[] = []
    for (let index = 1; index <= 12; index += 1) all.push(bot.user.forwardForeign(`part ${index}`, grace))
    await shown()

    expect(await tasks()).toHaveLength(1)
    for (let index = 2; index <= 12; index += 1) expect((await task()).note).toContain(`part ${index}\n`)
    expect(edits()).toHaveLength(1)
    expect(await logs()).toEqual([])
  })
})

test('keep what the text was a reply to', async () => {
  bot.user.sendText('/due')
  const list = await bot.user.nextMessage('Due')
  const asked = bot.user.messages().find(({ text }) => text === '/due')
  bot.user.sendText('show this as a chart', { replyTo: asked?.message_id ?? 0 })
  await bot.user.nextMessage('WEB-1')
  expect(list.text).toContain('Due')
  expect((await task()).note).toContain('> /due')
})
