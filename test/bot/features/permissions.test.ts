import { beforeEach, expect, test } from 'vitest'
import { auditLogs, sessionRules } from '../../../src/db/schema.ts'
import { createToken } from '../../../src/domain/access/tokens.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { connectAgent } from '../../support/agent.ts'
import { answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()

beforeEach(() => changeSettings(bot().ctx, { presence: null, locked: null }))

const permissions = async () => (await readOwnerSettings(bot().scope)).permissions

test.each([
  ['/away', 'Away: permissions come to this chat', { presence: 'away' }],
  ['/here', 'Here: agents ask for permissions in the terminal', { presence: 'here' }],
  ['/lock', 'Locked: every permission is denied.', { isLocked: true }],
] as const)('%s is in force at once, says so, and can be undone', async (command, words, changed) => {
  bot().user.sendText(command)
  const shown = await bot().user.nextMessage(words)
  expect(await permissions()).toMatchObject(changed)

  bot().user.tap('Undo', shown)

  await bot().user.nextEdit('Permissions come to this chat.')
  expect(await permissions()).toMatchObject({ presence: null, isLocked: false })
})

test('/unlock ends a lock and keeps where the owner is', async () => {
  await changeSettings(bot().ctx, { presence: 'away', locked: true })
  bot().user.sendText('/unlock')
  await bot().user.nextMessage('Away: permissions come to this chat')
  expect(await permissions()).toMatchObject({ presence: 'away', isLocked: false })
})

test('the buttons do what the commands do, and a second tap changes nothing', async () => {
  bot().user.sendText('/away')
  const shown = await bot().user.nextMessage('Away')
  const here = dataOf(shown, 'Here')
  bot().user.tapData(here, shown)
  bot().user.tapData(here, shown)
  await bot().handled()
  expect(bot().user.current(shown)?.text).toContain('Here: agents ask')
  expect(answersOf(bot())).toEqual([undefined, 'Already done.'])
  expect(labelsOn(bot().user.current(shown))).toContain('✓ Here')
})

test('/lock denies the permissions that wait, with words that reach the agent', async () => {
  const agent = await connectAgent(bot())
  const body = { kind: 'permission', question: 'Run it?', detail: 'npm publish' }
  const { question } = (await agent.call('POST', '/questions', body)).body
  const asked = await bot().user.nextMessage('Run it?', { within: 20_000 })

  bot().user.sendText('/lock')

  await bot().user.nextMessage('1 waiting permission was denied.')
  const { body: read } = await agent.call('GET', `/questions/${question.id}`)
  expect(read.question.answer.text).toContain('The owner has locked all permissions.')
  await expect
    .poll(() => bot().user.current(asked)?.text, { timeout: 20_000 })
    .toContain('🚫 Denied: The owner has locked all permissions.')
  expect(labelsOn(bot().user.current(asked))).toEqual([])
})

test('/agents lists what is allowed for sessions, and revokes it once', async () => {
  const { row } = await createToken(bot().ctx, { name: 'desktop' })
  const rule = { tokenId: row.id, session: 'one', tool: 'Bash', input: 'a hash', shown: 'npm test' }
  await bot().db.insert(sessionRules).values(rule)
  bot().user.sendText('/agents')
  const screen = await bot().user.nextMessage('Agents')
  bot().user.tap('Allowed for a session (1)', screen)
  const rules = await bot().user.nextEdit('Bash npm test')
  const revoke = dataOf(rules, 'Revoke 1')

  bot().user.tapData(revoke, rules)
  bot().user.tapData(revoke, rules)
  await bot().handled()

  expect(answersOf(bot()).slice(-2)).toEqual(['Revoked. The next use asks again.', 'Already done.'])
  expect(await bot().db.select().from(sessionRules)).toEqual([])
  expect((await bot().db.select().from(auditLogs)).map(({ action }) => action)).toContain('rule.revoke')
  expect(bot().user.current(rules)?.text).toContain('Nothing.')
})

test('/agents shows a lock', async () => {
  await changeSettings(bot().ctx, { locked: true })
  bot().user.sendText('/agents')
  await bot().user.nextMessage('🔒 Locked: every permission is denied.')
})
