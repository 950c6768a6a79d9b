import { eq, isNotNull } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { botMessages, workLogFacts } from '../../../src/db/schema.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { unheardJob } from '../../../src/jobs/unheard.ts'
import { connectAgent } from '../../support/agent.ts'
import { untilReaction, useBot } from '../../support/chat.ts'
import { openSession, type TestSession, workingSession } from '../../support/session.ts'

const bot = useBot()
const wait = { within: 20_000 }
const log = { debug() {}, info() {}, warn() {}, error() {} }
const working = () => workingSession(bot())
const reply = async (card: Message, text: string) => {
  const sent = bot().user.reply(card, text)
  await bot().handled()
  return sent
}
const reaction = (messageId: number, emoji: string) => untilReaction(bot(), messageId, emoji)
const words = (text: string) => `The owner wrote about WEB-1, which you are working on:\n${text}`
const context = (text: string) => ({
  hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: text },
})
const block = (text: string) => ({ decision: 'block', reason: text })
const feedback = async ({ agent }: TestSession) =>
  (await agent.call('GET', '/tasks/WEB-1')).body.task.feedback

describe('a reply to a working task', () => {
  test('is kept, and comes once with the answer to the next used tool', async () => {
    const { card, ...session } = await working()
    const written = await reply(card, 'Use the left one')
    await reaction(written.message_id, '✍')

    expect(await session.use()).toEqual(context(words('Use the left one')))

    await reaction(written.message_id, '👀')
    await bot().user.nextEdit(/You: Use the left one\nlaptop heard it at \d\d:\d\d/, wait)
    expect(await session.use()).toEqual({})
    expect(await session.stop()).toEqual({})
    expect(await feedback(session)).toEqual([
      { text: 'Use the left one', at: expect.any(String), heard_at: expect.any(String) },
    ])
  })

  test('makes an agent that stops go on', async () => {
    const { card, ...session } = await working()
    await reply(card, 'Test it too')

    expect(await session.stop()).toEqual(block(words('Test it too')))

    expect(await session.stop({ stop_hook_active: true })).toEqual({})
  })

  test('makes an agent go on three times in a row at most; a used tool brings the rest', async () => {
    const { card, ...session } = await working()
    for (const text of ['One', 'Two', 'Three']) {
      await reply(card, text)
      expect(await session.stop({ stop_hook_active: true })).toEqual(block(words(text)))
    }
    await reply(card, 'Four')

    expect(await session.stop({ stop_hook_active: true })).toEqual({})

    expect(await session.use()).toEqual(context(words('Four')))
    await reply(card, 'Five')
    expect(await session.stop()).toEqual(block(words('Five')))
  })

  test('comes with others in order', async () => {
    const { card, ...session } = await working()
    await reply(card, 'First')
    await reply(card, 'Second')

    expect(await session.use()).toEqual(context(`${words('First')}\n\n${words('Second')}`))
  })

  test.each([
    [7_999, false],
    [8_000, false],
    [8_001, true],
  ])('of %i characters: cut %s', async (length, isCut) => {
    const session = await working()
    await editTask(bot().ctx, 'WEB-1', { comment: 'x'.repeat(length) })

    const { hookSpecificOutput } = (await session.use()) as ReturnType<typeof context>

    const rest = hookSpecificOutput.additionalContext.endsWith('(The rest is in the feedback of WEB-1.)')
    expect(rest).toBe(isCut)
  })

  test('comes once to one of two hooks at the same time', async () => {
    const { card, ...session } = await working()
    await reply(card, 'Once')

    const answers = await Promise.all([session.use(), session.use(), session.stop(), session.use()])

    expect(answers.filter((answer) => JSON.stringify(answer).includes('Once'))).toHaveLength(1)
  })

  test('that the agent fetched first does not come again', async () => {
    const { card, ...session } = await working()
    const written = await reply(card, 'Use the left one')

    expect(await feedback(session)).toEqual([{ text: 'Use the left one', at: expect.any(String) }])

    await reaction(written.message_id, '👀')
    expect(await session.use()).toEqual({})
  })

  test('is not taken by another agent that reads the task', async () => {
    const { card, ...session } = await working()
    await reply(card, 'Use the left one')
    const other = await connectAgent(bot(), { name: 'desktop' })

    await other.call('GET', '/tasks/WEB-1')

    expect(await session.use()).toEqual(context(words('Use the left one')))
  })

  test('is not heard by a subagent, a failed tool or another session', async () => {
    const { card, ...session } = await working()
    const other = await openSession(bot(), { agent: session.agent })
    await reply(card, 'Use the left one')

    expect(await session.use('Read', { agent_id: 'a' })).toEqual({})
    expect(await session.hook('PostToolUseFailure', { tool_name: 'Read', tool_input: {} })).toEqual({})
    expect(await session.hook('SubagentStop', { agent_id: 'a' })).toEqual({})
    expect(await other.use()).toEqual({})
    expect(await other.stop()).toEqual({})

    expect(await session.use()).toEqual(context(words('Use the left one')))
  })

  test('that was undone does not come', async () => {
    const { card, ...session } = await working()
    await reply(card, 'Use the left one')
    bot().user.sendText('/undo')
    await bot().handled()

    expect(await session.use()).toEqual({})
  })

  test('after the run was ended stays feedback', async () => {
    const { card, ...session } = await working()
    await session.agent.act('WEB-1', 'block', { reason: 'Red or blue?' })
    await reply(card, 'Blue')

    expect(await session.use()).toEqual({})

    expect((await session.agent.claim()).body.task.feedback).toMatchObject([{ text: 'Blue' }])
  })
})

describe('what hooks report', () => {
  test('is one line of the card, which makes no sound', async () => {
    const { card, ...session } = await working()
    bot().world.calls.length = 0

    await session.use('Edit', { tool_input: { file_path: '/repo/a.ts' } })
    await session.use('Edit', { tool_input: { file_path: '/repo/a.ts' } })
    await session.hook('PostToolUseFailure', { tool_name: 'Bash', tool_input: { command: 'npm test' } })
    await session.use('Write', { tool_input: { file_path: '/repo/b.ts' } })

    const edited = await bot().user.nextEdit(/4 tool calls · tests · 2 files · under a minute/, wait)
    expect(edited.message_id).toBe(card.message_id)
    expect(bot().world.calls.map(({ method }) => method.toLowerCase())).not.toContain('sendmessage')
  })

  test('of many tools is one edit', async () => {
    const { card, ...session } = await working()
    bot().world.calls.length = 0

    for (let call = 0; call < 20; call += 1) await session.use()

    await bot().user.nextEdit('20 tool calls', wait)
    const edits = () => bot().world.calls.filter(({ method }) => method.toLowerCase() === 'editmessagetext')
    await expect.poll(() => edits().length).toBeGreaterThan(0)
    expect(edits().length).toBeLessThanOrEqual(2)
    expect(edits()[0]?.params).toMatchObject({ message_id: card.message_id })
  })
})

describe('a reply whose answer may not have arrived', () => {
  /** Lets a hook take a reply, whose answer is lost. */
  async function lost() {
    const { card, ...session } = await working()
    const written = await reply(card, 'Use the left one')
    expect(await session.use()).toEqual(context(words('Use the left one')))
    await reaction(written.message_id, '👀')
    // As if the process had been killed before it wrote the answer.
    const longAgo = new Date(Date.now() - 10_000)
    await bot()
      .db.update(workLogFacts)
      .set({ heardAt: longAgo, deliveredAt: null })
      .where(isNotNull(workLogFacts.heardAt))
    await run()
    const asked = await bot().user.nextMessage('Maybe not heard, on WEB-1: “Use the left one”', wait)
    return { ...session, written, asked }
  }
  const run = () =>
    unheardJob.run({ store: bot().db, ownerId: bot().scope.ownerId, now: () => new Date(), log })

  test('is reported once below it, and stays feedback', async () => {
    const { written, asked, ...session } = await lost()

    expect(asked.reply_to_message?.message_id).toBe(written.message_id)
    expect(await session.use()).toEqual({})
    bot().user.mark()
    await run()
    expect(await bot().db.$count(botMessages, eq(botMessages.purpose, 'notification'))).toBe(1)
    expect(await feedback(session)).toMatchObject([
      { text: 'Use the left one', heard_at: expect.any(String) },
    ])
  })

  test('comes once more after Send again', async () => {
    const { asked, ...session } = await lost()

    bot().user.tap('Send again', asked)
    await bot().user.nextEdit('Sent again.', wait)

    expect(await session.use()).toEqual(context(words('Use the left one')))
    expect(await session.use()).toEqual({})
  })

  test('does not come again if the agent has fetched it since', async () => {
    const { asked, ...session } = await lost()
    await feedback(session)

    bot().user.tap('Send again', asked)
    await bot().user.nextEdit('The agent has it by now.', wait)

    expect(await session.use()).toEqual({})
  })
})
