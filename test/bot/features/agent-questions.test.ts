import { eq } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { questions } from '../../../src/db/schema.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { expireQuestions } from '../../../src/domain/tasks/questions/close-questions.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent, type TestAgent } from '../../support/agent.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()
const wait = { within: 20_000 }

const task = () => requireTask(bot().scope, 'WEB-1')

/** Lets an agent work on WEB-1. */
async function working(): Promise<TestAgent> {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
  const agent = await connectAgent(bot())
  await agent.claim({ status: 'todo' })
  return agent
}

interface Asked {
  readonly agent: TestAgent
  readonly id: string
  readonly card: Message
  /** What the agent's request gets. */
  readonly read: () => Promise<{
    state: string
    answer?: { text: string; items: { text: string; options: { id: string }[] }[] }
  }>
}

async function ask(body: object, shown: string | RegExp, agent?: TestAgent): Promise<Asked> {
  const asking = agent ?? (await working())
  bot().user.mark()
  const { body: answer } = await asking.call('POST', '/questions', { question: 'Red or blue?', ...body })
  const { id } = answer.question
  const card = await bot().user.nextMessage(shown, wait)
  const read = async () => (await asking.call('GET', `/questions/${id}`)).body.question
  return { agent: asking, id, card, read }
}

const current = (message: Message) => bot().user.current(message)
const tapped = async (label: string | RegExp, on: Message): Promise<string | undefined> => {
  bot().user.tap(label, on)
  await bot().handled()
  return answersOf(bot()).at(-1)
}

test('a question of a working agent is on its card, and one tap on an option gives the agent the answer', async () => {
  const { card, read } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  expect(card.text).toMatch(/^❓ WEB-1: Red or blue\?\nFix the login\nQuestion from laptop · just asked/)
  expect(card.reply_markup?.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([
    ['Red', 'Blue'],
    ['Answer'],
    ['Edit', 'More'],
  ])

  await tapped('Blue', card)

  expect(current(card)?.text).toMatch(/^✅ Answered: Blue · laptop goes on/)
  expect(labelsOn(current(card))).toContain('↩️ Undo')
  expect(labelsOn(current(card))).not.toContain('Blue')
  expect(await read()).toMatchObject({ state: 'answered', answer: { text: 'Blue' } })
  expect((await task()).runState).toBe('running')
})

test('Undo of an answer reopens the question until the agent has received it', async () => {
  const { card, read } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  await tapped('Blue', card)
  await tapped('Undo', card)
  expect(current(card)?.text).toContain('Red or blue?')
  await tapped('Red', card)
  await read()

  const refusal = await tapped('Undo', card)

  expect(refusal).toBe('laptop already has the answer.')
  expect((await read()).answer?.text).toBe('Red')
})

test('an answer that the agent has received has no Undo', async () => {
  const { card, read } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  await tapped('Blue', card)
  await read()

  const later = await bot().user.nextEdit(/^⚙️ WEB-1.*✅ Answered: Blue/s, wait)

  expect(labelsOn(later)).not.toContain('↩️ Undo')
})

test('several options are marked one by one and sent with Done', async () => {
  const { card, read } = await ask({ options: ['Unit', 'Load', 'Smoke'], multi: true }, 'Red or blue?')
  expect(labelsOn(card)).toEqual(expect.arrayContaining(['☐ Unit', '☐ Load', '☐ Smoke', 'Answer']))
  await tapped('☐ Smoke', card)
  await tapped('☐ Unit', card)
  await tapped('☐ Load', card)
  await tapped('☑ Load', card)
  expect(labelsOn(current(card))).toEqual(expect.arrayContaining(['☑ Unit', '☐ Load', '☑ Smoke', 'Done (2)']))

  await tapped('Done (2)', card)

  expect(current(card)?.text).toContain('Answered: Unit, Smoke')
  expect((await read()).answer?.items[0]?.options.map(({ id }) => id)).toEqual(['1', '3'])
})

test('the items of a question are answered one after another in the same message', async () => {
  const items = [{ text: 'Which port?', options: ['3000', '8080'] }, { text: 'Which name?' }]
  const { card, read } = await ask({ question: undefined, items }, 'Which port? (1 of 2)')
  const first = dataOf(card, '3000')
  await tapped('8080', card)
  expect(current(card)?.text).toMatch(/^❓ WEB-1: Which name\? \(2 of 2\)\n/)
  expect(current(card)?.text).toContain('✓ Which port? 8080')

  bot().user.tapData(first, card)
  await bot().handled()
  expect(answersOf(bot()).at(-1)).toBe('Already answered.')
  bot().user.reply(card, 'preqbot')

  await bot().user.nextMessage('Answered: 8080; preqbot')
  expect((await read()).answer?.items.map(({ text }) => text)).toEqual(['8080', 'preqbot'])
})

test('the prompt for an item that was answered in the meantime keeps the words as a comment', async () => {
  const items = [{ text: 'Which port?', options: ['3000', '8080'] }, { text: 'Which name?' }]
  const { card, read } = await ask({ question: undefined, items }, 'Which port? (1 of 2)')
  bot().user.tap('Answer', card)
  const prompt = await bot().user.nextMessage('What should I tell the agent about WEB-1?')
  await tapped('8080', card)

  bot().user.reply(prompt, '9090')

  await bot().user.nextMessage('You’ve already answered that part. I kept your words as a comment.')
  expect((await read()).state).toBe('open')
})

describe('options', () => {
  const long = (end: string) => `${'Use the cookie parser of the gateway and '.repeat(4)}${end}`
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['of 200 characters', [long('x'.repeat(36)), 'No']],
    ['with the same first 32 characters', [long('log it'), long('drop it')]],
    ['with emoji', ['🧪 Try it 👩‍🚀', '🧪 Try it 👩‍🚀🚀']],
    ['right to left', ['نعم، تابع', 'لا، توقف']],
    ['in Korean', ['그대로 진행하고 나중에 로그인 페이지를 다시 고치자', '중단']],
  ]
  test.each(cases)('%s can be told apart, and the agent gets the chosen label', async (_, options) => {
    const { card, read } = await ask({ options }, 'Red or blue?')
    const labels = labelsOn(card).slice(0, options.length)
    expect(new Set(labels).size).toBe(options.length)
    for (const label of options)
      expect(labels.includes(label) || card.text?.includes(`. ${label}`), label).toBe(true)

    await tapped(labels[1] ?? '', card)

    expect((await read()).answer?.text).toBe(options[1])
  })

  test('show their descriptions', async () => {
    const options = [{ label: 'Cookie', description: 'Survives a reload' }, 'Header']
    const { card } = await ask({ options }, 'Red or blue?')
    expect(card.text).toContain('Cookie: Survives a reload')
  })
})

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
    const file = await bot().user.nextMessage(/WEB-1/, wait)
    const card = await bot().user.nextMessage('Run this command?', wait)

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
    const card = await bot().user.nextMessage('Run this command?', wait)
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

describe('a plan that an agent waits for', () => {
  const plan = { kind: 'plan', question: 'Approve this plan?', detail: '1. Read\n2. Fix' }

  test.each([
    ['Approve', 'approve', '✅ Approved'],
    ['Approve and let it edit', 'approve-edits', '✅ Approved, edits included'],
  ])('takes %s', async (label, option, outcome) => {
    const { card, read } = await ask(plan, 'laptop has a plan')
    expect(labelsOn(card).slice(0, 3)).toEqual(['Approve', 'Change…', 'Approve and let it edit'])
    await tapped(new RegExp(`^${label}$`), card)
    expect(current(card)?.text?.startsWith(`${outcome} · laptop goes on`)).toBe(true)
    expect((await read()).answer?.items[0]?.options[0]?.id).toBe(option)
  })

  test.each(['Approve', 'yes'])('is changed by a reply, even “%s”', async (words) => {
    const { card, read } = await ask(plan, 'laptop has a plan')
    bot().user.reply(card, words)
    await bot().user.nextMessage(`Answered: ${words}`)
    expect((await read()).answer?.items[0]).toMatchObject({ text: words, options: [] })
  })

  test('is changed by the words of Change…', async () => {
    const { card, read } = await ask(plan, 'laptop has a plan')
    bot().user.tap('Change…', card)
    bot().user.reply(await bot().user.nextMessage('What should change in the plan about WEB-1?'), 'Skip 1')
    await bot().user.nextMessage('Answered: Skip 1')
    expect((await read()).answer?.text).toBe('Skip 1')
  })
})

describe('a question that ends without the owner', () => {
  test('is withdrawn silently, and a late tap and a late reply say so', async () => {
    const { card, agent, id } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
    const red = dataOf(card, 'Red')
    await agent.call('DELETE', `/questions/${id}`)
    const after = await bot().user.nextEdit('⌛ Withdrawn', wait)
    expect(labelsOn(after)).not.toContain('Red')

    bot().user.tapData(red, card)
    await bot().user.nextEdit('That question was withdrawn.')
    bot().user.reply(card, 'Red')

    // Without a question, the words are a comment.
    await bot().handled()
    expect((await agent.call('GET', '/tasks/WEB-1')).body.task.feedback).toMatchObject([{ text: 'Red' }])
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
    const card = await bot().user.nextMessage('WEB-1: Run this command?', wait)
    return { agent, card, decided }
  }

  test('that is answered in the terminal first says so on its card', async () => {
    const { agent, card, decided } = await asking()
    await agent.hook({ ...about, hook_event_name: 'PostToolUse', tool_use_id: 'use-1' })
    expect((await decided).body).toEqual({})
    const after = await bot().user.nextEdit('⌛ Answered in the terminal', wait)
    expect([after.message_id, labelsOn(after).includes('Allow')]).toEqual([card.message_id, false])
  })

  test('that nobody answers in time says so, and a late tap allows nothing', async () => {
    const { card, decided } = await asking()
    const allow = dataOf(card, 'Allow')
    const hourLater = () => new Date(Date.now() + 3_600_000)
    const { ownerId } = bot().scope
    const later = createCtx({ db: bot().db, ownerId, actor: { kind: 'system' }, now: hourLater })
    expect(await expireQuestions(later)).toBe(1)
    await bot().user.nextEdit('⌛ No longer waiting here – answer in the terminal', wait)

    bot().user.tapData(allow, card)

    expect((await bot().user.nextAnswer()).text).toBe('That question is no longer open.')
    expect((await decided).body).toEqual({})
  })
})

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
    const after = await bot().user.nextEdit('⌛ Withdrawn', wait)
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

    await tapped('2', second.card)

    expect(current(second.card)).toBeUndefined()
    expect(current(card)?.text).toMatch(/^✅ Answered: 2 · /)
    expect(labelsOn(current(card))).toContain('Blue')
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

    await bot().user.nextEdit('⌛ Withdrawn', wait)
    expect(labelsOn(current(again))).toEqual([])
  })

  test('goes to the topic of no project', async () => {
    await createProject(bot().ctx, { key: 'OPS', name: 'Operations' })
    const agent = await connectAgent(bot())
    const { card } = await ask({}, 'Red or blue?', agent)
    expect(card.message_thread_id).toBeUndefined()
  })
})

test('two devices that answer at once give one answer', async () => {
  const { card, read } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  bot().user.tapData(dataOf(card, 'Red'), card)
  bot().user.tapData(dataOf(card, 'Blue'), card)
  await bot().handled()
  expect((await read()).answer?.text).toBe('Red')
  expect(answersOf(bot())).toEqual(['Answered.', 'Already answered.'])
  expect(current(card)?.text).toMatch(/^✅ Answered: Red/)
})

test('how long a question waited is on the card, in the history and in the statistics', async () => {
  const { card, id } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  const askedAt = new Date(Date.now() - 4 * 60_000)
  await bot().db.update(questions).set({ createdAt: askedAt }).where(eq(questions.id, id))
  bot().user.sendText('WEB-1')
  const open = await bot().user.nextMessage('Question from laptop · waiting 4 min')

  await tapped('Blue', open)

  expect(current(open)?.text).toMatch(/^✅ Answered: Blue · laptop goes on · waited 4 min\n/)
  expect(current(card)?.text ?? '').not.toContain('waited')
  bot().user.sendText('/stats')
  await bot().user.nextMessage('🙋 Waiting for you: median 4 min, longest 4 min (1 question)')
  await tapped('More', open)
  await tapped('History', open)
  expect(current(open)?.text).toContain('❓ Red or blue? ✅ Answered: Blue · waited 4 min')
})

test('the outcome of a question stays on the card while its agent works on', async () => {
  const { card, agent } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  await tapped('Blue', card)
  await agent.call('POST', '/tasks/WEB-1/comments', { text: 'Painting', progress: true })
  const later = await bot().user.nextEdit('Painting', wait)
  expect(later.text).toContain('✅ Answered: Blue')
  expect(later.text).not.toContain('goes on')
})
