import { eq } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { botState } from '../../../src/db/schema.ts'
import { listTokens } from '../../../src/domain/access/tokens.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { askOwner } from '../../../src/domain/tasks/questions/ask.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { addTopic, removeTopic, setBotStatus } from '../../../src/playground/world/membership.ts'
import { addSupergroup, type Room } from '../../../src/playground/world/world.ts'
import { readState } from '../../../src/telegram/store/bot-state.ts'
import { bindChat, unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { setProjectTopic } from '../../../src/telegram/store/project-topics.ts'
import { toasts } from '../../../src/view/kit/answers.ts'
import { addTokens, agent as robot } from '../../support/board.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { answersOf, labelsOn } from '../../support/chat.ts'

let bot: TestBot
let user: VirtualUser
let room: Room
let board: number
let lounge: number
let ids: Record<string, string>

beforeEach(async () => {
  bot = await openTestBot({ ready: false })
  room = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId], topics: true })
  board = addTopic(bot.world, room, bot.world.owner.user, 'Board').threadId
  lounge = addTopic(bot.world, room, bot.world.owner.user, 'Lounge').threadId
  await bindChat(bot.ctx, { chatId: room.chat.id, userId: bot.user.userId, threadId: board })
  await changeSettings(bot.ctx, { timeZone: 'Europe/Berlin', lastProject: 'WEB' })
  const web = await createProject(bot.ctx, { key: 'WEB', name: 'Website' })
  const app = await createProject(bot.ctx, { key: 'APP', name: 'The app' })
  ids = { WEB: web.id, APP: app.id }
  user = virtualUser(bot.world, { userId: bot.user.userId, chatId: room.chat.id })
  // What happens before the notifier's first round is not reported.
  await expect.poll(() => readState(bot.db, 'notifier_cursor')).toBeDefined()
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const agent = () => createCtx({ db: bot.db, ownerId: bot.ctx.ownerId, actor: robot, now: bot.ctx.now })
const makeTask = async (title: string, projectKey = 'APP') =>
  (await createTask(bot.ctx, { projectId: ids[projectKey] ?? '', title, status: 'todo' })).task
const topicOf = async (key: string) => (await readOwnerSettings(bot.scope)).projectTopics[key] ?? null
const openTopicScreen = async (threadId: number) => {
  user.sendText('/projects APP', { threadId })
  const card = await user.nextMessage('The app')
  user.tap('🧵 Topic', card)
  return user.nextEdit("The app's updates go to")
}

test('a message in the linked topic becomes a task and is answered there', async () => {
  user.sendText('Fix the login', { threadId: board })
  const card = await user.nextMessage('WEB-1')
  expect(card.message_thread_id).toBe(board)
})

test('a reply in the topic is a comment, any other message a new task', async () => {
  user.sendText('Fix the login', { threadId: board })
  const card = await user.nextMessage('WEB-1')
  user.reply(card, 'and the logout')
  await bot.handled()
  user.sendText('Another thing', { threadId: board })
  await user.nextMessage('WEB-2')
  expect(await listTasks(bot.scope, {})).toHaveLength(2)
})

describe('a token for a group', () => {
  const ask = async () => {
    user.sendText('/agents', { threadId: board })
    const agents = await user.nextMessage('No agent is working')
    user.tap('Connect an agent', agents)
    await user.nextEdit('Which agent is this for?')
    user.tap('Claude Code', agents)
    await user.nextEdit('When should')
    user.tap('30 days', agents)
    const card = await user.nextEdit("I don't post tokens in a group")
    await bot.handled()
    const button = card.reply_markup?.inline_keyboard.flat().find((one) => 'url' in one)
    return /start=(k_[\w-]{22})$/.exec(button !== undefined && 'url' in button ? button.url : '')?.[1] ?? ''
  }
  const tokensIn = (messages: readonly Message[]) =>
    messages.filter(({ text }) => /preq_[\w-]{32}/.test(text ?? ''))

  test('is created once by a link in the private chat, and the group shows that it is connected', async () => {
    const code = await ask()
    expect(await listTokens(bot.scope)).toEqual([])

    bot.user.open(code)
    const secret = await bot.user.nextMessage("Claude Code's token")
    bot.user.open(code)
    await bot.user.nextMessage('That link has expired')
    await bot.handled()
    expect(tokensIn(user.messages())).toEqual([])
    expect(await listTokens(bot.scope)).toMatchObject([{ name: 'Claude Code' }])

    const token = /preq_[\w-]{32}/.exec(secret.text ?? '')?.[0]
    await fetch(`${bot.url()}/api/projects`, { headers: { authorization: `Bearer ${token}` } })
    await user.nextMessage('Claude Code is connected')
  })

  test('isn’t created by anyone else who opens the link', async () => {
    const code = await ask()
    const eve = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    eve.open(code)
    await bot.handled()

    expect(await listTokens(bot.scope)).toEqual([])
  })

  test('isn’t created an hour later', async () => {
    const code = await ask()
    const [row] = await bot.db.select().from(botState).where(eq(botState.key, 'token_links'))
    const old = JSON.stringify(row?.value).replace(
      /"expiresAt":"[^"]+"/,
      '"expiresAt":"2020-01-01T00:00:00.000Z"',
    )
    await bot.db
      .update(botState)
      .set({ value: JSON.parse(old) })
      .where(eq(botState.key, 'token_links'))

    bot.user.open(code)
    await bot.user.nextMessage('That link has expired')

    expect(await listTokens(bot.scope)).toEqual([])
  })
})

test('a message in another topic isn’t a task, but a command works and is answered there', async () => {
  user.sendText('Hello everybody', { threadId: lounge })
  user.sendText('/due', { threadId: lounge })
  const answer = await user.nextMessage('Nothing due')
  expect(answer.message_thread_id).toBe(lounge)
  expect(await listTasks(bot.scope, {})).toEqual([])
})

describe('a project’s topic', () => {
  test('is created by Own topic and named after the project, once however often it is tapped', async () => {
    const screen = await openTopicScreen(board)

    user.tap('Own topic', screen)
    user.tap('Own topic', screen)
    await user.nextEdit('its own topic')
    await bot.handled()

    const topics = [...room.topics.values()]
    expect(topics.map(({ name }) => name)).toEqual(['Board', 'Lounge', 'The app'])
    expect(await topicOf('APP')).toBe(topics[2]?.threadId)
    expect(answersOf(bot).slice(-2)).toEqual(['Saved.', toasts.unchanged])
  })

  test('is set to the current one by Use this topic, and back by Main topic or Undo', async () => {
    const screen = await openTopicScreen(lounge)
    expect(screen.message_thread_id).toBe(lounge)

    user.tap('Use this topic', screen)
    await user.nextEdit('this topic')
    expect(await topicOf('APP')).toBe(lounge)

    user.tap('Main topic', screen)
    await user.nextEdit('the main topic')
    expect(await topicOf('APP')).toBeNull()

    user.tap('↩️ Undo', screen)
    await user.nextEdit('The app')
    expect(await topicOf('APP')).toBe(lounge)
  })

  test('isn’t offered as the current one in the main topic', async () => {
    const screen = await openTopicScreen(board)
    expect(labelsOn(screen)).toEqual(['✓ Main topic', 'Own topic', '‹ Back'])
  })

  test('that can’t be created is refused with the reason, and nothing changes', async () => {
    const screen = await openTopicScreen(board)
    setBotStatus(bot.world, { chatId: room.chat.id, status: 'member' })

    user.tap('Own topic', screen)
    await bot.handled()

    expect(answersOf(bot).at(-1)).toContain("I can't create topics")
    expect(await topicOf('APP')).toBeNull()
  })

  test('isn’t created if the project was deleted in the meantime', async () => {
    const screen = await openTopicScreen(board)
    user.tapData('1w|project-topic|GONE|own', screen)
    await user.nextEdit('No project GONE')
    expect(room.topics.size).toBe(2)
  })

  test('is unset when the chat is unlinked', async () => {
    await setProjectTopic(bot.ctx, 'APP', lounge)
    await unbindChat(bot.ctx)
    expect(await topicOf('APP')).toBeNull()
  })
})

describe('an agent’s report on a project with a topic', () => {
  beforeEach(async () => {
    await addTokens(bot.db, bot.ctx.ownerId, [robot])
    await setProjectTopic(bot.ctx, 'APP', lounge)
  })

  test('is sent there, as are living cards; other projects’ reports go to the main topic', async () => {
    const worker = agent()
    await createTask(worker, { projectId: ids.APP ?? '', title: 'From the agent' })
    const card = await user.nextMessage('From the agent', { within: 15_000 })
    const other = await makeTask('Elsewhere', 'WEB')
    await editTask(worker, 'APP-1', { lifecycle: 'block', result: { blockedReason: 'Which colour?' } })
    const blocked = await user.nextMessage('Which colour?', { within: 15_000 })
    await editTask(worker, other.key, { lifecycle: 'block', result: { blockedReason: 'Which size?' } })
    const elsewhere = await user.nextMessage('Which size?', { within: 15_000 })

    expect([card, blocked, elsewhere].map((message) => message.message_thread_id)).toEqual([
      lounge,
      lounge,
      board,
    ])
  })

  test('is answered by a reply there', async () => {
    await makeTask('Paint it')
    await editTask(agent(), 'APP-1', { lifecycle: 'block', result: { blockedReason: 'Which colour?' } })
    const blocked = await user.nextMessage('Which colour?', { within: 15_000 })

    user.reply(blocked, 'Green')
    await bot.handled()

    const { feedback } = await readDetail(bot.scope, await requireTask(bot.scope, 'APP-1'))
    expect(feedback.map(({ text }) => text)).toEqual(['Green'])
  })

  test('is combined per topic in a burst', async () => {
    const worker = agent()
    for (const key of ['WEB', 'APP'])
      for (let count = 1; count <= 6; count += 1)
        await createTask(worker, { projectId: ids[key] ?? '', title: `${key} task ${count}` })

    const lists = [
      await user.nextMessage(/(?:WEB|APP)-1\b/, { within: 15_000 }),
      await user.nextMessage(/(?:WEB|APP)-1\b/, { within: 15_000 }),
    ]

    expect(
      lists.map(({ text, message_thread_id }) => [text?.match(/WEB|APP/)?.[0], message_thread_id]),
    ).toEqual(
      expect.arrayContaining([
        ['WEB', board],
        ['APP', lounge],
      ]),
    )
    for (const { text = '' } of lists) expect(text.includes('WEB-') && text.includes('APP-')).toBe(false)
  })

  test('goes to the main topic if the topic is gone, which also unsets it', async () => {
    await makeTask('Paint it')
    removeTopic(bot.world, { chatId: room.chat.id, threadId: lounge })

    await editTask(agent(), 'APP-1', { lifecycle: 'block', result: { blockedReason: 'Which colour?' } })
    const blocked = await user.nextMessage('Which colour?', { within: 15_000 })
    await user.settled()

    expect(blocked.message_thread_id).toBe(board)
    await expect.poll(() => topicOf('APP')).toBeNull()
  })
})

describe('a message in a project’s topic', () => {
  beforeEach(async () => {
    await setProjectTopic(bot.ctx, 'APP', lounge)
  })

  test('becomes a task in that project and is answered there', async () => {
    user.sendText('Fix the login', { threadId: lounge })
    const card = await user.nextMessage('APP-1')
    expect(card.message_thread_id).toBe(lounge)
  })

  test('becomes a task in another project if it names one', async () => {
    user.sendText('WEB: Fix the login', { threadId: lounge })
    const card = await user.nextMessage('WEB-1')
    expect(card.message_thread_id).toBe(lounge)
  })

  test('is answered in the main topic if the topic was deleted before it was read', async () => {
    const restarted = bot.restart()
    user.sendText('Fix the login', { threadId: lounge })
    removeTopic(bot.world, { chatId: room.chat.id, threadId: lounge })
    await restarted

    const card = await user.nextMessage('APP-1')
    expect(card.message_thread_id).toBe(board)
  })

  test('is ignored if a stranger sent it', async () => {
    const stranger = virtualUser(bot.world, { userId: 4004, chatId: room.chat.id })
    stranger.sendText('Steal it', { threadId: lounge })
    await bot.handled()
    expect(await listTasks(bot.scope, {})).toEqual([])
  })
})

test('a further question goes to the topic of its project, one without a task to the board', async () => {
  await addTokens(bot.db, bot.scope.ownerId, [robot])
  await setProjectTopic(bot.ctx, 'APP', lounge)
  const task = await makeTask('Fix the login')
  await editTask(agent(), task.key, { lifecycle: 'start' })
  const asking = { task: task.key, items: [{ text: 'Which port?', options: ['1', '2'] }] }
  await askOwner(agent(), { task: task.key, items: [{ text: 'Red or blue?' }] })
  await user.nextMessage('Red or blue?', { within: 20_000 })
  await askOwner(agent(), asking)
  const further = await user.nextMessage('Which port?', { within: 20_000 })
  await editTask(bot.ctx, task.key, { status: 'done' })
  await askOwner(agent(), { items: [{ text: 'Which folder?' }] })
  const own = await user.nextMessage('Which folder?', { within: 20_000 })

  expect([further.message_thread_id, own.message_thread_id]).toEqual([lounge, board])
  user.reply(own, 'src')
  await user.nextEdit('✅ Answered: src')
})
