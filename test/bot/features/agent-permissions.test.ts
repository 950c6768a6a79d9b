import { describe, expect, test } from 'vitest'
import { createCtx } from '../../../src/domain/core/context.ts'
import { expireQuestions } from '../../../src/domain/tasks/questions/close-questions.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, dataOf, labelsOn, useBot } from '../../support/chat.ts'
import { questionsOf, unhurried } from '../../support/questions.ts'

const bot = useBot()
const { working, ask, current, tapped } = questionsOf(bot)

describe('a permission', () => {
  const permission = { kind: 'permission', question: 'Run this command?', detail: 'npm publish' }

  test('shows the exact command and takes Allow', async () => {
    const { card, read } = await ask(permission, 'Run this command?')
    expect(card.text).toMatch(
      /^🔐 WEB-1: Run this command\?\nnpm publish\nFix the login\nlaptop wants permission/,
    )
    expect(card.entities).toContainEqual(expect.objectContaining({ type: 'pre' }))
    expect(labelsOn(card).slice(0, 3)).toEqual(['Allow', 'Deny', 'Deny and say why'])

    await tapped('Allow', card)

    expect(current(card)?.text).toMatch(/^✅ Allowed · laptop goes on/)
    expect(labelsOn(current(card))).not.toContain('↩️ Undo')
    expect((await read()).answer?.items[0]?.options).toEqual([{ id: 'allow', label: 'Allow' }])
  })

  test('is not decided by words, which can go with a denial', async () => {
    const { card, read } = await ask(permission, 'Run this command?')
    bot().user.reply(card, 'yes, allow it')
    const offer = await bot().user.nextMessage('Only a tap allows or denies.')
    expect(offer.text).toContain('Your words: yes, allow it')
    expect((await read()).state).toBe('open')

    await tapped('Deny with these words', offer)

    expect(current(offer)?.text).toMatch(/^🚫 Denied: yes, allow it/)
    expect((await read()).answer).toMatchObject({
      text: 'yes, allow it',
      items: [{ options: [{ id: 'deny' }] }],
    })
  })

  test('is not decided by a reply to the digest, whose words are kept', async () => {
    const { card, read } = await ask(permission, 'Run this command?')
    bot().user.sendText('/digest')
    bot().user.reply(await bot().user.nextMessage('WEB-1'), '1: allow')
    await bot().user.nextMessage('WEB-1: I kept your words. Only a tap allows or denies.')
    await bot().handled()
    expect(labelsOn(current(card))).toContain('Deny with these words')
    expect((await read()).state).toBe('open')
  })

  test('is denied with the reason that the owner is prompted for', async () => {
    const { card, read } = await ask(permission, 'Run this command?')
    bot().user.tap('Deny and say why', card)
    const prompt = await bot().user.nextMessage('Why not (WEB-1)?')

    bot().user.reply(prompt, 'Use the dry run')

    await bot().user.nextMessage('🚫 Denied: Use the dry run')
    await bot().handled()
    expect(await read()).toMatchObject({ answer: { text: 'Use the dry run' } })
    expect(current(prompt)).toBeUndefined()
  })

  test('with a long command comes with a file, and its card shows the beginning', async () => {
    const agent = await working()
    const detail = `echo start\n${'rm -rf ./build && '.repeat(200)}true`
    bot().user.mark()
    await agent.call('POST', '/questions', { ...permission, detail })
    const file = await bot().user.nextMessage(/WEB-1/, unhurried)
    const card = await bot().user.nextMessage('Run this command?', unhurried)

    expect(file.document?.file_name).toBe('WEB-1.txt')
    expect(card.text).toContain('echo start')
    expect(card.text).toContain(`only the beginning of ${[...detail].length.toLocaleString('en')} characters`)
    expect([...(card.text ?? '')].length).toBeLessThan(1_500)
  })

  test('shows characters that would hide or reorder the command', async () => {
    const { card } = await ask({ ...permission, detail: 'rm a\u202e\u200bb' }, 'Run this command?')
    expect(card.text).toContain('rm a\\u{202e}\\u{200b}b')
  })
})

describe('a permission of a hook', () => {
  const hook = async (command: string) => {
    const agent = await connectAgent(bot())
    bot().user.mark()
    const body = {
      session_id: 'one',
      hook_event_name: 'PermissionRequest',
      cwd: '/repo',
      tool_name: 'Bash',
      tool_input: { command },
    }
    const decided = agent.hook(body)
    const card = await bot().user.nextMessage('Run this command?', unhurried)
    return { agent, card, decided }
  }
  const behaviorOf = (answer: { body: { hookSpecificOutput?: { decision: object } } }) =>
    answer.body.hookSpecificOutput?.decision

  test('is allowed for the session once and for all', async () => {
    const { agent, card, decided } = await hook('npm test')
    expect(card.reply_markup?.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([
      ['Allow', 'Allow for session'],
      ['Deny', 'Deny and say why'],
    ])
    await tapped('Allow for session', card)
    expect(behaviorOf(await decided)).toEqual({ behavior: 'allow' })
    expect(current(card)?.text).toBe('🔐 Run this command?\nnpm test\n✅ Allowed')

    const again = { session_id: 'one', hook_event_name: 'PermissionRequest', cwd: '/repo' }
    const same = await agent.hook({ ...again, tool_name: 'Bash', tool_input: { command: 'npm test' } })
    expect(behaviorOf(same)).toEqual({ behavior: 'allow' })
  })

  test('is never offered for the session if it is dangerous', async () => {
    const { card, decided } = await hook('rm -rf /')
    expect(card.text).toContain('🚨 Dangerous. Read it before you allow it.\nrm -rf /')
    expect(labelsOn(card)).toEqual(['Allow', 'Deny', 'Deny and say why'])

    bot().user.tapData(dataOf(card, 'Allow').replace('|0|allow', '|3|allow'), card)
    expect((await bot().user.nextAnswer()).text).toBe('This can only be allowed once.')
    await tapped(/^Deny$/, card)

    expect(behaviorOf(await decided)).toMatchObject({ behavior: 'deny' })
  })
})

describe('a permission of a hook about a task', () => {
  const about = { session_id: 'one', cwd: '/repo', tool_name: 'Bash', tool_input: { command: 'npm test' } }
  const asking = async () => {
    await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
    const agent = await connectAgent(bot(), { session: 'one' })
    await agent.claim({ status: 'todo' })
    bot().user.mark()
    const decided = agent.hook({ ...about, hook_event_name: 'PermissionRequest' })
    const card = await bot().user.nextMessage('WEB-1: Run this command?', unhurried)
    return { agent, card, decided }
  }

  test('that is answered in the terminal first says so on its card', async () => {
    const { agent, card, decided } = await asking()
    await agent.hook({ ...about, hook_event_name: 'PostToolUse', tool_use_id: 'use-1' })
    expect((await decided).body).toEqual({})
    const after = await bot().user.nextEdit('⌛ Answered in the terminal', unhurried)
    expect([after.message_id, labelsOn(after).includes('Allow')]).toEqual([card.message_id, false])
  })

  test('that nobody answers in time says so, and a late tap allows nothing', async () => {
    const { card, decided } = await asking()
    const allow = dataOf(card, 'Allow')
    const hourLater = () => new Date(Date.now() + 3_600_000)
    const { ownerId } = bot().scope
    const later = createCtx({ db: bot().db, ownerId, actor: { kind: 'system' }, now: hourLater })
    expect(await expireQuestions(later)).toBe(1)
    await bot().user.nextEdit('⌛ No longer waiting here – answer in the terminal', unhurried)

    bot().user.tapData(allow, card)

    expect((await bot().user.nextAnswer()).text).toBe('That question is no longer open.')
    expect((await decided).body).toEqual({})
  })
})
