import type { Message } from 'grammy/types'
import { beforeEach, expect, test } from 'vitest'
import { strangers as strangersTable } from '../../../src/db/schema.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { requireTaskDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { addSupergroup } from '../../../src/playground/world/world.ts'
import { bindChat, unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { connectAgent } from '../../support/agent.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, useBot } from '../../support/chat.ts'
import { createDelivery, readSample, sampleNames } from '../../support/samples.ts'

const start = new Date('2026-11-28T13:10:00Z')
let now = start
const getBot = useBot({ now: () => now })
const groupId = -1_001_234_567_890
let bot: TestBot

beforeEach(() => {
  bot = getBot()
  now = start
  if (bot.world.rooms.has(groupId)) return
  addSupergroup(bot.world, { id: groupId, title: 'Team', members: [bot.user.userId] })
})

interface ExpectedTask {
  readonly title: string
  /** None by default. */
  readonly note?: string | RegExp
  readonly priority?: Task['priority']
  readonly engine?: Task['engine']
  readonly labels?: readonly string[]
}

interface Outcome {
  /** The state before: WEB-1's card, or the board in a group. By default, the board in the private chat. */
  readonly given?: 'task' | 'group'
  readonly tasks?: readonly ExpectedTask[]
  readonly comments?: readonly (string | RegExp)[]
  /** The bot's last message. By default, there must be one if a task was created, otherwise none. */
  readonly answer?: string
}

const nothing: Outcome = {}
const task = (title: string, more: Omit<ExpectedTask, 'title'> = {}): Outcome => ({
  tasks: [{ title, ...more }],
})
const comment = (...comments: readonly (string | RegExp)[]): Outcome => ({ given: 'task', comments })

/** What each sample becomes. */
const becomes: Readonly<Record<string, Outcome>> = {
  // Text
  'key-as-a-hashtag': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'key-in-brackets': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'key-line-of-a-card': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'key-with-a-dot': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'key-with-a-non-breaking-hyphen': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'key-with-direction-marks': { given: 'task', answer: '📥 <b>WEB-1</b> Discussed' },
  'rich-message': task('Sign-in loops', { note: 'The **cookie** is lost' }),
  'rich-message-checklist': task('Release', {
    note: '## Acceptance Criteria\n\n- [x] Tag\n- [ ] Announce #news',
  }),
  'rich-message-forwarded': task('The cookie is lost', { note: 'Forwarded from Grace Hopper' }),
  'rich-message-table': task('Slow pages', { note: '| page | ms |\n| --- | --- |\n| /cart | 900 |' }),
  text: task('Fix the login', {
    note: '## Acceptance Criteria\n\n- [ ] iOS\n- [x] Android',
    priority: 'high',
    engine: 'codex',
    labels: ['auth'],
  }),
  'text-blank-braille': { answer: 'nothing to see' },
  'text-edited': task('Fix the login', { priority: 'high' }),
  'text-em-dash': task('git push —force-with-lease'),
  'text-formatted': task('Cookie is lost in `setSession`', {
    note: '```\nconst a = 1\nconst b = 2\n```\n~~old way~~\nsee [the docs](https://example.com/docs)',
  }),
  'text-hangul-filler': { answer: 'nothing to see' },
  'text-nothing-visible': { answer: 'nothing to see' },
  'text-pre': task('Deploy breaks', { note: '```sh\n$ npm run build\nexit 1 #3 !high\n```' }),
  'text-right-to-left': task('إصلاح صفحة تسجيل الدخول', { priority: 'high' }),
  'text-star-glob': task('Ignore src/**/*.test.ts in the build'),
  'text-star-sql': task('SELECT * FROM users is slow'),
  'text-via-bot': task('WEB-1 done', { note: 'says wiki\nVia @wiki' }),
  'text-zero-width-joiners': { answer: 'nothing to see' },
  'words-on-a-key': { given: 'task', answer: 'WEB-1</b> Discussed · Done' },

  // Files
  animation: task('bug.mp4', { note: '[bug.mp4](tg-animation:G1)' }),
  'audio-without-title': task('Audio, 12:30', { note: '[audio](tg-audio:A2)' }),
  file: task('crash #1 !high @codex.log', { note: '[crash #1 !high @codex.log](tg-file:D1)' }),
  'file-forwarded': task('look !high', { note: 'Forwarded from Anna\n[trace.txt](tg-file:D5)' }),
  'file-named-like-a-command': task('/undo', { note: '[/undo](tg-file:D2)' }),
  'file-named-like-a-key': task('WEB-1 done', { note: '[WEB-1 done](tg-file:D4)' }),
  'file-without-a-name': task('File, 28 Nov 14:10', { note: '[file](tg-file:D3)' }),
  'live-photo': task('Live photo, 28 Nov 14:10', { note: '[photo](tg-photo:P1)' }),
  'paid-media': task('Buy this', {
    note: '[photo](tg-photo:P1)\nPaid media that Telegram shows only to its buyers',
    priority: 'high',
  }),
  photo: task('Photo, 28 Nov 14:10', { note: '[photo](tg-photo:P1)' }),
  'photo-with-caption': task('Layout is broken', {
    note: '[photo](tg-photo:P1)',
    priority: 'high',
    labels: ['ui'],
  }),
  'round-video': task('Video message, 1:05', { note: '[video message](tg-video_note:R1)' }),
  song: task('Nina Simone – Feeling Good', { note: '[Feeling Good](tg-audio:A1)' }),
  video: task('Video, 0:12', { note: '[video](tg-video:M1)' }),
  'video-with-name': task('screen #1 !high.mp4', { note: '[screen #1 !high.mp4](tg-video:M2)' }),
  voice: task('Voice message, 0:07', { note: '[voice message](tg-voice:V1)' }),
  'voice-with-caption': task('Idea for the landing page', { note: '[voice message](tg-voice:V1)' }),

  // Other
  'chat-shared': { answer: 'can’t save this kind' },
  checklist: task('Release *', { note: '## Acceptance Criteria\n\n- [x] Tag\n- [ ] Announce #news' }),
  contact: task('Grace #Hopper', { note: 'Grace #Hopper, +49301234567' }),
  dice: { answer: 'can’t save this kind' },
  game: { answer: 'can’t save this kind' },
  gift: { answer: 'can’t save this kind' },
  giveaway: task('Giveaway in News: 3 winners', { note: 'A mug' }),
  'giveaway-winners': task('Giveaway in News: 2 winners were drawn'),
  invoice: task('Domain', { note: 'Invoice: Domain\nOne year\n1200 EUR (smallest units)' }),
  'newer-kind': task('Message with hologram', {
    note: '```json\n{\n  "frames": 3,\n  "mime_type": "model/gltf"\n}\n```',
  }),
  place: task('Place', { note: 'https://maps.google.com/?q=35.6812,139.7671' }),
  'place-forwarded': task('Place', {
    note: 'Forwarded from Anna\nhttps://maps.google.com/?q=40.7128,-74.006',
  }),
  'place-live': task('Place', { note: 'https://maps.google.com/?q=35.6812,139.7671' }),
  'place-live-moved': task('Place', { note: 'https://maps.google.com/?q=35.69,139.7671' }),
  poll: task('Ship it? !high', { note: '- Yes\n- * no' }),
  'poll-quiz': task('Ship it? !high', { note: '- Yes\n- * no\nIt is tested' }),
  'service-auto-delete': nothing,
  'service-pinned': nothing,
  'service-write-access': nothing,
  sticker: { answer: 'can’t save this kind' },
  story: task('Story from News', { note: '[Story from News](https://t.me/news/s/5)' }),
  'users-shared': { answer: 'can’t save this kind' },
  venue: task('Opera House', { note: 'Opera House, Sydney\nhttps://maps.google.com/?q=-33.8568,151.2153' }),
  'venue-forwarded': task('Office', {
    note: 'Forwarded from News (https://t.me/news/9)\nOffice\nhttps://maps.google.com/?q=35.6812,139.7671',
  }),

  // Forwards and replies
  'comment-edited': { ...comment('use Postgers'), answer: 'stays as you first sent it' },
  'external-reply': task('Try this', {
    note: '> A faster way\nIn reply to News (https://t.me/news/12)\n[photo](tg-photo:P1)',
    labels: ['ideas'],
  }),
  'external-reply-without-quote': task('Read later', { note: 'In reply to Grace Hopper' }),
  'forward-from-channel': task('/undo the last deploy !high', {
    note: 'Forwarded from News (https://t.me/news/9)',
  }),
  'forward-from-group': task('WEB-1 done', { note: 'Forwarded from Ops' }),
  'forward-from-hidden-person': task('* 1. buy milk', { note: 'Forwarded from Grace Hopper' }),
  'forward-from-person': task('#urgent till is broken', { note: 'since noon\nForwarded from Anna' }),
  'reply-album': comment('[photo](tg-photo:P0)\nThree screens\n[photo](tg-photo:P1)\n[photo](tg-photo:P2)'),
  'reply-album-of-files': comment('[part-0.log](tg-file:D0)\nBoth logs\n[part-1.log](tg-file:D1)'),
  'reply-checklist': comment('Steps\n- [ ] Tag'),
  'reply-contact': comment('Grace, +49301234567'),
  'reply-forward': comment('They say it works\nForwarded from Grace Hopper'),
  'reply-paste-in-two-parts': comment(/^Trace:\nat run .*\nat end \(main\.ts:9\)$/s),
  'reply-photo': comment('see here\n[photo](tg-photo:P1)'),
  'reply-place': comment('https://maps.google.com/?q=35.6812,139.7671'),
  'reply-poll': comment('Ship it? !high\n- Yes\n- * no'),
  'reply-quote': comment('> Discussed\nthis is wrong'),
  'reply-quote-formatted': comment('> `Discussed`\nnot a word\nfor it'),
  'reply-quote-with-photo': comment('> WEB-1\n[photo](tg-photo:P1)'),
  'reply-rich-message': comment('Use `pg`'),
  'reply-round-video': { ...comment('[video message](tg-video_note:R1)'), answer: 'can’t hear it' },
  'reply-sticker': { given: 'task', answer: 'can’t save this kind' },
  'reply-text': comment('use Postgres #1 !high'),
  'reply-to-own-message': { tasks: [{ title: 'Buy a domain' }], comments: ['the .dev one'] },
  'reply-to-story': task('Do it like this', { note: 'In reply to a story from News' }),
  'reply-venue': comment('Office, Chiyoda\nhttps://maps.google.com/?q=35.6812,139.7671'),
  'reply-voice': { ...comment('[voice message](tg-voice:V1)'), answer: 'can’t hear it' },

  // Sent together
  'album-of-files': task('Crash logs of the till', {
    note: '[server-0.log](tg-file:D0)\n[server-1.log](tg-file:D1)\n[server-2.log](tg-file:D2)',
    priority: 'high',
    engine: 'codex',
  }),
  'album-of-photos': task('Before and after', {
    note: '[photo](tg-photo:P0)\n[photo](tg-photo:P1)',
    priority: 'high',
  }),
  'album-without-words': task('server-0.log', {
    note: '[server-0.log](tg-file:D0)\n[server-1.log](tg-file:D1)',
  }),
  'files-then-words': task('Read these logs', { note: '[a.log](tg-file:D0)', priority: 'high' }),
  'forward-of-a-file-then-words': task('who wrote this?', {
    note: 'Forwarded from Anna\n[trace.txt](tg-file:D0)',
  }),
  'forward-then-words': task('please check', {
    note: '/undo is broken #urgent !low\nsince noon\nForwarded from Grace Hopper',
    priority: 'high',
    engine: 'codex',
  }),
  forwards: task('part 1', {
    note: /^Forwarded from Grace Hopper\n(?:part \d+\nForwarded from Grace Hopper\n?){11}$/,
  }),
  'forwards-of-photos': task('Photo, 28 Nov 14:10', {
    note: /^(?:Forwarded from News \(https:\/\/t\.me\/news\/9\)\n\[photo\]\(tg-photo:P\d\)\n?){10}$/,
  }),
  'paste-cut-two-seconds-apart': {
    tasks: [{ title: 'First thing', note: /^and so on/ }, { title: 'Second thing' }],
  },
  'paste-in-three-parts': task('Build log', { note: /^ok 1.*\nok 2.*\nnot ok 3 !high$/s, priority: 'low' }),
  'paste-in-two-parts': task('Long story', {
    note: /^and so on.*\nand the rest of it !high #x$/s,
    priority: 'low',
  }),
  'words-then-files': task('Read these logs', {
    note: '[a.log](tg-file:D0)\n[b.log](tg-file:D1)',
    priority: 'high',
  }),
  'words-then-forward': task('please check', {
    note: '/undo is broken #urgent !low\nsince noon\nForwarded from Grace Hopper',
    priority: 'high',
    engine: 'codex',
  }),

  // Commands, names and edits
  'caption-edited': task('Fix the layout', { note: '[photo](tg-photo:P1)', labels: ['ui'] }),
  'command-corrected': { answer: '1 of ' },
  'command-corrected-to-log': { answer: 'Logged: Deployed' },
  'command-in-caption': task('Fix the layout', { note: '[photo](tg-photo:P1)', priority: 'high' }),
  'command-in-file-caption': { answer: '1 of ' },
  'command-of-another-bot': { answer: 'That command is for <code>@other_bot</code>, not for me.' },
  'name-as-text-mention': task('fix the login'),
  'name-before-a-command': { answer: '1 of ' },
  'name-in-front': task('fix the login', { priority: 'high' }),

  // Topics and groups
  'group-anonymous-admin': { given: 'group', answer: 'Remain anonymous' },
  'group-anonymous-admin-photo': { given: 'group', answer: 'Remain anonymous' },
  'group-linked-channel': { given: 'group' },
  'group-member-joins': { given: 'group' },
  'group-member-replies-to-a-member': { given: 'group' },
  'group-member-sends-a-sticker': { given: 'group' },
  'group-member-talks': { given: 'group' },
  'group-owner-as-channel': { given: 'group' },
  'group-reply-name': {
    ...task('add', { note: 'Anna wrote:\n> The till is broken #urgent\n> since noon' }),
    given: 'group',
  },
  'group-reply-new': {
    ...task('fix this', {
      note: 'Anna wrote:\n> The till is broken #urgent\n> since noon',
      priority: 'high',
    }),
    given: 'group',
  },
  'group-reply-to-a-photo': {
    ...task('fix the layout', { note: 'Anna wrote:\n> Look\n[photo](tg-photo:P9)' }),
    given: 'group',
  },
  'group-reply-to-a-voice-message': {
    ...task('Voice message, 0:04', { note: 'Anna wrote:\n[voice message](tg-voice:V9)' }),
    given: 'group',
  },
  'group-reply-with-quote': {
    ...task('repair it', { note: 'Anna wrote:\n> The till is broken #urgent\n> since noon' }),
    given: 'group',
  },
  'group-reply-words': {
    ...task('please fix', {
      note: 'Anna wrote:\n> The till is broken #urgent\n> since noon',
      labels: ['bug'],
    }),
    given: 'group',
  },
  'private-link-while-the-board-is-in-a-group': {
    given: 'group',
    answer: 'Your board is in the group “Team”',
  },
  'private-while-the-board-is-in-a-group': { given: 'group', answer: 'Your board is in the group “Team”' },
  'topic-photo': task('Photo, 28 Nov 14:10', { note: '[photo](tg-photo:P1)' }),
  'topic-text': task('Fix the login'),
}

// These run first, while the throttle doesn't delay a question that nobody asked for.
test.each(['reply-rich-message', 'reply-place', 'reply-album'])(
  '%s answers the prompt that it replies to',
  async (name) => {
    const user = await openBoard(bot.user.userId)
    const agent = await connectAgent(bot)
    await addTasks(bot, [{ title: 'Discussed', status: 'todo' }])
    await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
    await agent.claim()
    await agent.act('WEB-1', 'block', { blockedReason: 'Which database?' })
    await deliver(name, await user.nextMessage('Which database?', { within: 15_000 }))

    const { question, feedback, runState } = await requireTaskDetail(bot.scope, 'WEB-1')
    expect({ question, runState }).toEqual({ question: null, runState: 'queued' })
    expect(feedback.map(({ text }) => text)).toEqual(becomes[name]?.comments)
    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  },
)

test('each sample has a row, and each row has its sample', () => {
  expect(Object.keys(becomes).sort()).toEqual(sampleNames)
})

// Emptying the board between messages would take too long; two seconds keep them from being joined.
const chunks = Array.from({ length: Math.ceil(sampleNames.length / 25) }, (_, nth) =>
  Object.entries(becomes).slice(nth * 25, (nth + 1) * 25),
).map((rows) => ({ from: rows[0]?.[0], to: rows.at(-1)?.[0], rows }))

test.each(chunks)(
  'a message becomes what the table lists: from $from to $to',
  async ({ rows }) => {
    const needsCard = rows.some(([, { given }]) => given === 'task')
    const card = needsCard ? await openCard(await openBoard(bot.user.userId)) : null
    for (const [index, [name, { given, tasks = [], comments = [], answer }]] of rows.entries()) {
      await openBoard(given === 'group' ? groupId : bot.user.userId)
      const before = await readBoard()
      bot.world.calls.length = 0
      await deliver(name, card, index * 2)

      const after = await readBoard()
      const isNew = ({ id }: { readonly id: string }) => !before.ids.has(id)
      const sentTexts = bot.world.calls.flatMap(({ method, params }) =>
        method === 'sendMessage' ? [String(params.text)] : [],
      )
      expect
        .soft(
          {
            tasks: after.tasks.filter(isNew).map(shown),
            comments: after.comments.filter(isNew).map(({ detail }) => detail),
            timeZone: (await readOwnerSettings(bot.scope)).timeZone,
            strangers: after.strangers - before.strangers,
            answer: answer === undefined ? sentTexts.length > 0 : sentTexts.at(-1),
          },
          name,
        )
        .toEqual({
          tasks: tasks.map(expected),
          comments: comments.map(matching),
          timeZone: 'Europe/Berlin',
          strangers: 0,
          answer: answer === undefined ? tasks.length > 0 : expect.stringContaining(answer),
        })
    }
  },
  60_000,
)

async function readBoard() {
  const tasks = await listTasks(bot.scope, {})
  const { entries } = await listWorkLogs(bot.scope, {}, { limit: 200 })
  const comments = entries.filter(({ title }) => title.startsWith('Comment'))
  const found = await bot.db.select().from(strangersTable)
  return {
    tasks,
    comments,
    ids: new Set([...tasks, ...comments].map(({ id }) => id)),
    strangers: found.reduce((sum, { updates }) => sum + updates, 0),
  }
}

async function openBoard(chatId: number): Promise<VirtualUser> {
  if ((await readOwnerSettings(bot.scope)).chatId !== chatId) {
    await unbindChat(bot.ctx)
    await bindChat(bot.ctx, { chatId, userId: bot.user.userId })
  }
  return virtualUser(bot.world, { userId: bot.user.userId, chatId })
}

async function openCard(user: VirtualUser) {
  await addTasks(bot, [{ title: 'Discussed' }])
  user.sendText('/task WEB-1')
  const card = await user.nextMessage('Discussed')
  await bot.handled()
  return card
}

async function deliver(name: string, card: Message | null, later = 0): Promise<void> {
  const send = createDelivery(bot.world, card)
  for (const update of readSample(name)) {
    now = new Date((update.edited_message?.edit_date ?? update.message?.date ?? 0) * 1000 + later * 1000)
    send(update)
    await bot.handled()
  }
}

function shown({ title, note, priority, engine, labels }: Task) {
  return { title, note: note ?? '', priority, engine, labels: labels.map(({ name }) => name) }
}

function expected({ note = '', ...more }: ExpectedTask) {
  return { priority: 'none', engine: null, labels: [], ...more, note: matching(note) }
}

function matching(text: string | RegExp) {
  return typeof text === 'string' ? text : expect.stringMatching(text)
}
