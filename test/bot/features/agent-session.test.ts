import type { Message } from 'grammy/types'
import { beforeEach, expect, test } from 'vitest'
import { createToken } from '../../../src/domain/access/tokens.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot
let asAgent: (method: string, path: string, body?: object) => Promise<void>
let earlier = 0
const agentNamed = async (name: string) => {
  const { token } = await createToken(bot.ctx, { name })
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${bot.url()}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.status, await response.text()).toBeLessThan(300)
  }
}

beforeEach(async () => {
  bot = getBot()
  earlier = bot.user.messages().at(-1)?.message_id ?? 0
  asAgent = await agentNamed('Claude Code')
})

const ofBot = () => bot.user.messages().filter(({ from, message_id }) => from?.is_bot && message_id > earlier)
const firstLine = (message: Message) => message.text?.split('\n')[0]
const withButtons = (key: string) =>
  ofBot().filter((message) => message.text?.includes(key) && labelsOn(message).length > 0)
/** Resolves with a task's only message with buttons, once there is just one. */
const onlyCard = async (key: string) => {
  await expect.poll(() => withButtons(key).length, { timeout: 20_000 }).toBe(1)
  return withButtons(key)[0] as Message
}

test('an agent session leaves one message with buttons and makes a sound exactly twice', async () => {
  const sounds: (string | undefined)[] = []
  const unsubscribe = bot.world.subscribe((event) => {
    if (event.type === 'message' && event.post.fromBot && !event.post.silent)
      sounds.push(firstLine(event.post.message as Message))
  })
  bot.user.sendText('Fix the login')
  const captured = await bot.user.nextMessage('WEB-1')
  bot.user.tap('Todo', captured)
  await bot.user.nextEdit('Todo')

  await asAgent('PATCH', '/tasks/WEB-1', { lifecycle_action: 'start' })
  for (const title of ['Read the code', 'Found the cause', 'Wrote a test'])
    await asAgent('POST', '/work-logs', { title, task: 'WEB-1' })
  await bot.user.nextEdit('Wrote a test', { within: 20_000 })
  await asAgent('PATCH', '/tasks/WEB-1', {
    lifecycle_action: 'block',
    result: { reason: 'Keep the old page?', options: ['Keep', 'Remove'] },
  })
  const question = await bot.user.nextMessage('Keep the old page?', { within: 20_000 })
  const asked = await onlyCard('WEB-1')
  bot.user.tap('Remove', question)
  await bot.user.nextPost('Answered: Remove')
  await asAgent('POST', '/tasks/claim', {})
  await asAgent('PATCH', '/tasks/WEB-1', {
    lifecycle_action: 'complete',
    result: { summary: 'The login works again.', tests: '12 passed' },
  })
  const ready = await bot.user.nextMessage('The login works again.', { within: 20_000 })
  const reviewed = await onlyCard('WEB-1')
  bot.user.tap('Accept', ready)
  await bot.user.nextEdit('Done')
  await bot.handled()

  expect(firstLine(question)).toBe('⛔ WEB-1: Keep the old page?')
  expect(labelsOn(question).slice(0, 2)).toEqual(['Keep', 'Remove'])
  expect(asked.message_id).toBe(question.message_id)
  expect(reviewed.message_id).toBe(ready.message_id)
  expect(bot.user.current(captured)).toBeUndefined()
  expect(sounds).toEqual(['⛔ WEB-1: Keep the old page?', '🏁 WEB-1: The login works again.'])
  expect(withButtons('WEB-1')).toHaveLength(1)
  expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('done')
  unsubscribe()
}, 90_000)

test('two tasks with blocked agents are two cards, each with its own question', async () => {
  const asOther = await agentNamed('Codex')
  await addTasks(bot, [
    { title: 'Fix the login', status: 'todo' },
    { title: 'Fix the cart', status: 'todo' },
  ])
  const block = (reason: string) => ({ lifecycle_action: 'block', result: { reason } })

  await asAgent('PATCH', '/tasks/WEB-1', block('Which login?'))
  await asOther('PATCH', '/tasks/WEB-2', block('Which cart?'))

  await bot.user.nextMessage('Which cart?', { within: 20_000 })
  expect(firstLine(await onlyCard('WEB-1'))).toBe('⛔ WEB-1: Which login?')
  expect(firstLine(await onlyCard('WEB-2'))).toBe('⛔ WEB-2: Which cart?')
}, 60_000)

test('answers to the owner are silent', async () => {
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Fix the login')
  bot.user.tap('More', card)
  await bot.user.nextEdit()
  bot.user.sendText('/inbox')
  const answer = await bot.user.nextMessage()
  expect([card, answer].map((message) => bot.user.post(message)?.silent)).toEqual([true, true])
}, 60_000)

test('artifacts on a card are links, with the real host if a label looks like another one', async () => {
  await addTasks(bot, [{ title: 'Draw the login', status: 'todo' }])

  await asAgent('PATCH', '/tasks/WEB-1', {
    lifecycle_action: 'complete',
    result: {
      summary: 'Drawn.',
      artifacts: [
        { type: 'screenshot', title: 'Login page', url: 'https://files.example.com/login.png' },
        { type: 'report', title: 'github.com/ada/website', url: 'https://evil.example/x' },
        { type: 'video', localPath: '/tmp/login.mp4', reason: 'too large to upload' },
      ],
    },
  })

  const card = await bot.user.nextMessage('Drawn.', { within: 20_000 })
  expect(card.text?.split('\n')).toEqual(
    expect.arrayContaining([
      'Login page',
      'github.\u2060com/ada/website (evil.example)',
      'video · /tmp/login.mp4 · too large to upload',
    ]),
  )
  const links = (card.entities ?? []).flatMap((entity) => (entity.type === 'text_link' ? [entity.url] : []))
  expect(links).toEqual(
    expect.arrayContaining(['https://files.example.com/login.png', 'https://evil.example/x']),
  )
})
