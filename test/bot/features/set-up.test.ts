import { desc, eq } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { botConversations, botUpdates } from '../../../src/db/schema.ts'
import { listProjects } from '../../../src/domain/projects/read.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { toasts } from '../../../src/view/kit/answers.ts'
import { timeZoneTap } from '../../../src/view/kit/links.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { commands } from '../../support/buttons.ts'

let bot: TestBot

const berlin = timeZoneTap.encode({ on: 'set-up', timeZone: 'Europe/Berlin' })

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const begin = async () => {
  bot = await openTestBot({ ready: false })
  bot.user.open(bot.setupCode)
  return bot.user.nextMessage("What's your time zone?")
}

/** Delivers the last update again, as after a SIGKILL before it was finished. With `undone`, the dialog hadn't advanced either. */
const crash = async (undone: readonly (typeof botConversations.$inferSelect)[] | null) => {
  await bot.handled()
  const [last] = await bot.db.select().from(botUpdates).orderBy(desc(botUpdates.updateId)).limit(1)
  await bot.db
    .update(botUpdates)
    .set({ finishedAt: null })
    .where(eq(botUpdates.updateId, last?.updateId ?? 0))
  if (undone !== null) {
    await bot.db.delete(botConversations)
    if (undone.length > 0) await bot.db.insert(botConversations).values([...undone])
  }
  await bot.restart()
  await bot.handled()
}

const conversations = () => bot.db.select().from(botConversations)

describe('a setup killed during an answer', () => {
  const steps: readonly { readonly act: () => void; readonly next: string }[] = [
    { act: () => bot.user.tap('Berlin'), next: 'first project' },
    { act: () => bot.user.sendText('ada/website'), next: 'WEBS-1' },
    { act: () => bot.user.tap('Change'), next: 'Send a name, a key, or both' },
    { act: () => bot.user.sendText('SITE'), next: 'SITE-1' },
    { act: () => bot.user.tap('OK'), next: 'Website is ready' },
  ]

  test.each(['before', 'after'] as const)(
    '%s the dialog was stored accepts each answer once',
    async (when) => {
      await begin()
      for (const { act, next } of steps) {
        await bot.handled()
        const stored = await conversations()
        act()
        await bot.user.nextMessage(next)
        await crash(when === 'before' ? stored : null)
      }

      expect(await listProjects(bot.scope)).toMatchObject([
        { projectKey: 'SITE', name: 'Website', repoUrl: 'ada/website' },
      ])
      expect((await listTasks(bot.scope, {})).map((task) => task.title)).toEqual(['Try me: say hello'])
      expect(await conversations()).toEqual([])
    },
  )
})

describe('a dialog', () => {
  test('allows every command in its middle, which ends it', async () => {
    bot = await openTestBot()
    for (const { command } of commands) {
      bot.user.sendText('/projects')
      const list = await bot.user.nextMessage('Projects')
      bot.user.tap('New project', list)
      await bot.user.nextMessage('Which repository is the new project')
      bot.user.sendText(`/${command}`)
      await bot.user.nextMessage()
      await bot.handled()

      expect([command, await conversations()]).toEqual([command, []])
    }
    expect(bot.lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  }, 60_000)
})

describe('the setup', () => {
  test('leads from the link to a board with a project and a sample task', async () => {
    await begin()

    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')
    bot.user.sendText('ada/web-shop')
    await bot.user.nextMessage('Web shop, key WS')
    bot.user.tap('OK')
    const sample = await bot.user.nextMessage('Try me')
    const done = await bot.user.nextMessage('Web shop is ready')
    await bot.handled()

    expect(done.message_id).toBeGreaterThan(sample.message_id)
    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('Europe/Berlin')
    expect(await listProjects(bot.scope)).toMatchObject([
      { projectKey: 'WS', name: 'Web shop', repoUrl: 'ada/web-shop' },
    ])
    expect(await listTasks(bot.scope, {})).toMatchObject([
      { key: 'WS-1', status: 'todo', runState: 'queued' },
    ])
    expect(await bot.db.select().from(botConversations)).toEqual([])
  })

  test('accepts a city, another name and key, and no repository', async () => {
    await begin()

    bot.user.sendText('new york')
    await bot.user.nextMessage('first project')
    bot.user.sendText('Website')
    await bot.user.nextMessage('WEBS-1')
    bot.user.tap('Change')
    await bot.user.nextMessage('Send a name, a key, or both')
    bot.user.sendText('Shop front, site')
    await bot.user.nextMessage('Shop front, key SITE')
    bot.user.tap('OK')
    await bot.user.nextMessage('Shop front is ready')
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('America/New_York')
    expect(await listProjects(bot.scope)).toMatchObject([
      { projectKey: 'SITE', name: 'Shop front', repoUrl: null },
    ])
  })

  test('continues after a restart at each step', async () => {
    await begin()
    await bot.handled()
    await bot.restart()
    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')
    await bot.handled()
    await bot.restart()
    bot.user.sendText('Website')
    await bot.user.nextMessage('WEBS-1')
    await bot.handled()
    await bot.restart()
    bot.user.tap('OK')
    await bot.user.nextMessage('Website is ready')
    await bot.handled()

    expect(await listProjects(bot.scope)).toMatchObject([{ projectKey: 'WEBS', name: 'Website' }])
    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  })

  test('explains an invalid answer and keeps waiting', async () => {
    await begin()

    bot.user.sendText('Atlantis')
    await bot.user.nextMessage("I don't recognize “Atlantis”")
    bot.user.sendText('Seoul')
    await bot.user.nextMessage('first project')
    bot.user.sendText('Website')
    await bot.user.nextMessage('WEBS-1')
    bot.user.sendText('Website, 1!')
    await bot.user.nextMessage('Use 2–10 letters or digits')
    bot.user.sendText('x'.repeat(121))
    await bot.user.nextMessage("That's too long – 120 characters max.")
    await bot.handled()

    expect(await listProjects(bot.scope)).toEqual([])
    expect(await listTasks(bot.scope, {})).toEqual([])
  })

  test('is ended by a command, and /start asks only for what is missing', async () => {
    await begin()
    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')

    bot.user.sendText('/help')
    await bot.user.nextMessage('Shorthand')
    bot.user.sendText('/start')
    const question = await bot.user.nextMessage()

    expect(question.text).toContain('first project')
  })

  test('that a command ended goes on after a tap on one of its buttons', async () => {
    await begin()
    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')
    bot.user.sendText('Website')
    const proposal = await bot.user.nextMessage('WEBS-1')
    bot.user.sendText('/agents')
    await bot.user.nextMessage('Agents')

    bot.user.tap('OK', proposal)

    expect((await bot.user.nextAnswer()).text).toBe(toasts.setUpGoesOn)
    await bot.user.nextMessage('first project')
  })

  test('is canceled by /cancel, which says so', async () => {
    await begin()

    bot.user.sendText('/cancel')
    await bot.user.nextMessage('Canceled')
    bot.user.sendText('/cancel')
    await bot.user.nextMessage('Nothing to cancel')
    await bot.handled()

    expect(await bot.db.select().from(botConversations)).toEqual([])
  })

  test('answers the button of an earlier question', async () => {
    const question = await begin()
    bot.user.tap('Berlin')
    await bot.user.nextAnswer()
    await bot.user.nextMessage('first project')

    bot.user.tapData(berlin, question)
    const answer = await bot.user.nextAnswer()
    bot.user.sendText('Website')
    await bot.user.nextMessage('WEBS-1')

    expect(answer.text).toBe(toasts.unchanged)
  })

  test('doesn’t ask for a time zone that is already set', async () => {
    bot = await openTestBot({ ready: false })
    await changeSettings(bot.ctx, { timeZone: 'Europe/Vienna' })

    bot.user.open(bot.setupCode)
    const question = await bot.user.nextMessage()

    expect(question.text).toContain('Which repository is your first project?')
  })

  test('shows home on the owner’s second /start', async () => {
    bot = await openTestBot()

    bot.user.sendText('/start')

    expect((await bot.user.nextMessage()).text).toContain('Your board')
  })
})
