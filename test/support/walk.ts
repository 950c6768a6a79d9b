import fc from 'fast-check'
import type { Message } from 'grammy/types'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../src/domain/tasks/lists/list.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import { digestJob } from '../../src/jobs/digest.ts'
import { morningJob } from '../../src/jobs/morning.ts'
import { remindersJob } from '../../src/jobs/reminders.ts'
import { retentionJob } from '../../src/jobs/retention.ts'
import { securityJob } from '../../src/jobs/security.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { tokenExpiryJob } from '../../src/jobs/token-expiry.ts'
import { openLog } from '../../src/log.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { inlineQuery } from '../../src/playground/world/inline.ts'
import { postAsPerson } from '../../src/playground/world/person.ts'
import { openTestBot, type TestBot } from './bot.ts'
import { readButton } from './buttons.ts'
import { addTasks } from './chat.ts'

const commands = [
  ...[
    'start',
    'start t_WEB-1',
    'new',
    'new Buy milk +API',
    'inbox',
    'tasks',
    'tasks done',
    'tasks #nope !never',
  ],
  ...['board', 'board web', 'focus', 'due', 'task', 'task WEB-1', 'task NO-1', 'log', 'log WEB-1 did it'],
  ...['log WEB', 'search', 'search a', 'agents', 'projects', 'labels', 'stats month', 'digest', 'settings'],
  ...['audit', 'audit WEB-1', 'security', 'undo', 'export', 'doctor', 'help', 'cancel', 'setings'],
]
const texts = [
  'Fix <b>bold</b> & "quotes" #web !high ^tomorrow',
  'API: ship it @codex *',
  'web-2',
  '1 done, 2 tomorrow, 9 hold',
  'fri 17:00',
  '22:00-07:00',
  'Europe/Berlin',
  '45',
  '-',
  'x'.repeat(4_096),
  'y'.repeat(9_000),
  '/tmp/foo is broken',
  '/nonsense',
  '- [ ] one\n- [ ] two',
  '@codex',
  '한국어로 할 일 ^내일',
]
const forged = [
  '1m|0|WEB-1|0|1',
  '0m|0|WEB-1|0|1',
  '2v|home||0',
  '1v|nowhere||0',
  '1w|set|digestTime|25:99',
  '1',
  '|||',
  '\u{1F600}',
]

type Step =
  | {
      readonly kind: 'tap' | 'double' | 'stranger' | 'cut'
      readonly message: number
      readonly button: number
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reply' | 'photo'; readonly message: number; readonly text: string }
  | { readonly kind: 'forge' | 'forward' | 'inline'; readonly text: string }
  | { readonly kind: 'edit' | 'delete'; readonly message: number; readonly text: string }
  | { readonly kind: 'agent'; readonly what: (typeof deeds)[number]; readonly task: number }
  | { readonly kind: 'behind'; readonly what: 'move' | 'delete'; readonly task: number }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'place' | 'restart' }

const deeds = ['start', 'block', 'complete', 'read', 'claim', 'create', 'note'] as const

const message = fc.nat(5)
const button = fc.nat(40)
const sentTexts = fc.constantFrom(...commands.map((name) => `/${name}`), ...texts)
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })

/** A random next step in a chat: mostly taps by the owner, sometimes an action by someone else. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  weighted(40, fc.record({ kind: fc.constant('tap' as const), message, button })),
  weighted(
    4,
    fc.record({
      kind: fc.constantFrom('double' as const, 'stranger' as const, 'cut' as const),
      message,
      button,
    }),
  ),
  weighted(10, fc.record({ kind: fc.constant('text' as const), text: sentTexts })),
  weighted(8, fc.record({ kind: fc.constant('reply' as const), message, text: sentTexts })),
  weighted(2, fc.record({ kind: fc.constant('photo' as const), message, text: sentTexts })),
  weighted(2, fc.record({ kind: fc.constant('forward' as const), text: fc.constantFrom(...texts) })),
  weighted(1, fc.record({ kind: fc.constant('forge' as const), text: fc.constantFrom(...forged) })),
  weighted(
    2,
    fc.record({
      kind: fc.constant('inline' as const),
      text: fc.constantFrom('', 'a', 'fix', 'nothing of this kind'),
    }),
  ),
  weighted(2, fc.record({ kind: fc.constant('edit' as const), message, text: sentTexts })),
  weighted(1, fc.record({ kind: fc.constant('delete' as const), message, text: fc.constant('') })),
  weighted(
    6,
    fc.record({ kind: fc.constant('agent' as const), what: fc.constantFrom(...deeds), task: fc.nat(8) }),
  ),
  weighted(
    3,
    fc.record({
      kind: fc.constant('behind' as const),
      what: fc.constantFrom('move' as const, 'delete' as const),
      task: fc.nat(8),
    }),
  ),
  weighted(
    3,
    fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.constantFrom(1, 6, 31, 61, 8 * 60, 25 * 60, 50 * 60),
    }),
  ),
  weighted(1, fc.record({ kind: fc.constantFrom('place' as const, 'restart' as const) })),
)

/** A bot whose board has something of everything, and a user who takes random steps on it. */
export interface Walker {
  readonly bot: TestBot
  readonly take: (step: Step) => Promise<void>
  /** Calls that Telegram refused although the bot could have known better. */
  readonly refused: () => string[]
  /** Keys of tasks with buttons on more than one message, ignoring decks, lists and prompts. */
  readonly doubled: () => string[]
  readonly close: () => Promise<void>
}

export async function openWalker(): Promise<Walker> {
  let aheadMs = 0
  const now = () => new Date(Date.now() + aheadMs)
  const bot = await openTestBot({ now, playground: { keepCalls: 1_000_000 } })
  await fillBoard(bot)
  const { token } = await createToken(bot.ctx, { name: 'laptop' })
  const eve = virtualUser(bot.world, { userId: 2002, chatId: bot.user.chatId, firstName: 'Eve' })
  const log = openLog({ level: 'debug', write: () => {} })
  const jobs = [morningJob, digestJob, remindersJob, staleRunsJob, securityJob, tokenExpiryJob, retentionJob]
  const gone = new Set<number>()
  const sentAt = (id: unknown) => bot.user.messages().find((one) => one.message_id === id)?.date ?? 0

  const ask = (method: string, path: string, body?: object) =>
    fetch(`${bot.url()}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then((answer) => answer.text())
  const someTask = async (nth: number) => {
    const found = await listTasks(bot.scope, {})
    return found[nth % Math.max(1, found.length)]
  }

  const take = async (step: Step): Promise<void> => {
    const { user } = bot
    const ofBot = pickFrom(user.messages().filter((one) => one.from?.is_bot))
    const own = pickFrom(
      user.messages().filter((one) => !one.from?.is_bot && !one.forward_origin && !one.via_bot),
    )
    switch (step.kind) {
      case 'tap':
        press(user, ofBot(step.message), step.button)
        break
      case 'double':
        press(user, ofBot(step.message), step.button)
        press(user, ofBot(step.message), step.button)
        break
      case 'stranger':
        press(eve, ofBot(step.message), step.button)
        break
      case 'cut':
        press(user, ofBot(step.message), step.button, (data) => data.slice(0, step.button % data.length || 1))
        break
      case 'forge':
        user.tapData(step.text, ofBot(0) ?? 1)
        break
      case 'text':
        user.sendText(step.text)
        break
      case 'reply': {
        const target = ofBot(step.message)
        if (target !== undefined) user.reply(target, step.text)
        break
      }
      case 'photo':
        sendFile(user, ofBot(step.message), step.text)
        break
      case 'forward':
        user.forwardForeign(step.text, { name: 'Somebody' })
        break
      case 'inline':
        await askInline(bot, eve, step.text)
        break
      case 'edit': {
        const mine = own(step.message)
        if (mine !== undefined && (mine.text ?? mine.caption) !== undefined) user.edit(mine, step.text)
        break
      }
      case 'delete': {
        const target = ofBot(step.message)
        if (target !== undefined) {
          gone.add(target.message_id)
          user.delete(target)
        }
        break
      }
      case 'agent': {
        const task = await someTask(step.task)
        if (step.what === 'claim') await ask('POST', '/tasks/claim', { status: 'todo' })
        else if (step.what === 'create')
          await ask('POST', '/tasks', { title: 'Found by an agent', projectKey: 'WEB' })
        else if (task !== undefined) await act(ask, step.what, task.key)
        break
      }
      case 'behind': {
        const task = await someTask(step.task)
        if (task === undefined) break
        if (step.what === 'delete') await deleteTask(bot.ctx, task.id)
        else await editTask(bot.ctx, task.id, { status: 'hold', comment: 'Behind your back' })
        break
      }
      case 'wait':
        aheadMs += step.minutes * 60_000
        for (const job of jobs) await job.run({ store: bot.db, ownerId: bot.scope.ownerId, now, log })
        break
      case 'place':
        postAsPerson(
          bot.world,
          { userId: user.userId, chatId: user.chatId },
          { location: { latitude: 35.68, longitude: 139.69 } },
        )
        break
      case 'restart':
        await bot.restart()
        break
    }
    await bot.handled()
  }

  // A bot can't know what a person deleted, nor whether a message already shows what an edit would set. An earlier card may be
  // deleted while a tap on it is being answered. Any other refusal is avoidable.
  const removed = () =>
    bot.world.calls.flatMap(({ ok, method, params }) =>
      ok && method.toLowerCase() === 'deletemessage' ? [Number(params.message_id)] : [],
    )
  const isInevitable = (description: string, messageId: unknown) =>
    description.includes('message is not modified') ||
    (/not found/.test(description) &&
      (gone.has(Number(messageId)) || removed().includes(Number(messageId)))) ||
    (description.includes("can't be deleted") && now().getTime() / 1_000 - sentAt(messageId) > 48 * 3_600)

  return {
    bot,
    take,
    refused: () =>
      bot.world.calls.flatMap(({ ok, method, params, error }) => {
        const description = error?.description ?? ''
        return ok || isInevitable(description, params.message_id) ? [] : [`${method}: ${description}`]
      }),
    doubled: () => {
      const keys = bot.user.messages().flatMap((one) => [...new Set(keysOnCard(one))])
      return keys.filter((key, index) => keys.indexOf(key) !== index)
    },
    close: bot.close,
  }
}

async function fillBoard(bot: TestBot): Promise<void> {
  await createProject(bot.ctx, { key: 'API', name: 'The API' })
  await addTasks(bot, [
    {
      title: 'One <two> & three',
      status: 'todo',
      description: 'Text\n- [ ] first\n- [x] second',
      dueAt: bot.ctx.now(),
    },
    { title: 'Ready one', status: 'ready' },
    { title: 'Ready two', status: 'ready' },
    { title: 'Done', status: 'done' },
    { title: 'In the inbox' },
    { title: 'On hold', status: 'hold', labels: ['backend'], focus: true },
  ])
}

/** Returns the keys of the tasks that a message's buttons are about. */
function keysOnCard(message: Message): string[] {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  return buttons.flatMap((button) => {
    const { on, key } = ('callback_data' in button && readButton(button.callback_data)?.payload) || {}
    return on === 'card' && typeof key === 'string' ? [key] : []
  })
}

function pickFrom(all: readonly Message[]) {
  return (nth: number): Message | undefined => all.at(-1 - (nth % Math.max(1, all.length)))
}

function press(
  who: VirtualUser,
  target: Message | undefined,
  nth: number,
  change: (data: string) => string = (data) => data,
): void {
  const buttons = target?.reply_markup?.inline_keyboard.flat().filter((one) => 'callback_data' in one) ?? []
  const button = buttons[nth % Math.max(1, buttons.length)]
  if (target !== undefined && button !== undefined && 'callback_data' in button)
    who.tapData(change(button.callback_data), target)
}

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p0JqWQAAAABJRU5ErkJggg==',
  'base64',
)

function sendFile(user: VirtualUser, replyTo: Message | undefined, text: string): void {
  const caption = [...text].slice(0, 1_024).join('')
  const file = { bytes: onePixel, caption }
  if (text.length % 3 === 0) user.sendPhoto({ ...file, mediaGroupId: 'album' })
  else if (replyTo === undefined || text.length % 3 === 1) user.sendDocument({ ...file, name: 'notes.txt' })
  else user.sendPhoto({ ...file, replyTo: replyTo.message_id })
}

async function askInline(bot: TestBot, eve: VirtualUser, query: string): Promise<void> {
  inlineQuery(bot.world, { userId: eve.userId, chatId: eve.chatId, query })
  const { queryId, results } = await bot.user.inline(query)
  const [first] = results
  if (first !== undefined) bot.user.choose(queryId, first.id)
}

function act(
  ask: (method: string, path: string, body?: object) => Promise<string>,
  what: 'start' | 'block' | 'complete' | 'read' | 'note',
  key: string,
): Promise<string> {
  const path = `/tasks/${key}`
  if (what === 'read') return ask('GET', path)
  if (what === 'note')
    return ask('PATCH', path, { noteMarkdown: '## Found\n- [ ] one `x`\n\n| a | b |\n|---|---|\n| 1 | 2 |' })
  const result =
    what === 'block' ? { reason: 'Which of the two?' } : { summary: '# Done\n\nAll **good**.', tests: 'pass' }
  return ask('PATCH', path, { lifecycle_action: what, ...(what === 'start' ? {} : { result }) })
}
