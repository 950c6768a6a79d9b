import { desc, eq, sql } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rows } from '../../src/db/rows.ts'
import { botMessages, botUpdates } from '../../src/db/schema.ts'
import { authenticate, listTokens } from '../../src/domain/tokens.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'
import { answersOf } from '../support/chat.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const tokenIn = (message: Message) => /preq_[\w-]{32}/.exec(message.text ?? '')?.[0] ?? ''

/** Makes a token by the buttons of /agents and returns the message that shows it. */
const make = async (span = '30 days') => {
  bot.user.say('/agents')
  await bot.user.nextMessage('Nobody is working')
  bot.user.tap('New token')
  await bot.user.nextEdit('Who is the token for?')
  bot.user.tap('Codex')
  await bot.user.nextEdit('How long')
  bot.user.tap(span)
  const message = await bot.user.nextMessage('Token of Codex')
  await bot.handled()
  return message
}

/** Everything that the database holds, as text. */
const wholeDatabase = async () => {
  const tables = await rows<{ name: string }>(
    bot.db,
    sql`select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) =>
      rows(bot.db, sql`select row_to_json(t)::text as row from ${sql.identifier(name)} t`),
    ),
  )
  return JSON.stringify(texts)
}

describe('a new token', () => {
  test('is shown with the lines that connect its agent, and opens the agents’ door', async () => {
    const message = await make()

    const token = tokenIn(message)
    // By webhook the address is that of PUBLIC_URL, which names the host otherwise.
    const { port } = new URL(bot.url())
    expect(message.text).toMatch(new RegExp(`codex mcp add preqstation --url http://\\S+:${port}/mcp`))
    expect(await authenticate(bot.db, token, new Date())).toMatchObject({
      ok: true,
      token: { name: 'Codex' },
    })
    const answer = await fetch(`${bot.url()}/api/projects`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
  })

  test('stands nowhere but in its message: not in the database, not in the log', async () => {
    const token = tokenIn(await make())
    await bot.handled()

    expect(token).toHaveLength(37)
    expect(await wholeDatabase()).not.toContain(token)
    expect(bot.lines.join('\n')).not.toContain(token)
  })

  test.each(['403-blocked', 'lost-before', 'lost-after', '500'] as const)(
    'stands nowhere either where its message meets %s',
    async (kind) => {
      bot.user.say('/agents')
      await bot.user.nextMessage('Nobody is working')
      bot.user.tap('New token')
      await bot.user.nextEdit('Who is the token for?')
      bot.user.tap('Codex')
      await bot.user.nextEdit('How long')
      await bot.handled()
      bot.world.faults.add({ method: 'sendMessage', kind })
      bot.user.tap('30 days')
      await bot.handled()

      expect(await listTokens(bot.scope)).toHaveLength(1)
      expect(await wholeDatabase()).not.toMatch(/preq_[\w-]{32}/)
      expect(bot.lines.join('\n')).not.toMatch(/preq_[\w-]{32}/)
    },
  )

  test('is made once where its button is pressed twice', async () => {
    await make()
    const question = bot.user.messages().find((message) => message.text?.includes('It is shown below'))

    bot.user.tapData('1w|token-make||30', question as Message)
    await bot.handled()

    expect(answersOf(bot).at(-1)).toBe('That token was made already.')
    expect(await listTokens(bot.scope)).toHaveLength(1)
  })

  test('has a name of the owner’s choice, and no end where he wants none', async () => {
    bot.user.say('/agents')
    await bot.user.nextMessage('Nobody is working')
    bot.user.tap('New token')
    await bot.user.nextEdit('Who is the token for?')
    bot.user.tap('Another name')
    bot.user.reply(await bot.user.nextMessage('A name for the token'), 'build server')
    await bot.user.nextMessage('How long')
    bot.user.tap('Until revoked')
    await bot.user.nextMessage('Token of build server')
    await bot.handled()

    expect(await listTokens(bot.scope)).toMatchObject([{ name: 'build server', expiresAt: null }])
  })

  test('is made once where the process dies right after it was made, and that is said', async () => {
    await make()
    const question = bot.user.messages().find((message) => message.text?.includes('It is shown below'))
    const [last] = await bot.db.select().from(botUpdates).orderBy(desc(botUpdates.updateId)).limit(1)
    await bot.db
      .update(botUpdates)
      .set({ finishedAt: null })
      .where(eq(botUpdates.updateId, last?.updateId ?? 0))
    const asks = { kind: 'new-token', name: 'Codex' }
    await bot.db
      .update(botMessages)
      .set({ topic: asks })
      .where(eq(botMessages.messageId, question?.message_id ?? 0))

    await bot.restart()
    await bot.handled()

    expect(bot.user.current(question as Message)?.text).toContain('I was restarted while I made the token')
    expect(await listTokens(bot.scope)).toHaveLength(1)
  })

  test('is deleted from the chat by its own button', async () => {
    const message = await make()

    bot.user.tap('Delete this message', message)
    await bot.user.nextAnswer()
    await bot.handled()

    expect(bot.user.current(message)).toBeUndefined()
  })
})

describe('revoking', () => {
  test('asks once, shuts the agent out at once, and says so at a second press', async () => {
    const token = tokenIn(await make())
    bot.user.tap('About this token')
    await bot.user.nextEdit('Never used')
    bot.user.tap('Revoke')
    const question = await bot.user.nextEdit('Revoke the token of')
    bot.user.tap('Revoke', question)
    await bot.user.nextEdit('Revoked')
    await bot.handled()
    const [row] = await listTokens(bot.scope)

    bot.user.tapData(`1w|token-revoke|${row?.id}|`, question)
    await bot.handled()

    expect(answersOf(bot).at(-1)).toBe('Nothing to change: it is like that already.')
    expect(await authenticate(bot.db, token, new Date())).toEqual({ ok: false, reason: 'revoked' })
  })
})
