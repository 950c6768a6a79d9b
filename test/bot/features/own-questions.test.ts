import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { connectAgent } from '../../support/agent.ts'
import { dataOf, labelsOn, useBot } from '../../support/chat.ts'
import { questionsOf, unhurried } from '../../support/questions.ts'

const bot = useBot()
const { ask, current, tapped } = questionsOf(bot)

describe('a question that no card shows', () => {
  test('is asked in its own message, which keeps the answer without buttons', async () => {
    const agent = await connectAgent(bot())
    const { card, read } = await ask({ options: ['src', 'lib'] }, 'Red or blue?', agent)
    expect(card.text).toBe('❓ Red or blue?\nQuestion from laptop · just asked · no task')
    expect(labelsOn(card)).toEqual(['src', 'lib', 'Answer'])

    await tapped('lib', card)

    expect(current(card)?.text).toBe('❓ Red or blue?\n✅ Answered: lib')
    expect(labelsOn(current(card))).toEqual([])
    expect((await read()).answer?.text).toBe('lib')
  })

  test('is answered by a reply to its message', async () => {
    const agent = await connectAgent(bot())
    const { card, read } = await ask({}, 'Red or blue?', agent)
    bot().user.reply(card, 'Green')
    await bot().user.nextEdit('✅ Answered: Green')
    expect((await read()).answer?.text).toBe('Green')
  })

  test('is answered by its prompt', async () => {
    const agent = await connectAgent(bot())
    const { card, read } = await ask({}, 'Red or blue?', agent)
    bot().user.tap('Answer', card)
    const prompt = await bot().user.nextMessage('What should I tell the agent?')
    bot().user.reply(prompt, 'Green')
    await bot().user.nextEdit('✅ Answered: Green')
    expect((await read()).answer?.text).toBe('Green')
  })

  test('keeps words about a permission for a denial', async () => {
    const agent = await connectAgent(bot())
    const body = { kind: 'permission', question: 'Run it?', detail: 'ls' }
    const { card, read } = await ask(body, 'Run it?', agent)
    bot().user.reply(card, 'sure')
    const kept = await bot().user.nextEdit('Your words: sure')
    await tapped('Deny with these words', kept)
    expect(current(card)?.text).toBe('🔐 Run it?\nls\n🚫 Denied: sure')
    expect((await read()).answer?.text).toBe('sure')
  })

  test('says that it was withdrawn, and a late tap changes nothing', async () => {
    const agent = await connectAgent(bot())
    const { card, id } = await ask({ options: ['src'] }, 'Red or blue?', agent)
    const data = dataOf(card, 'src')
    await agent.call('DELETE', `/questions/${id}`)
    const after = await bot().user.nextEdit('⌛ Withdrawn', unhurried)
    expect(labelsOn(after)).toEqual([])
    bot().user.tapData(data, card)
    expect((await bot().user.nextAnswer()).text).toBe('That question was withdrawn.')
    const late = bot().user.reply(card, 'src')
    await bot().user.nextMessage('That question was withdrawn.')
    expect(JSON.stringify([...(bot().user.post(late)?.reactions.values() ?? [])])).toContain('🤷')
  })

  test('a further question of a task has its own message, which is removed once it is answered', async () => {
    const { agent, card } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
    const second = await ask({ question: 'Which port?', options: ['1', '2'] }, 'Which port?', agent)
    expect(second.card.text).toBe('❓ WEB-1: Which port?\nQuestion from laptop · just asked')
    expect(current(card)?.text).toContain('Red or blue?')

    bot().user.tap('2', second.card)

    const edited = await bot().user.nextEdit('✅ Answered: 2 · ')
    await bot().handled()
    expect(edited.message_id).toBe(card.message_id)
    expect(labelsOn(edited)).toContain('Blue')
    expect(current(second.card)).toBeUndefined()
    expect((await second.read()).answer?.text).toBe('2')
  })

  test('when the first question closes, the card shows the next one, whose own message goes', async () => {
    const { agent, card } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
    const second = await ask({ question: 'Which port?', options: ['1', '2'] }, 'Which port?', agent)

    await tapped('Blue', card)

    expect(current(card)?.text).toMatch(/^✅ Answered: Blue · .*\n❓ WEB-1: Which port\?/)
    await expect.poll(() => current(second.card), { timeout: 20_000 }).toBeUndefined()
    await tapped('2', current(card) as Message)
    expect((await second.read()).answer?.text).toBe('2')
  })

  test('is listed by /start, which sends it again below everything else', async () => {
    const agent = await connectAgent(bot())
    const { card, id } = await ask({ options: ['src', 'lib'] }, 'Red or blue?', agent)
    bot().user.sendText('/start')
    const home = await bot().user.nextMessage(/Needs you\n❓ Red or blue\?/)
    await tapped('Show 1 question without a task', home)
    const again = bot().user.lastMessage()
    expect([again.text, current(card)]).toEqual([expect.stringContaining('Red or blue?'), undefined])

    await agent.call('DELETE', `/questions/${id}`)

    await bot().user.nextEdit('⌛ Withdrawn', unhurried)
    expect(labelsOn(current(again))).toEqual([])
  })
})
