import { afterEach, describe, expect, test } from 'vitest'
import { createCtx } from '../../../src/domain/core/context.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { moveTap } from '../../../src/view/tasks/callbacks.ts'
import { addTokens, agent } from '../../support/board.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks } from '../../support/chat.ts'

let bot: TestBot

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

describe('by polling', () => {
  test('an update that is delivered twice takes effect once', async () => {
    bot = await openTestBot({ updates: 'polling' })
    bot.world.faults.add({ kind: 'double-update' })

    bot.user.sendText('Fix the login')
    await bot.user.nextMessage('WEB-1')
    await bot.handled()

    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  })

  test('after a restart, updates from the meantime are handled in order', async () => {
    bot = await openTestBot({ updates: 'polling' })
    const restarted = bot.restart()
    bot.user.sendText('First')
    bot.user.sendText('Second')

    await restarted
    await bot.user.nextMessage('Second')

    expect((await listTasks(bot.scope, {})).map((task) => task.title)).toEqual(['First', 'Second'])
  })

  test('a lost connection to Telegram loses no message', async () => {
    bot = await openTestBot({ updates: 'polling' })
    bot.world.faults.add({ kind: 'lost-after', method: 'getUpdates', times: 2 })

    bot.user.sendText('Fix the login')
    await bot.user.nextMessage('WEB-1')

    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  })

  test('a leftover webhook is deleted', async () => {
    bot = await openTestBot({ updates: 'polling' })
    bot.user.sendText('Fix the login')
    await bot.user.nextMessage('WEB-1')

    expect(bot.world.calls.some((call) => call.method === 'deleteWebhook')).toBe(true)
  })
})

test('a reply that arrives before its message’s ID is stored is still a comment', async () => {
  bot = await openTestBot()
  bot.user.sendText('Paint it')
  // Reports are debounced for longer than it takes to answer a message.
  await bot.user.nextMessage('Paint it')
  const key = 'WEB-1'
  await addTokens(bot.db, bot.scope.ownerId, [agent])
  await editTask(createCtx({ db: bot.db, ownerId: bot.ctx.ownerId, actor: agent, now: bot.ctx.now }), key, {
    lifecycle: 'block',
    result: { blockedReason: 'Which colour?' },
  })
  bot.world.faults.add({ kind: 'late-answer', ms: 500, method: 'sendMessage' })

  bot.user.reply(await bot.user.nextMessage('Which colour?', { within: 15_000 }), 'Green')
  await bot.handled()

  const { feedback } = await readDetail(bot.scope, await requireTask(bot.scope, key))
  expect(feedback.map(({ text }) => text)).toEqual(['Green'])
})

describe('over webhooks', () => {
  test('messages and taps arrive with the secret, and nothing is polled', async () => {
    bot = await openTestBot({ updates: 'webhook' })
    bot.user.sendText('Fix the login')
    const card = await bot.user.nextMessage('WEB-1')

    bot.user.tap('Todo', card)
    await bot.user.nextEdit('Todo')

    expect((await listTasks(bot.scope, {}))[0]?.status).toBe('todo')
    expect(bot.world.calls.some((call) => call.method === 'getUpdates')).toBe(false)
  })

  test('a call without the secret is refused and changes nothing', async () => {
    bot = await openTestBot({ updates: 'webhook' })
    bot.user.sendText('Fix the login')
    await bot.user.nextMessage('WEB-1')
    const { url } = bot.world.webhook.settings ?? { url: '' }

    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ update_id: 1, message: { text: 'forged' } }),
    })

    expect(answer.status).toBe(401)
    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  })
})

describe('an update that is many hours late', () => {
  let aheadMs = 0
  const late = (act: () => unknown) => {
    act()
    aheadMs += 20 * 60 * 60_000
  }
  const open = async () => {
    aheadMs = 0
    // A webhook is called at once, so no update would wait at Telegram.
    bot = await openTestBot({ updates: 'polling', now: () => new Date(Date.now() + aheadMs) })
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
  }

  test.each(['WEB-1', 'WEB-1 done', '/task WEB-1', '/inbox', '/undo'])(
    'is marked and not acted on if it is %s',
    async (text) => {
      await open()

      late(() => bot.user.sendText(text))

      await bot.user.waitFor(
        (event): event is typeof event =>
          event.type === 'reaction' && JSON.stringify(event.reaction).includes('🤷'),
      )
      await bot.handled()
      expect(bot.user.messages().filter((message) => message.from?.is_bot)).toEqual([])
      expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('todo')
    },
  )

  test('is kept if it is a task’s text', async () => {
    await open()

    late(() => bot.user.sendText('Buy milk'))

    await bot.user.nextMessage('WEB-2 Buy milk')
  })

  test('takes effect if it is a tap that still applies; otherwise it shows the current state', async () => {
    await open()
    bot.user.sendText('WEB-1')
    const card = await bot.user.nextMessage('Fix the login')
    await bot.handled()

    late(() => bot.user.tap('Hold', card))
    await bot.user.nextEdit('On hold')
    await addTokens(bot.db, bot.scope.ownerId, [agent])
    await editTask(
      createCtx({ db: bot.db, ownerId: bot.scope.ownerId, actor: agent, now: bot.ctx.now }),
      'WEB-1',
      { status: 'ready' },
    )
    late(() => bot.user.tapData(moveTap.encode({ on: 'card', key: 'WEB-1', from: 'hold', to: 'done' }), card))
    await bot.handled()

    expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('ready')
    await expect.poll(() => bot.user.lastMessage().text, { timeout: 10_000 }).toContain('Ready for review')
    expect(bot.lines.filter((line) => line.includes('an update failed'))).toEqual([])
  })
})
