import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { questions } from '../../../src/db/schema.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'
import { questionsOf, unhurried } from '../../support/questions.ts'

const bot = useBot()
const { ask, current, tapped } = questionsOf(bot)

const task = () => requireTask(bot().scope, 'WEB-1')

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

  const later = await bot().user.nextEdit(/^⚙️ WEB-1.*✅ Answered: Blue/s, unhurried)

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
    const after = await bot().user.nextEdit('⌛ Withdrawn', unhurried)
    expect(labelsOn(after)).not.toContain('Red')

    bot().user.tapData(red, card)
    await bot().user.nextEdit('That question was withdrawn.')
    bot().user.reply(card, 'Red')

    // Without a question, the words are a comment.
    await bot().handled()
    expect((await agent.call('GET', '/tasks/WEB-1')).body.task.feedback).toMatchObject([{ text: 'Red' }])
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

test('how long a question waited is on the card and in the history', async () => {
  const { card, id } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  const askedAt = new Date(Date.now() - 4 * 60_000)
  await bot().db.update(questions).set({ createdAt: askedAt }).where(eq(questions.id, id))
  bot().user.sendText('WEB-1')
  const open = await bot().user.nextMessage('Question from laptop · waiting 4 min')

  await tapped('Blue', open)

  expect(current(open)?.text).toMatch(/^✅ Answered: Blue · laptop goes on · waited 4 min\n/)
  expect(current(card)?.text ?? '').not.toContain('waited')
  await tapped('More', open)
  await tapped('History', open)
  expect(current(open)?.text).toContain('❓ Red or blue? ✅ Answered: Blue · waited 4 min')
})

test('the outcome of a question stays on the card while its agent works on', async () => {
  const { card, agent } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  await tapped('Blue', card)
  await agent.call('POST', '/tasks/WEB-1/comments', { text: 'Painting', progress: true })
  const later = await bot().user.nextEdit('Painting', unhurried)
  expect(later.text).toContain('✅ Answered: Blue')
  expect(later.text).not.toContain('goes on')
})
