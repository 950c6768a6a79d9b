import type { Message } from 'grammy/types'
import { expect, test } from 'vitest'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent, type TestAgent } from '../../support/agent.ts'
import { addTasks, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()

const task = () => requireTask(bot().scope, 'WEB-1')
const textsOf = (feedback: readonly { readonly text: string }[]) => feedback.map(({ text }) => text)

/** Lets an agent claim WEB-1 and block it with this question. Returns the agent and the card that asks. */
async function blocked(
  options: readonly string[] = [],
): Promise<{ readonly agent: TestAgent; readonly card: Message }> {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  const agent = await connectAgent(bot())
  await agent.claim({ status: 'todo' })
  bot().user.mark()
  await agent.act('WEB-1', 'block', { reason: 'Red or blue?', options })
  const card = await bot().user.nextMessage('Red or blue?', { within: 20_000 })
  return { agent, card }
}

/** Lets an agent complete WEB-1. Returns the agent and the card that asks for a review. */
async function completed(): Promise<{ readonly agent: TestAgent; readonly card: Message }> {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  const agent = await connectAgent(bot())
  await agent.claim({ status: 'todo' })
  bot().user.mark()
  await agent.act('WEB-1', 'complete', { summary: 'All green.' })
  const card = await bot().user.nextMessage('All green.', { within: 20_000 })
  return { agent, card }
}

/** Expects the agent's next claim to return WEB-1 with these words as feedback. */
async function expectHandedOut(agent: TestAgent, words: readonly string[]): Promise<void> {
  const { status, body } = await agent.claim()
  expect([status, body?.task?.id]).toEqual([200, 'WEB-1'])
  expect(textsOf(body.task.feedback)).toEqual(words)
}

test('one tap on an option answers the agent: the next claim returns the task with the answer', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  expect(labelsOn(card)).toEqual(expect.arrayContaining(['Red', 'Blue', 'Answer']))

  bot().user.tap('Blue', card)

  const answered = await bot().user.nextPost('Answered: Blue')
  expect(answered.text).toMatch(/^✅ Answered: Blue · queued for an agent/)
  expect(labelsOn(answered)).toEqual(expect.arrayContaining(['Keep on hold', '↩️ Undo']))
  await expectHandedOut(agent, ['Blue'])
})

test('a plain reply to the question answers it', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])

  bot().user.reply(card, 'Green, please')

  await bot().user.nextMessage('Answered: Green, please')
  await expectHandedOut(agent, ['Green, please'])
})

test('the Answer button prompts for text, which answers the question', async () => {
  const { agent, card } = await blocked()
  bot().user.tap('Answer', card)
  const prompt = await bot().user.nextMessage('What should I tell the agent')

  bot().user.reply(prompt, 'Clamp to 0')

  await bot().user.nextMessage('Answered: Clamp to 0')
  await expectHandedOut(agent, ['Clamp to 0'])
})

test('an answer works after a restart', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  await bot().restart()

  bot().user.tap('Red', card)

  await bot().user.nextPost('Answered: Red')
  await expectHandedOut(agent, ['Red'])
})

test('agents can’t claim a task with an open question', async () => {
  const { agent } = await blocked()

  expect((await agent.claim()).status).toBe(204)
  expect((await agent.claim({ status: 'todo' })).status).toBe(204)
})

test('agents can claim a task that the owner queued without an answer, and a late answer becomes feedback', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  bot().user.sendText('/task WEB-1')
  const open = await bot().user.nextMessage('Red or blue?')
  bot().user.tap('Edit', open)
  await bot().user.nextEdit('Red or blue?')
  await editTask(bot().ctx, 'WEB-1', { status: 'todo', runState: 'queued', withoutAnswer: true })

  bot().user.tapData(dataOfOption(card), open)

  await bot().user.nextPost('withdrawn')
  bot().user.reply(open, 'Blue')
  await bot().handled()
  await expectHandedOut(agent, ['Blue'])
})

/** Returns the data of a card's first option. */
function dataOfOption(card: Message): string {
  const button = card.reply_markup?.inline_keyboard.flat().find(({ text }) => text === 'Red')
  return button !== undefined && 'callback_data' in button ? button.callback_data : ''
}

test('a second tap on an option changes nothing and shows the answer', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  const late = dataOfOption(card)
  bot().user.tap('Blue', card)
  const answered = await bot().user.nextPost('Answered: Blue')

  bot().user.tapData(late, answered)

  expect((await bot().user.nextAnswer()).text).toBe('Already answered.')
  await expectHandedOut(agent, ['Blue'])
})

test('Undo reopens the question with its options', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  bot().user.tap('Blue', card)
  const answered = await bot().user.nextPost('Answered: Blue')

  bot().user.tap('Undo', answered)

  const again = await bot().user.nextPost('Red or blue?')
  expect(labelsOn(again)).toEqual(expect.arrayContaining(['Red', 'Blue']))
  expect((await agent.claim()).status).toBe(204)
})

test('Undo names the agent that has taken the task, and offers Stop', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  bot().user.tap('Blue', card)
  const answered = await bot().user.nextPost('Answered: Blue')
  const undo = answered.reply_markup?.inline_keyboard.flat().find(({ text }) => text === '↩️ Undo')
  await agent.claim()

  bot().user.tapData(undo !== undefined && 'callback_data' in undo ? undo.callback_data : '', answered)

  expect((await bot().user.nextAnswer()).text).toBe('laptop has WEB-1 now. Stop it first.')
  expect(labelsOn(await bot().user.nextPost('working'))).toContain('Stop')
})

test('Keep on hold takes the answered task out of the queue', async () => {
  const { agent, card } = await blocked(['Red', 'Blue'])
  bot().user.tap('Blue', card)
  const answered = await bot().user.nextPost('Answered: Blue')

  bot().user.tap('Keep on hold', answered)

  await bot().user.nextPost('On hold')
  expect((await agent.claim()).status).toBe(204)
})

test('Send back with a reason queues the task: the next claim returns it with the reason', async () => {
  const { agent, card } = await completed()
  bot().user.tap('Send back', card)
  const prompt = await bot().user.nextMessage('What should change')

  bot().user.reply(prompt, 'Remove the retry')

  const sent = await bot().user.nextMessage('Sent back · queued')
  expect(labelsOn(sent)).toEqual(expect.arrayContaining(['Only move to Todo', '↩️ Undo']))
  await expectHandedOut(agent, ['Remove the retry'])
})

test('a plain reply to a ready task is kept as a comment, and one tap sends the task back with it', async () => {
  const { agent, card } = await completed()
  bot().user.reply(card, 'The tests are missing')
  const offer = await bot().user.nextMessage('Kept as a comment')
  expect(labelsOn(offer)).toEqual(expect.arrayContaining(['Accept', 'Send back with it', 'Just a comment']))
  expect((await task()).status).toBe('ready')

  bot().user.tap('Send back with it', offer)

  await bot().user.nextPost('Sent back')
  await expectHandedOut(agent, ['The tests are missing'])
})

test('one tap accepts a ready task', async () => {
  const { card } = await completed()

  bot().user.tap('Accept', card)

  await bot().user.nextPost('Done')
  expect(await task()).toMatchObject({ status: 'done', runState: null })
})

test.each([
  ['Queue, then Todo', ['Queue', 'Todo']],
  ['Todo, then Queue', ['Todo', 'Queue']],
])('%s leaves the task in Todo, queued', async (_order, labels) => {
  await addTasks(bot(), [{ title: 'Fix the login' }])
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('Fix the login')
  for (const label of labels) {
    const shown = bot().user.current(card)
    // Once queued, the card no longer offers Todo, so its old button is tapped.
    const data = shown && labelsOn(shown).includes(label) ? null : `1m|0|WEB-1|0|1`
    if (data === null) bot().user.tap(label, card)
    else bot().user.tapData(data, card)
    await bot().handled()
  }

  expect(await task()).toMatchObject({ status: 'todo', runState: 'queued' })
})

test('an agent can complete a task that the owner queued from the inbox', async () => {
  await addTasks(bot(), [{ title: 'Fix the login' }])
  const agent = await connectAgent(bot())
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('Fix the login')
  bot().user.tap('Queue', card)
  await bot().user.nextEdit('Queued for an agent')

  await agent.claim()

  expect((await agent.act('WEB-1', 'complete', { summary: 'All green.' })).status).toBe(200)
  expect((await task()).status).toBe('ready')
})

test('Plan first queues the task for a plan, and approving the plan queues it for work', async () => {
  await addTasks(bot(), [{ title: 'Fix the login' }])
  const agent = await connectAgent(bot())
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('Fix the login')
  bot().user.tap('More', card)
  await bot().user.nextEdit('Fix the login')
  bot().user.tap('Plan first', card)
  await bot().user.nextEdit('Queued for a plan')
  const claimed = await agent.claim()
  expect(claimed.body).toMatchObject({ objective: 'plan', task: { status: 'inbox' } })
  bot().user.mark()
  await agent.act('WEB-1', 'plan', undefined, { planMarkdown: '1. Read\n2. Fix' })
  const plan = await bot().user.nextMessage('laptop has a plan', { within: 20_000 })
  expect(labelsOn(plan)).toEqual(expect.arrayContaining(['Go', 'Change…', 'Hold']))
  expect((await agent.claim()).status).toBe(204)

  bot().user.tap('Go', plan)

  await bot().user.nextPost('Answered: Go')
  expect((await agent.claim()).body).toMatchObject({
    objective: 'implement',
    task: { id: 'WEB-1', status: 'todo' },
  })
})

test('Done asks for confirmation while an agent is working, and the agent’s late result is a comment on the card', async () => {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  const agent = await connectAgent(bot(), { name: 'Codex' })
  await agent.claim({ status: 'todo' })
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('Codex is working on it')
  bot().user.tap('Edit', card)
  await bot().user.nextEdit('Codex is working on it')
  bot().user.tap('Done', card)
  const question = await bot().user.nextPost('Codex has been on WEB-1')
  expect((await task()).status).toBe('todo')

  bot().user.tap('Stop and mark done', question)

  await bot().user.nextPost('Done')
  const late = await agent.act('WEB-1', 'complete', { summary: 'All 412 tests pass.' })
  expect([late.status, late.body.error]).toEqual([
    409,
    'Your run of WEB-1 was ended, and the task is done. Your result was kept as a comment.',
  ])
  bot().user.sendText('WEB-1')
  await bot().user.nextMessage('Codex: Reported late: All 412 tests pass.')
  expect((await task()).status).toBe('done')
})

test('Stop ends the run and leaves the task in its lane; Undo queues it again', async () => {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  const agent = await connectAgent(bot())
  await agent.claim({ status: 'todo' })
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('laptop is working on it')

  bot().user.tap('Stop', card)

  const stopped = await bot().user.nextEdit('Todo')
  expect(await task()).toMatchObject({ status: 'todo', runState: null })
  expect((await agent.claim()).status).toBe(204)
  bot().user.tap('Undo', stopped)
  await bot().user.nextPost('Queued for an agent')
  expect((await agent.claim()).body.task.id).toBe('WEB-1')
})

test('queueing a task with an open question asks for confirmation and withdraws the question', async () => {
  const { agent, card } = await blocked()
  bot().user.tapData('1h|0|WEB-1|2|0|0', card)
  const confirmation = await bot().user.nextPost('Queue it without an answer?')

  bot().user.tap('Queue anyway', confirmation)

  await bot().user.nextPost('Queued for an agent')
  expect((await agent.claim()).body.task.id).toBe('WEB-1')
})

test('a token with an engine isn’t offered tasks for another engine', async () => {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo', engine: 'codex' }])
  await editTask(bot().ctx, 'WEB-1', { runState: 'queued' })
  const claude = await connectAgent(bot(), { name: 'Claude Code', engine: 'claude-code' })
  const codex = await connectAgent(bot(), { name: 'Codex', engine: 'codex' })

  expect((await claude.claim()).status).toBe(204)
  expect((await codex.claim()).body.task.id).toBe('WEB-1')
})

test('after a refused answer, the question is asked again and the next message answers it', async () => {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  bot().user.sendText('WEB-1')
  const card = await bot().user.nextMessage('Fix the login')
  bot().user.tapData('1a|0|WEB-1|5', card)
  const prompt = await bot().user.nextMessage('When is WEB-1 due?')
  bot().user.reply(prompt, 'next blursday')
  await bot().user.nextMessage('I couldn\'t read "next blursday" as a date')

  bot().user.sendText('fri')

  await bot().user.nextPost('due')
  await bot().handled()
  expect((await task()).dueAt).not.toBeNull()
  expect(await listTasks(bot().scope, {})).toHaveLength(1)
})
