import { readFileSync } from 'node:fs'
import type { Message, RichBlock } from 'grammy/types'
import { beforeEach, describe, expect, test } from 'vitest'
import { hasField, messageFields, unknownFields } from '../../src/bot/message/fields.ts'
import { readIncoming } from '../../src/bot/message/incoming.ts'
import { toMarkdown } from '../../src/bot/message/markup.ts'
import { richToMarkdown } from '../../src/bot/message/rich.ts'
import { readOwnerSettings } from '../../src/domain/settings.ts'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { criteriaOf } from '../../src/domain/tasks/note.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { listWorkLogs } from '../../src/domain/work-logs.ts'
import type { PersonContent } from '../../src/playground/content.ts'
import { postAsPerson } from '../../src/playground/person.ts'
import type { TestBot } from '../support/bot.ts'
import { addTasks, labelsOn, useBot } from '../support/chat.ts'

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
const channel = { id: -1001, type: 'channel', title: 'News', username: 'news' } as const
const anna = { id: 7, is_bot: false, first_name: 'Anna' }
const tasks = () => listTasks(bot.scope, {})
const task = (key = 'WEB-1') => requireTask(bot.scope, key)
const zone = async () => (await readOwnerSettings(bot.scope)).timeZone
const comments = async (key = 'WEB-1') =>
  (await listWorkLogs(bot.scope, { task: key }, { limit: 50 })).entries
    .filter(({ title }) => title.startsWith('Comment'))
    .map(({ detail }) => detail)
const openTask = async () => {
  await addTasks(bot, [{ title: 'Discussed' }])
  bot.user.say('/task WEB-1')
  return bot.user.nextMessage('Discussed')
}

describe('the fields of a message', () => {
  test('are all either kept, answered, about the message, or Telegram’s own service messages', () => {
    // The package that grammY takes its types from.
    const path = ['..', '..', 'node_modules', '@grammyjs', 'types', 'message.d.ts'].join('/')
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

  test('of a kind newer than this version are kept as they came', () => {
    const message = { message_id: 1, date: 1_790_000_000, hologram: { frames: 3 } } as unknown as Message
    const [kept] = readIncoming(message, { botId: 1, timeZone: 'UTC' }).attached

    expect(unknownFields(message)).toEqual(['hologram'])
    expect(kept?.title).toBe('Message with hologram')
    expect(kept?.text).toContain('"frames": 3')
    expect(hasField(message, 'kept')).toBe(false)
  })
})

const kept: readonly [string, PersonContent, { readonly title: string; readonly note?: string }][] = [
  ['photo', { photo: [picture] }, { title: 'Photo, 28 Nov 14:10', note: '[photo](tg-photo:P1)' }],
  [
    'live photo',
    { live_photo: { ...file('L1'), width: 1, height: 1, duration: 2, photo: [picture] }, photo: [picture] },
    { title: 'Live photo, 28 Nov 14:10', note: '[photo](tg-photo:P1)' },
  ],
  [
    'voice message',
    { voice: { ...file('V1'), duration: 7 } },
    { title: 'Voice message, 0:07', note: '[voice message](tg-voice:V1)' },
  ],
  [
    'round video',
    { video_note: { ...file('R1'), length: 240, duration: 65 } },
    { title: 'Video message, 1:05', note: '[video message](tg-video_note:R1)' },
  ],
  [
    'video',
    { video: { ...file('M1'), width: 1, height: 1, duration: 12 } },
    { title: 'Video, 0:12', note: '[video](tg-video:M1)' },
  ],
  [
    'file, whose name is no shorthand',
    { document: { ...file('D1'), file_name: 'crash #1 !high @codex.log' } },
    { title: 'crash #1 !high @codex.log', note: '[crash #1 !high @codex.log](tg-file:D1)' },
  ],
  [
    'file in the shape of a command',
    { document: { ...file('D2'), file_name: '/undo' } },
    { title: '/undo', note: '[/undo](tg-file:D2)' },
  ],
  [
    'song',
    { audio: { ...file('A1'), duration: 180, performer: 'Nina Simone', title: 'Feeling Good' } },
    { title: 'Nina Simone – Feeling Good', note: '[Feeling Good](tg-audio:A1)' },
  ],
  [
    'animation',
    {
      animation: { ...file('G1'), width: 1, height: 1, duration: 1, file_name: 'bug.mp4' },
      document: { ...file('G1'), file_name: 'bug.mp4' },
    },
    { title: 'bug.mp4', note: '[bug.mp4](tg-animation:G1)' },
  ],
  [
    'paid media',
    {
      paid_media: { star_count: 5, paid_media: [{ type: 'photo', photo: [picture] }] },
      caption: 'Buy this !high',
    },
    { title: 'Buy this', note: '[photo](tg-photo:P1)' },
  ],
  [
    'contact',
    { contact: { phone_number: '+49 30 1', first_name: 'Grace', last_name: '#Hopper' } },
    { title: 'Grace #Hopper', note: 'Grace #Hopper, +49 30 1' },
  ],
  [
    'poll',
    {
      poll: {
        id: '1',
        question: 'Ship it? !high',
        options: ['Yes', '* no'].map((text) => ({ persistent_id: text, text, voter_count: 0 })),
        total_voter_count: 0,
        is_closed: false,
        is_anonymous: true,
        type: 'regular',
        allows_multiple_answers: false,
        allows_revoting: true,
        members_only: false,
      },
    },
    { title: 'Ship it? !high', note: '- Yes\n- * no' },
  ],
  [
    'venue',
    { venue: { location: tokyo, title: 'Opera House', address: 'Sydney' }, location: tokyo },
    { title: 'Opera House', note: 'Opera House, Sydney\nhttps://maps.google.com/?q=35.68,139.77' },
  ],
  ['place', { location: tokyo }, { title: 'Place', note: 'https://maps.google.com/?q=35.68,139.77' }],
  [
    'forwarded place',
    { location: tokyo, forward_origin: { type: 'user', sender_user: anna, date: 1 } },
    { title: 'Place', note: 'Forwarded from Anna\nhttps://maps.google.com/?q=35.68,139.77' },
  ],
  [
    'live place',
    { location: { ...tokyo, live_period: 900 } },
    { title: 'Place', note: 'https://maps.google.com/?q=35.68,139.77' },
  ],
  [
    'story',
    { story: { chat: channel, id: 5 } },
    { title: 'Story from News', note: '[Story from News](https://t.me/news/s/5)' },
  ],
  [
    'invoice',
    {
      invoice: {
        title: 'Domain',
        description: 'One year',
        start_parameter: 'x',
        currency: 'EUR',
        total_amount: 1200,
      },
    },
    { title: 'Domain' },
  ],
  [
    'text that a channel’s forward brings, word for word',
    {
      text: '/undo the last deploy !high',
      forward_origin: { type: 'channel', chat: channel, message_id: 9, date: 1 },
    },
    { title: '/undo the last deploy !high', note: 'Forwarded from News (https://t.me/news/9)' },
  ],
  [
    'text of another bot',
    { text: 'WEB-1 done\nsays wiki', via_bot: { id: 9, is_bot: true, first_name: 'W', username: 'wiki' } },
    { title: 'WEB-1 done', note: 'says wiki\nVia @wiki' },
  ],
]

test.each(kept)('a %s becomes a task', async (_kind, content, expected) => {
  bot.user.send(content)
  await bot.user.nextMessage('WEB-1')

  const { note, ...found } = await task()
  expect(found).toMatchObject({ title: expected.title, engine: null, labels: [] })
  if (expected.note !== undefined) expect(note).toBe(expected.note)
  expect(await tasks()).toHaveLength(1)
  expect(await zone()).toBe('Europe/Berlin')
})

test.each([
  [
    'sticker',
    { sticker: { ...file('S1'), type: 'regular', width: 1, height: 1, is_animated: false, is_video: false } },
  ],
  ['dice', { dice: { emoji: '🎲', value: 3 } }],
  ['gift', { gift: { gift: { id: '1' } } }],
  ['shared user', { users_shared: { request_id: 1, users: [{ user_id: 7 }] } }],
  ['shared chat', { chat_shared: { request_id: 1, chat_id: -5 } }],
] as [string, PersonContent][])('a %s is no task, and that is said', async (_kind, content) => {
  bot.user.send(content)
  await bot.user.nextMessage('can’t save this kind')
  expect(await tasks()).toEqual([])
})

test.each(['\u200b', '\u2800', '\u3164'])(
  'a text of nothing visible (%j) is no task, and that is said',
  async (text) => {
    bot.user.send({ text })
    await bot.user.nextMessage('nothing to see')
    expect(await tasks()).toEqual([])
  },
)

test('a service message of Telegram’s is ignored', async () => {
  const { userId, chatId } = bot.user
  postAsPerson(
    bot.world,
    { userId, chatId },
    { message_auto_delete_timer_changed: { message_auto_delete_time: 60 } },
  )
  await bot.handled()
  expect(bot.world.calls.filter(({ method }) => /^send/i.test(method))).toEqual([])
  expect(await tasks()).toEqual([])
})

test('a checklist becomes a title and criteria with their marks', async () => {
  bot.user.send({
    checklist: {
      title: 'Release *',
      tasks: [
        { id: 1, text: 'Tag', completion_date: 1_790_000_000 },
        { id: 2, text: 'Announce #news' },
      ],
    },
  })
  const card = await bot.user.nextMessage('WEB-1')

  expect(card.text).toContain('2 criteria')
  expect(await task()).toMatchObject({ title: 'Release *', labels: [], focusedAt: null })
  expect(criteriaOf((await task()).note)).toEqual([
    { text: 'Tag', met: true },
    { text: 'Announce #news', met: false },
  ])
})

describe('a rich message', () => {
  const heading: RichBlock = { type: 'heading', text: 'Sign-in loops', size: 2 }
  const paragraph: RichBlock = {
    type: 'paragraph',
    text: ['The ', { type: 'bold', text: 'cookie' }, ' is lost'],
  }

  test('becomes a task whose note is Markdown', async () => {
    bot.user.send({ rich_message: { blocks: [heading, paragraph] } })
    await bot.user.nextMessage('WEB-1')
    expect((await task()).title).toContain('Sign-in loops')
    expect((await task()).note).toBe('The **cookie** is lost')
  })

  test('that is forwarded keeps its source', async () => {
    bot.user.send({
      rich_message: { blocks: [paragraph] },
      forward_origin: { type: 'hidden_user', sender_user_name: 'Grace', date: 1 },
    })
    await bot.user.nextMessage('WEB-1')
    expect((await task()).note).toContain('Forwarded from Grace')
  })

  test('is a comment as a reply', async () => {
    const card = await openTask()
    bot.user.send({ rich_message: { blocks: [paragraph] } }, { replyTo: card.message_id })
    await bot.handled()
    expect(await comments()).toEqual(['The **cookie** is lost'])
    expect(await tasks()).toHaveLength(1)
  })

  test('becomes Markdown, block by block', () => {
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
        // Of a newer version of Telegram.
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

describe('a place', () => {
  test('offers its time zone, which the button alone sets', async () => {
    bot.user.send({ location: tokyo })
    const card = await bot.user.nextMessage('WEB-1')
    expect(await zone()).toBe('Europe/Berlin')

    bot.user.tap('Use as my time zone', card)
    await bot.user.nextMessage('Tokyo')
    expect(await zone()).toBe('Asia/Tokyo')
    expect(bot.user.current(card)?.text).toBe(card.text)

    bot.user.say('/undo')
    await bot.user.nextMessage()
    expect(await zone()).toBe('Europe/Berlin')
  })

  test('sets the time zone where that was just asked for, and ten minutes later no more', async () => {
    bot.user.say('/settings')
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
    bot.user.say('/undo')
    await bot.user.nextMessage('Undone')
    bot.user.say('/undo')
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

  test('is a comment with a link as a reply', async () => {
    const card = await openTask()
    bot.user.send({ location: tokyo }, { replyTo: card.message_id })
    await bot.handled()
    expect(await comments()).toEqual(['https://maps.google.com/?q=35.68,139.77'])
    expect(await zone()).toBe('Europe/Berlin')
  })
})

test('a file without words can be shown again', async () => {
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

describe('a reply', () => {
  test.each([
    ['voice message', { voice: { ...file('V1'), duration: 7 } }, '[voice message](tg-voice:V1)'],
    [
      'round video',
      { video_note: { ...file('R1'), length: 1, duration: 7 } },
      '[video message](tg-video_note:R1)',
    ],
  ] as [string, PersonContent, string][])(
    'by %s is kept, and it is said that agents can’t hear it',
    async (_kind, content, kept) => {
      const card = await openTask()
      bot.user.send(content, { replyTo: card.message_id })
      await bot.user.nextMessage('can’t hear it')
      expect(await comments()).toEqual([kept])
    },
  )

  test('that quotes a part of a card is a comment below the quote', async () => {
    const card = await openTask()
    bot.user.reply(card, 'this is wrong', { quote: { text: 'Discussed', position: 8 } })
    await bot.handled()
    expect(await comments()).toEqual(['> Discussed\nthis is wrong'])
  })

  test('to a public channel’s post keeps its link and its quote', async () => {
    const origin = { type: 'channel', chat: channel, message_id: 12, date: 1 } as const
    bot.user.send({
      text: 'Try this #ideas',
      external_reply: { origin, chat: channel, message_id: 12, photo: [picture] },
      quote: { text: 'A faster way', position: 0, is_manual: true },
    })
    await bot.user.nextMessage('Try this')
    expect((await task()).note).toBe(
      '> A faster way\nIn reply to News (https://t.me/news/12)\n[photo](tg-photo:P1)',
    )
  })
})
