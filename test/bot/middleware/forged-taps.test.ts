import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { answersOf } from '../../support/chat.ts'

let bot: TestBot
beforeAll(async () => {
  bot = await openTestBot()
  bot.user.sendText('/settings')
  await bot.handled()
})
afterAll(() => bot.close())

const failures = () => bot.lines.filter((line) => line.includes('an update failed'))

test.each(['undo-setting', 'undo-label', 'undo-project'])(
  'a button %s that names no change says that there is none',
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

test('a path that nothing serves has the security headers too', async () => {
  const answer = await fetch(`${bot.url()}/nowhere`)

  expect([answer.status, await answer.json()]).toEqual([404, { error: 'Not found' }])
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
})
