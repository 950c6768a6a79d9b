import { afterAll, beforeAll, expect, test } from 'vitest'
import { criteriaOf } from '../../../src/domain/tasks/notes/note.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { markOf } from '../../../src/view/kit/callbacks.ts'
import { criterionTap } from '../../../src/view/tasks/callbacks.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks, answersOf } from '../../support/chat.ts'

let bot: TestBot
beforeAll(async () => {
  bot = await openTestBot()
  bot.user.sendText('/settings')
  await bot.handled()
})
afterAll(() => bot.close())

const failures = () => bot.lines.filter((line) => line.includes('an update failed'))

test.each(['undo-setting', 'undo-label', 'undo-project'])(
  'a button %s that names no change is answered with “nothing to undo”',
  async (act) => {
    const [message] = bot.user.messages().filter(({ from }) => from?.is_bot)
    const before = answersOf(bot).length

    for (const id of ['x', '', "'; drop table tasks", '0'.repeat(32)])
      await bot.user.tapData(`1w|${act}|WEB|${id}`, message?.message_id ?? 1)
    await bot.handled()

    expect(failures()).toEqual([])
    expect(answersOf(bot).slice(before)).toEqual(Array.from({ length: 4 }, () => 'No such change to undo.'))
  },
)

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'a button that sets %s shows the settings and changes nothing',
  async (name) => {
    const [message] = bot.user.messages().filter(({ from }) => from?.is_bot)

    await bot.user.tapData(`1w|set|${name}|x`, message?.message_id ?? 1)
    await bot.handled()

    expect(failures()).toEqual([])
  },
)

test('a button that checks a criterion under another one’s name checks none', async () => {
  const criteria = ['Runs on ARM', 'Has a test']
  await addTasks(bot, [{ title: 'Build the image', criteria }])
  bot.user.sendText('WEB-1')
  const card = await bot.user.nextMessage('Build the image')
  const tap = { on: 'card', key: 'WEB-1', met: true } as const

  for (const [index, named] of [
    [0, 'Has a test'],
    [1, 'Runs on ARM'],
    [2, 'Has a test'],
  ] as const)
    bot.user.tapData(criterionTap.encode({ ...tap, index, mark: markOf(named) }), card)
  await bot.handled()

  const { note } = await requireTask(bot.scope, 'WEB-1')
  expect(criteriaOf(note)).toEqual(criteria.map((text) => ({ text, met: false })))
  expect(failures()).toEqual([])
})

test('an unknown path has the security headers too', async () => {
  const answer = await fetch(`${bot.url()}/nowhere`)

  expect([answer.status, await answer.json()]).toEqual([404, { error: 'Not found' }])
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
})
