import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { botMessages, botUpdates } from '../../../src/db/schema.ts'
import type { SettingsPatch } from '../../../src/domain/settings/setting-specs.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { setBotStatus } from '../../../src/playground/world/membership.ts'
import { addSupergroup, type Room } from '../../../src/playground/world/world.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot
let room: Room

beforeEach(async () => {
  bot = getBot()
  room = addSupergroup(bot.world, { title: 'Runners', members: [bot.user.userId] })
})
afterEach(async () => {
  bot.world.faults.clear()
  await changeSettings(bot.ctx, { runner: null, runnerChat: null, runnerBot: null })
})

const useRunner = (patch: SettingsPatch = {}) =>
  changeSettings(bot.ctx, { runner: 'openclaw', runnerChat: String(room.chat.id), ...patch })
const linesThere = () => [...room.posts.values()].map(({ message }) => message.text)
const stateOf = async (key = 'WEB-1') => (await requireTask(bot.scope, key)).runState
const openCard = async (key = 'WEB-1') => {
  bot.user.sendText(`/task ${key}`)
  return bot.user.nextMessage(key)
}
const line = (key = 'WEB-1', verb = 'implement') =>
  `!/preqstation dispatch ${verb} ${key} using claude-code branch_name="task/${key.toLowerCase()}/${key === 'WEB-1' ? 'one' : 'two'}"`

test('Queue posts the line to the runner’s chat as plain text, and the task is queued', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo', engine: 'codex', branch: 'fix/"a"' }])
  await useRunner()
  const card = await openCard()

  bot.user.tap('Queue', card)
  await bot.user.nextEdit('Queued for')

  expect(linesThere()).toEqual([
    String.raw`!/preqstation dispatch implement WEB-1 using codex branch_name="fix/\"a\""`,
  ])
  const call = bot.world.calls.find(({ params }) =>
    String((params as { text?: string }).text).startsWith('!/'),
  )
  expect(call?.params).not.toHaveProperty('parse_mode')
  expect(await stateOf()).toBe('queued')
})

test('a flood limit of the runner’s chat is reported at once and delays no answer, and the task isn’t queued', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  const card = await openCard()
  bot.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 30 })

  bot.user.tap('Queue', card)
  await bot.user.nextMessage('is rate-limiting', { within: 5_000 })
  bot.user.sendText('/inbox')
  await bot.user.nextMessage('inbox is empty', { within: 5_000 })

  expect(linesThere()).toEqual([])
  expect(await stateOf()).toBeNull()
})

test('without a separate chat, the line is posted to the owner’s', async () => {
  await addTasks(bot, [{ title: 'One', status: 'inbox' }])
  await useRunner({ runner: 'hermes', runnerChat: null, runnerBot: 'PreqHermesBot' })
  const card = await openCard()

  bot.user.tap('Queue', card)
  await bot.user.nextMessage(
    '/preqstation_dispatch@PreqHermesBot\ntask_key=WEB-1 objective=implement engine=claude-code',
  )
  await bot.user.nextEdit('Queued for')

  expect(await stateOf()).toBe('queued')
})

test('without a runner, nothing is posted', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  const card = await openCard()

  bot.user.tap('Queue', card)
  await bot.user.nextEdit('Queued for')

  expect(linesThere()).toEqual([])
  expect(bot.world.calls.filter(({ method }) => method.toLowerCase() === 'sendmessage')).toHaveLength(1)
})

test.each([
  ['the chat is not there', () => useRunner({ runnerChat: '-100999' }), "I can't find -100999"],
  [
    'the bot is no member of it',
    async () => {
      await useRunner()
      setBotStatus(bot.world, { chatId: room.chat.id, status: 'left' })
    },
    'Add me there',
  ],
])('if %s, the task stays as it was, and the reason is shown', async (_why, arrange, reason) => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await arrange()
  await bot.handled()
  const before = await requireTask(bot.scope, 'WEB-1')
  const card = await openCard()

  bot.user.tap('Queue', card)
  const refusal = await bot.user.nextMessage("WEB-1 wasn't queued")
  await bot.handled()

  expect(refusal.text).toContain(reason)
  expect(labelsOn(refusal)).toEqual(['🏃 Runner'])
  expect(answersOf(bot)).toEqual(['Not queued – couldn’t reach the runner.'])
  expect(labelsOn(bot.user.current(card))).toContain('Queue')
  expect(await requireTask(bot.scope, 'WEB-1')).toEqual(before)
})

test('a line that may be lost leaves the task as it was and isn’t posted again', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  const card = await openCard()
  bot.world.faults.add({ kind: 'lost-after', method: 'sendMessage' })

  bot.user.tap('Queue', card)
  const refusal = await bot.user.nextMessage("WEB-1 wasn't queued")
  await bot.handled()

  expect(refusal.text).toContain("I can't tell whether the message arrived")
  expect(linesThere()).toEqual([line()])
  expect(await stateOf()).toBeNull()
})

test('a double tap posts once', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  const card = await openCard()

  bot.user.tap('Queue', card)
  bot.user.tap('Queue', card)
  await bot.handled()

  expect(linesThere()).toEqual([line()])
  expect(answersOf(bot)).toEqual(['WEB-1: Queued for an agent.', 'Already done.'])
})

test('a task that an agent has taken in the meantime isn’t posted', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  const card = await openCard()
  await editTask(bot.ctx, 'WEB-1', { lifecycle: 'start' })

  bot.user.tap('Queue', card)
  await bot.handled()

  expect(linesThere()).toEqual([])
  expect(await stateOf()).toBe('running')
})

/** Delivers the same tap again, as if the process had died before finishing it. */
const tapAgain = async () => {
  const updates = await bot.db.select().from(botUpdates)
  const tap = updates.filter(({ update }) => 'callback_query' in update).at(-1)
  await editTask(bot.ctx, 'WEB-1', { runState: null })
  await bot.db
    .update(botUpdates)
    .set({ finishedAt: null, effectAt: null })
    .where(eq(botUpdates.updateId, tap?.updateId ?? 0))
  await bot.restart()
  await bot.handled()
}

test('a process that died after posting queues the task without posting again', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  bot.user.tap('Queue', await openCard())
  await bot.handled()

  await tapAgain()

  expect(linesThere()).toEqual([line()])
  expect(await stateOf()).toBe('queued')
})

test('a process that died while posting neither posts again nor queues the task, and says so', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  await useRunner()
  bot.user.tap('Queue', await openCard())
  await bot.handled()
  await bot.db.update(botMessages).set({ state: 'sending' }).where(eq(botMessages.chatId, room.chat.id))

  await tapAgain()
  const sentTexts = bot.user.messages().at(-1)

  expect(sentTexts?.text).toContain("I can't tell whether the message arrived")
  expect(linesThere()).toEqual([line()])
  expect(await stateOf()).toBeNull()
})

test('tasks selected on the board are posted one by one, and those not delivered stay', async () => {
  await addTasks(bot, [
    { title: 'One', status: 'ready' },
    { title: 'Two', status: 'ready' },
  ])
  await useRunner()
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap(/Ready 2/, board)
  await bot.user.nextEdit('WEB-1')
  bot.user.tap('Select', board)
  await bot.user.nextEdit('0 selected')
  bot.user.tap('☐ WEB-1', board)
  await bot.user.nextEdit('1 selected')
  bot.user.tap('☐ WEB-2', board)
  await bot.user.nextEdit('2 selected')
  bot.world.faults.add({ kind: 'lost-before', method: 'sendMessage' })

  bot.user.tap(/Queue/, board)
  const refusal = await bot.user.nextMessage("WEB-1 wasn't queued")
  await bot.handled()

  expect(refusal.text).not.toContain('WEB-2')
  expect(linesThere()).toEqual([line('WEB-2', 'review')])
  expect(await stateOf('WEB-1')).toBeNull()
  expect(await stateOf('WEB-2')).toBe('queued')
})

test('a reply to numbered lines also posts, and does the rest if that fails', async () => {
  await addTasks(bot, [
    { title: 'One', status: 'todo', focus: true },
    { title: 'Two', status: 'todo', focus: true },
  ])
  await useRunner()
  bot.user.sendText('/digest')
  const digest = await bot.user.nextMessage('1. ')
  bot.user.reply(digest, '1 queue')
  await bot.user.nextMessage('queued')
  expect(linesThere()).toEqual([line()])

  await useRunner({ runnerChat: '-100999' })
  bot.user.reply(digest, '2 queue, 2 !high')
  const answer = await bot.user.nextMessage('WEB-2')

  expect(answer.text).toContain("WEB-2 wasn't queued. I can't find -100999")
  expect(await requireTask(bot.scope, 'WEB-2')).toMatchObject({ priority: 'high', runState: null })
})

test('the triage deck also posts', async () => {
  await addTasks(bot, [{ title: 'One', status: 'inbox' }])
  await useRunner()
  bot.user.sendText('/inbox')
  const deck = await bot.user.nextMessage('1 of 1')

  bot.user.tap('Queue', deck)
  await bot.handled()

  expect(linesThere()).toEqual([line('WEB-1', 'implement')])
})

test('the runner is set up with buttons and replies', async () => {
  bot.user.sendText('/settings')
  const screen = await bot.user.nextMessage('Settings')
  bot.user.tap('Advanced', screen)
  await bot.user.nextEdit('Advanced')
  bot.user.tap('🏃 Runner: none', screen)
  await bot.user.nextEdit('No runner')
  bot.user.tap('Hermes', screen)
  await bot.user.nextEdit("Hermes can't be in this private chat")
  bot.user.tap('⌨️ Hermes bot', screen)
  bot.user.reply(await bot.user.nextMessage('Reply to this message'), '@PreqHermesBot')
  const named = await bot.user.nextMessage("Hermes can't be in this private chat")
  bot.user.tap('⌨️ Set its chat', named)
  bot.user.reply(await bot.user.nextMessage('Reply to this message'), 'https://t.me/my_runners')
  const placed = await bot.user.nextMessage('/preqstation_dispatch@PreqHermesBot')
  await bot.handled()

  expect(placed.text).toContain('@my_runners')

  expect((await readOwnerSettings(bot.scope)).runner).toEqual({
    kind: 'hermes',
    chat: '@my_runners',
    bot: 'PreqHermesBot',
  })

  bot.user.tap('Undo', placed)
  await bot.user.nextEdit("can't be in this private chat")
  bot.user.tap('No runner', placed)
  await bot.user.nextEdit('No runner')
  expect((await readOwnerSettings(bot.scope)).runner.kind).toBe('none')
})

test.each([
  ['⌨️ Set its chat', 'the one over there', 'Must be a chat ID or @name'],
  ['⌨️ Hermes bot', 'no bot', "Must be a bot's username"],
])('%s rejects "%s" and shows the format', async (button, text, why) => {
  await useRunner({ runner: 'hermes', runnerChat: null })
  bot.user.sendText('/settings')
  const screen = await bot.user.nextMessage('Settings')
  bot.user.tap('Advanced', screen)
  await bot.user.nextEdit('Advanced')
  bot.user.tap('🏃 Runner: Hermes', screen)
  await bot.user.nextEdit("Hermes can't be in this private chat")
  bot.user.tap(button, screen)

  bot.user.reply(await bot.user.nextMessage('Reply to this message'), text)
  await bot.user.nextMessage(why)

  expect((await readOwnerSettings(bot.scope)).runner).toEqual({ kind: 'hermes', chat: null, bot: null })
})
