import { readFileSync } from 'node:fs'
import type { Message } from 'grammy/types'
import { beforeEach, describe, expect, test } from 'vitest'
import { hasField, messageFields, unknownFields } from '../../../src/bot/kit/message/fields.ts'
import { readIncoming } from '../../../src/bot/kit/message/incoming.ts'
import { toMarkdown } from '../../../src/bot/kit/message/markup.ts'
import { richToMarkdown } from '../../../src/bot/kit/message/rich.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import type { PersonContent } from '../../../src/playground/client/content.ts'
import { pushUpdate } from '../../../src/playground/world/posting.ts'
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

const file = (id: string) => ({ file_id: id, file_unique_id: `u-${id}`, file_size: 1 })
const picture = { ...file('P1'), width: 640, height: 480 }
const tokyo = { latitude: 35.68, longitude: 139.77 }
const anna = { id: 7, is_bot: false, first_name: 'Anna' }
const zone = async () => (await readOwnerSettings(bot.scope)).timeZone
describe('the fields of a message', () => {
  test('are all kept, answered, about the message, or Telegram’s own service messages', () => {
    // The package with grammY's types.
    const path = ['..', '..', '..', 'node_modules', '@grammyjs', 'types', 'message.d.ts'].join('/')
    const types = readFileSync(new URL(path, import.meta.url), 'utf8')
    const interfaces = ['ServiceMessage', 'CommonMessage', 'CaptionableMessage', 'MediaMessage', 'Message']
    const fields = interfaces.flatMap((name) => {
      const [, body = ''] =
        new RegExp(`interface ${name}(?: extends [\\w.]+)? \\{(.*?)\\n\\s*\\}`, 's').exec(types) ?? []
      return [...body.matchAll(/^\s{4,8}(\w+)\??: /gm)].map(([, field = '']) => field)
    })

    expect(fields.length).toBeGreaterThan(100)
    expect(fields.filter((field) => !Object.hasOwn(messageFields, field))).toEqual([])
    expect(Object.keys(messageFields).filter((field) => !fields.includes(field))).toEqual([])
  })

  test('of a kind newer than this version are kept as received', () => {
    const message = { message_id: 1, date: 1_790_000_000, hologram: { frames: 3 } } as unknown as Message
    const [kept] = readIncoming(message, { botId: 1, timeZone: 'UTC' }).attached

    expect(unknownFields(message)).toEqual(['hologram'])
    expect(kept?.title).toBe('Message with hologram')
    expect(kept?.text).toContain('"frames": 3')
    expect(hasField(message, 'kept')).toBe(false)
  })
})

test('a rich message becomes Markdown, block by block', () => {
  const markdown = richToMarkdown({
    blocks: [
      { type: 'heading', text: 'Plan', size: 1 },
      {
        type: 'list',
        items: [
          { label: '•', blocks: [{ type: 'paragraph', text: 'one' }] },
          { label: '', has_checkbox: true, is_checked: true, blocks: [{ type: 'paragraph', text: 'two' }] },
          { label: '3.', value: 3, blocks: [{ type: 'paragraph', text: 'three' }] },
        ],
      },
      { type: 'pre', text: 'a < b', language: 'ts' },
      { type: 'blockquote', blocks: [{ type: 'paragraph', text: 'said' }] },
      {
        type: 'table',
        cells: [
          [
            { text: 'a', align: 'left', valign: 'top' },
            { text: 'b|c', align: 'left', valign: 'top' },
          ],
          [{ text: { type: 'code', text: 'x' }, align: 'left', valign: 'top' }],
        ],
      },
      { type: 'divider' },
      { type: 'photo', photo: [picture], caption: { text: 'A screen' } },
      { type: 'paragraph', text: [{ type: 'url', text: 'docs', url: 'https://example.com' }] },
      // From a newer version of Telegram.
      { type: 'hologram', text: 'still readable' } as never,
    ],
  })

  expect(markdown).toBe(
    [
      '# Plan',
      '- one\n- [x] two\n3. three',
      '```ts\na < b\n```',
      '> said',
      '| a | b\\|c |\n| --- | --- |\n| `x` |  |',
      '---',
      '[photo](tg-photo:P1)\nA screen',
      '[docs](https://example.com)',
      'still readable',
    ].join('\n\n'),
  )
})

test.each([
  [
    'code over two lines is a block',
    'const a = 1\nconst b = 2',
    'code',
    '```\nconst a = 1\nconst b = 2\n```',
  ],
  ['struck words keep their strokes', 'old', 'strikethrough', '~~old~~'],
  ['a quote is a quote', 'said\nand done', 'blockquote', '> said\n> and done'],
] as const)('%s', (_what, text, type, expected) => {
  expect(toMarkdown({ text, entities: [{ type, offset: 0, length: text.length }] })).toBe(expected)
})

describe('a location', () => {
  test('offers its time zone, which only the button sets', async () => {
    bot.user.send({ location: tokyo })
    const card = await bot.user.nextMessage('WEB-1')
    expect(await zone()).toBe('Europe/Berlin')

    bot.user.tap('Use as my time zone', card)
    await bot.user.nextMessage('Tokyo')
    expect(await zone()).toBe('Asia/Tokyo')
    expect(bot.user.current(card)?.text).toBe(card.text)

    bot.user.sendText('/undo')
    await bot.user.nextMessage()
    expect(await zone()).toBe('Europe/Berlin')
  })

  test('sets the time zone if that was just asked for, but not ten minutes later', async () => {
    bot.user.sendText('/settings')
    const settings = await bot.user.nextMessage()
    bot.user.tap(/Berlin/, settings)
    await bot.user.nextEdit('send your location')
    bot.user.send({ location: tokyo })
    await bot.user.nextMessage('Asia/Tokyo')
    await bot.handled()
    expect(await zone()).toBe('Asia/Tokyo')

    now = new Date(start.getTime() + 11 * 60_000)
    bot.user.send({ location: { latitude: 40.7, longitude: -74 } })
    await bot.user.nextMessage('WEB-1')
    expect(await zone()).toBe('Asia/Tokyo')
    bot.user.sendText('/undo')
    await bot.user.nextMessage('Undone')
    bot.user.sendText('/undo')
    await bot.user.nextMessage('Undone')
  })

  test.each([
    ['forwarded', { location: tokyo, forward_origin: { type: 'user', sender_user: anna, date: 1 } }],
    ['live', { location: { ...tokyo, live_period: 60 } }],
    ['of a venue', { location: tokyo, venue: { location: tokyo, title: 'Office', address: '' } }],
  ] as [string, PersonContent][])('that is %s offers no time zone', async (_what, content) => {
    bot.user.send(content)
    expect(labelsOn(await bot.user.nextMessage('WEB-1'))).not.toContain('Use as my time zone')
  })
})

test('a file without text can be shown again', async () => {
  bot.user.send({ video_note: { ...file('R1'), length: 240, duration: 3 } })
  const card = await bot.user.nextMessage('WEB-1')
  expect(card.text).toContain('1 file')
  bot.user.tap('Edit', card)
  await bot.user.nextEdit()
  bot.user.tap('‹ Back', card)
  await bot.user.nextEdit('📎')
  bot.user.tap('📎 1', card)
  const shown = await bot.user.nextMessage()

  expect(shown.video_note).toMatchObject({ file_id: 'R1' })
})

test('a comment’s files can be shown again, next to those of the note', async () => {
  bot.user.send({ document: { ...file('D1'), file_name: 'a.log' } })
  await bot.user.nextMessage('WEB-1')
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('a.log')
  bot.user.send({ photo: [picture] }, { replyTo: card.message_id })
  bot.user.send({ voice: { ...file('V1'), duration: 7 } }, { replyTo: card.message_id })
  await bot.user.nextMessage('can’t hear it')
  expect(labelsOn(await bot.user.nextEdit('a.log'))).toContain('📎 3')

  bot.user.tap('📎 3', card)
  expect((await bot.user.nextMessage()).document).toMatchObject({ file_id: 'D1' })
  expect((await bot.user.nextMessage()).photo?.at(-1)).toMatchObject({ file_id: 'P1' })
  expect((await bot.user.nextMessage()).voice).toMatchObject({ file_id: 'V1' })
})

test('an edit of a message that didn’t become anything says so, and a moving location says nothing', async () => {
  const unseen = bot.user.send({ text: '\u200b' })
  const answer = await bot.user.nextMessage('nothing to see')
  bot.user.edit(unseen, 'Fix the login')
  await bot.user.nextMessage('Send it as a new message')

  const place = bot.user.send({ location: { ...tokyo, live_period: 60 } }, { replyTo: answer.message_id })
  const last = await bot.user.nextMessage()
  const moved = {
    ...place,
    edit_date: place.date + 5,
    location: { ...tokyo, latitude: 35.7, live_period: 60 },
  }
  pushUpdate(bot.world, 'edited_message', moved, bot.user)
  await bot.handled()
  expect(bot.user.lastMessage().message_id).toBe(last.message_id)
})
