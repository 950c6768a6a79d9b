import type { Message } from 'grammy/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createLabel } from '../../src/domain/labels/label-edits.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { requireProject } from '../../src/domain/projects/read.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'
import { commands } from '../support/buttons.ts'

let bot: TestBot

beforeAll(async () => {
  bot = await openTestBot()
  await createProject(bot.ctx, { key: 'OPS', name: 'Operations' })
  await createLabel(bot.ctx, { name: 'backend' })
  await createLabel(bot.ctx, { name: 'ui' })
  await createToken(bot.ctx, { name: 'laptop' })
  const { id } = await requireProject(bot.scope, 'WEB')
  for (const title of ['First', 'Second'])
    await createTask(bot.ctx, { projectId: id, title, labels: ['backend'] })
  for (const [title, status] of [
    ['Planned', 'todo'],
    ['Built', 'ready'],
    ['Shipped', 'done'],
  ] as const)
    await createTask(bot.ctx, { projectId: id, title, status })
  await changeSettings(bot.ctx, { lastProject: 'WEB' })
})

afterAll(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const faults = () => bot.lines.filter((line) => JSON.parse(line).level >= 50)

const dataOf = (message: Message) =>
  (message.reply_markup?.inline_keyboard ?? [])
    .flat()
    .flatMap((button) => ('callback_data' in button ? [button.callback_data] : []))

/** Taps a button, then waits for its answer and effect. */
const press = async (message: Message, data: string) => {
  bot.user.tapData(data, message)
  const answer = await bot.user.nextAnswer()
  await bot.handled()
  return answer
}

describe('screens', () => {
  test.each([
    ['/start', 'Your board'],
    ['/new', 'What needs doing?'],
    ['/agents', 'No agent is working'],
    ['/projects', 'Operations'],
    ['/projects web', 'Website'],
    ['/labels', 'backend · 2 open'],
    ['/settings', 'Settings'],
    ['/digest', '☀️'],
    ['/audit', 'created'],
    ['/audit WEB-1', 'Change history of WEB-1'],
    ['/security', 'Security'],
    ['/doctor', 'Bot token'],
    ['/help', 'Shorthand'],
  ])('%s shows its screen, in any case and with the bot’s name', async (command, text) => {
    const [name = '', ...rest] = command.split(' ')
    bot.user.sendText([`${name.toUpperCase()}@preqbot_playground`, ...rest].join(' '))

    const { text: shown } = await bot.user.nextMessage()

    expect(shown).toContain(text)
  })

  test.each([
    '/start',
    '/agents',
    '/projects',
    '/labels',
    '/settings',
    '/digest',
    '/audit',
    '/security',
    '/doctor',
    '/help',
  ])(
    'every button reachable from %s is answered when tapped twice in a row',
    async (command) => {
      const seen = new Set<string>()
      const leads =
        /^1[vw]\|(?:home|agents|token|new-token|project|projects|deleted|label|labels|settings|set\b|mute|zone|digest|audit|security|doctor|help|ask|undo-)/
      const visit = async (message: Message, depth: number): Promise<void> => {
        for (const data of dataOf(message)) {
          // One button of each kind: others of that kind lead to the same place.
          const kind = data.split('|').slice(0, 2).join('|')
          if (seen.has(kind) || !leads.test(data) || depth === 0) continue
          seen.add(kind)
          await press(message, data)
          await press(message, data)
          await visit(bot.user.current(message) ?? message, depth - 1)
        }
      }
      bot.user.sendText(command)
      const screen = await bot.user.nextMessage()

      await visit(screen, 4)

      expect(bot.world.taps.size).toBe(0)
      expect(faults()).toEqual([])
    },
    60_000,
  )
})

test.each([
  ['/star', '/start'],
  ['/taks', '/tasks'],
  ['/Bord', '/board'],
  ['/todos', '/todo'],
  ['/donne', '/done'],
])('the unknown command %s suggests the nearest one, %s', async (typed, nearest) => {
  bot.user.sendText(typed)

  expect((await bot.user.nextMessage()).text).toContain(`Did you mean ${nearest}?`)
})

test.each(['/und', '/unddo', '/neww', '/logg', '/cancell', '/xyz'])(
  'no command that changes something is suggested for %s',
  async (typed) => {
    bot.user.sendText(typed)

    const { text } = await bot.user.nextMessage('Unknown command')
    expect(text).not.toMatch(/\/(?:new|undo|log|cancel|export)\b/)
  },
)

test('a suggestion keeps the words after the command, and its button applies it', async () => {
  bot.user.sendText('/boards web')
  const answer = await bot.user.nextMessage('Did you mean /board web?')

  bot.user.tap('/board web', answer)

  await bot.user.nextEdit('Board · WEB')
})

test.each(commands)('the description of $command fits a menu', ({ description }) => {
  expect([...description].length).toBeLessThanOrEqual(32)
})

test('the menu has at most twelve commands, and /help lists all', async () => {
  bot.user.sendText('/help')
  const { text } = await bot.user.nextMessage('Commands')

  const published = bot.world.calls.find(({ method }) => method.toLowerCase() === 'setmycommands')
  const menu = (published?.params as { commands: { command: string }[] } | undefined)?.commands ?? []
  expect(menu.map(({ command }) => command)).toEqual([
    ...['start', 'new', 'inbox', 'board', 'tasks', 'agents', 'projects', 'search', 'digest', 'settings'],
    ...['undo', 'help'],
  ])
  for (const { command } of commands) expect(text).toContain(`/${command}`)
})

test.each([
  ['/todo', 'Todo · 1 task', 'WEB-3 Planned'],
  ['/ready', 'Ready · 1 task', 'WEB-4 Built'],
  ['/done web', 'Done · WEB · 1 task', 'WEB-5 Shipped'],
  ['/hold', 'Hold · 0 tasks', 'Nothing here.'],
])('%s lists tasks with its status', async (command, head, line) => {
  bot.user.sendText(command)

  const { text } = await bot.user.nextMessage(head)
  expect(text).toContain(line)
})

test('an invalid filter is reported, and so is an unknown project', async () => {
  bot.user.sendText('/tasks !urgent')
  await bot.user.nextMessage('Ignored !urgent – not a filter.')
  bot.user.sendText('/board nope')
  const board = await bot.user.nextMessage('No project NOPE – showing all.')

  expect(board.text).toContain('WEB-3 Planned')
})

test.each(['/task 3', '/task web3', '/task web-3', '/task #3'])('%s opens the card', async (command) => {
  bot.user.sendText(command)

  await bot.user.nextMessage('WEB-3 Planned')
})

test('/task without a key shows its usage, and an unknown key is reported', async () => {
  bot.user.sendText('/task')
  await bot.user.nextMessage('Which task?')
  bot.user.sendText('/task 99')
  await bot.user.nextMessage('WEB-99')
})
