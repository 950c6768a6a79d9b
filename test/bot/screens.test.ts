import type { Message } from 'grammy/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLabel } from '../../src/domain/label-edits.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { requireProject } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { createToken } from '../../src/domain/tokens.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

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

/** Presses a button, waits for its answer and for what came of it. */
const press = async (message: Message, data: string) => {
  bot.user.tapData(data, message)
  const answer = await bot.user.nextAnswer()
  await bot.handled()
  return answer
}

describe('screens', () => {
  test.each([
    ['/start', 'Your board'],
    ['/new', 'What is to be done?'],
    ['/agents', 'Nobody is working'],
    ['/projects', 'Operations'],
    ['/projects web', 'Website'],
    ['/labels', 'backend · 2 open'],
    ['/settings', 'Europe/Berlin'],
    ['/digest', '☀️'],
    ['/audit', 'created'],
    ['/audit WEB-1', 'What was changed in WEB-1'],
    ['/security', 'Security'],
    ['/doctor', 'Bot token'],
    ['/help', 'Shorthand'],
  ])('%s shows its screen, in any case and by the name of the bot', async (command, text) => {
    const [name = '', ...rest] = command.split(' ')
    bot.user.say([`${name.toUpperCase()}@preqbot_playground`, ...rest].join(' '))

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
    'every button within reach of %s is answered, pressed twice in a row',
    async (command) => {
      const seen = new Set<string>()
      const leads =
        /^1[vw]\|(?:home|agents|token|new-token|project|projects|deleted|label|labels|settings|set\b|mute|zone|digest|audit|security|doctor|help|ask|undo-)/
      const visit = async (message: Message, depth: number): Promise<void> => {
        for (const data of dataOf(message)) {
          // Every kind of button once: those of one kind for other things lead to the same place.
          const kind = data.split('|').slice(0, 2).join('|')
          if (seen.has(kind) || !leads.test(data) || depth === 0) continue
          seen.add(kind)
          await press(message, data)
          await press(message, data)
          await visit(bot.user.current(message) ?? message, depth - 1)
        }
      }
      bot.user.say(command)
      const screen = await bot.user.nextMessage()

      await visit(screen, 4)

      expect(bot.world.taps.size).toBe(0)
      expect(faults()).toEqual([])
    },
    60_000,
  )
})

test.each([
  ['/stat', '/stats'],
  ['/star', '/start'],
  ['/taks', '/tasks'],
  ['/Bord', '/board'],
])('a command that is not known, %s, is told the nearest, %s', async (said, nearest) => {
  bot.user.say(said)

  expect((await bot.user.nextMessage()).text).toContain(`Did you mean ${nearest}?`)
})
