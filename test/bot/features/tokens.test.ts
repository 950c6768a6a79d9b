import { desc, eq } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { botMessages, botUpdates } from '../../../src/db/schema.ts'
import { authenticate, createToken, listTokens } from '../../../src/domain/access/tokens.ts'
import { readState } from '../../../src/telegram/store/bot-state.ts'
import { toasts } from '../../../src/view/kit/answers.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { answersOf, labelsOn } from '../../support/chat.ts'
import { wholeDatabase } from '../../support/database.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const tokenIn = (message: Message) => /preq_[\w-]{32}/.exec(message.text ?? '')?.[0] ?? ''

/** Creates a token with the buttons of /agents. Returns the message that shows it. */
const make = async (span = '30 days', agent = 'Codex') => {
  bot.user.sendText('/agents')
  await bot.user.nextMessage('No agent is working')
  bot.user.tap('Connect an agent')
  await bot.user.nextEdit('Which agent is this for?')
  bot.user.tap(agent)
  await bot.user.nextEdit('When should')
  bot.user.tap(span)
  const message = await bot.user.nextMessage(`${agent}'s token`)
  await bot.handled()
  return message
}

describe('a new token', () => {
  test('is shown with instructions to connect its agent, and works on the agent API', async () => {
    const message = await make()

    const token = tokenIn(message)
    // Over webhooks, the URL is PUBLIC_URL, which has another host name.
    const { port } = new URL(bot.url())
    expect(message.text).toMatch(new RegExp(`curl -fsSL http://\\S+:${port}/agents/codex.zip`))
    expect(await authenticate(bot.db, token, new Date())).toMatchObject({
      ok: true,
      token: { name: 'Codex' },
    })
    const answer = await fetch(`${bot.url()}/api/projects`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
  })

  test('appears nowhere but in its message: not in the database, not in the log', async () => {
    const token = tokenIn(await make())
    await bot.handled()

    expect(token).toHaveLength(37)
    expect(await wholeDatabase(bot.db)).not.toContain(token)
    expect(bot.lines.join('\n')).not.toContain(token)
  })

  test.each(['403-blocked', 'lost-before', 'lost-after', '500'] as const)(
    'appears nowhere else even if its message meets %s',
    async (kind) => {
      bot.user.sendText('/agents')
      await bot.user.nextMessage('No agent is working')
      bot.user.tap('Connect an agent')
      await bot.user.nextEdit('Which agent is this for?')
      bot.user.tap('Codex')
      await bot.user.nextEdit('When should')
      await bot.handled()
      bot.world.faults.add({ method: 'sendMessage', kind })
      bot.user.tap('30 days')
      await bot.handled()

      expect(await listTokens(bot.scope)).toHaveLength(1)
      expect(await wholeDatabase(bot.db)).not.toMatch(/preq_[\w-]{32}/)
      expect(bot.lines.join('\n')).not.toMatch(/preq_[\w-]{32}/)
    },
  )

  test('is created once if its button is tapped twice', async () => {
    await make()
    const question = bot.user.messages().find((message) => message.text?.includes('only once, below'))

    bot.user.tapData('1w|token-make||30', question as Message)
    await bot.handled()

    expect(answersOf(bot).at(-1)).toBe('That token was already created.')
    expect(await listTokens(bot.scope)).toHaveLength(1)
  })

  test('has any name the owner chooses, and never expires if they choose so', async () => {
    bot.user.sendText('/agents')
    await bot.user.nextMessage('No agent is working')
    bot.user.tap('Connect an agent')
    await bot.user.nextEdit('Which agent is this for?')
    bot.user.tap('Other')
    bot.user.reply(await bot.user.nextMessage('token'), 'build server')
    await bot.user.nextMessage('When should')
    bot.user.tap('Never')
    await bot.user.nextMessage("build server's token")
    await bot.handled()

    expect(await listTokens(bot.scope)).toMatchObject([{ name: 'build server', expiresAt: null }])
  })

  test('is created once if the process dies right after, and the bot says so', async () => {
    await make()
    const question = bot.user.messages().find((message) => message.text?.includes('only once, below'))
    const [last] = await bot.db.select().from(botUpdates).orderBy(desc(botUpdates.updateId)).limit(1)
    await bot.db
      .update(botUpdates)
      .set({ finishedAt: null })
      .where(eq(botUpdates.updateId, last?.updateId ?? 0))
    const asks = { kind: 'new-token', name: 'Codex' } as const
    await bot.db
      .update(botMessages)
      .set({ topic: asks })
      .where(eq(botMessages.messageId, question?.message_id ?? 0))

    await bot.restart()
    await bot.handled()

    expect(bot.user.current(question as Message)?.text).toContain("I restarted while creating Codex's token")
    expect(await listTokens(bot.scope)).toHaveLength(1)
  })

  test('is deleted from the chat by its button', async () => {
    const message = await make()

    bot.user.tap('Delete this message', message)
    await bot.user.nextAnswer()
    await bot.handled()

    expect(bot.user.current(message)).toBeUndefined()
  })
})

describe('the message with a new token', () => {
  const use = (token: string) =>
    fetch(`${bot.url()}/api/projects`, { headers: { authorization: `Bearer ${token}` } })

  test('shows the next steps, and becomes “connected” without the token at its first use', async () => {
    const message = await make()
    expect(message.text).toContain('2. Tell the agent: Take my next preqbot task and work on it.')
    expect(message.text).toContain('⏳ Waiting for its first request…')
    expect(message.text).not.toContain('/api/tasks/claim')

    await use(tokenIn(message))
    const edited = await bot.user.nextEdit('✅ Codex is connected')

    expect(edited.message_id).toBe(message.message_id)
    expect(tokenIn(edited)).toBe('')
  })

  test('of a runner shows how to start it, and then to press Queue', async () => {
    const message = await make('30 days', 'Runner')
    const token = tokenIn(message)
    const { port } = new URL(bot.url())
    expect(message.text).toMatch(
      new RegExp(
        `export PREQBOT_URL=http://\\S+:${port} PREQBOT_TOKEN=${token}\nnpm run runner -- init\nnpm run runner`,
      ),
    )
    expect(message.text).toContain('2. Press Queue on a task: an agent starts.')
    expect(labelsOn(message)).not.toContain('Copy what to say')

    await use(token)

    const edited = await bot.user.nextEdit('✅ Runner is connected')
    expect(edited.text).toContain('Press Queue on a task: an agent starts.')
  })

  test('becomes “connected” once, even after a restart', async () => {
    const message = await make()
    await bot.restart()

    await use(tokenIn(message))
    await use(tokenIn(message))
    await bot.user.nextEdit('✅ Codex is connected')
    await bot.handled()

    expect(await readState(bot.db, 'connecting')).toEqual({})
  })

  test('stays as it is while other tokens are used', async () => {
    const first = await make()
    const other = await createToken(bot.ctx, { name: 'laptop' })

    await use(other.token)

    expect(Object.keys((await readState<object>(bot.db, 'connecting')) ?? {})).toHaveLength(1)
    expect(bot.user.current(first)?.text).toContain('⏳ Waiting')
  })
})

test('the question for a new token moves below if its button isn’t in the latest message', async () => {
  bot.user.sendText('/agents')
  const agents = await bot.user.nextMessage('No agent is working')
  bot.user.sendText('/labels')
  await bot.user.nextMessage('Labels')

  bot.user.tap('Connect an agent', agents)
  const question = await bot.user.nextMessage('Which agent is this for?')

  expect(question.message_id).toBeGreaterThan(agents.message_id)
})

describe('revoking', () => {
  test('asks for confirmation, takes effect immediately, and says so on a second tap', async () => {
    const token = tokenIn(await make())
    bot.user.tap('About this token')
    await bot.user.nextEdit('Works on tasks in every project · Codex')
    bot.user.tap('Revoke')
    const question = await bot.user.nextEdit("Revoke Codex's token?")
    bot.user.tap('Revoke', question)
    await bot.user.nextEdit('Revoked')
    await bot.handled()
    const [row] = await listTokens(bot.scope)

    bot.user.tapData(`1w|token-revoke|${row?.id}|`, question)
    await bot.handled()

    expect(answersOf(bot).at(-1)).toBe(toasts.unchanged)
    expect(await authenticate(bot.db, token, new Date())).toEqual({ ok: false, reason: 'revoked' })
  })
})
