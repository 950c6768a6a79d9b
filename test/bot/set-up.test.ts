import { desc, eq } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { commands } from '../../src/bot/commands.ts'
import { botConversations, botUpdates } from '../../src/db/schema.ts'
import { listProjects } from '../../src/domain/projects/read.ts'
import { readOwnerSettings } from '../../src/domain/settings.ts'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { encodeCallback } from '../../src/view/callbacks.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot

const berlin = { do: 'act', name: 'zone', about: 'set-up', value: 'Europe/Berlin' } as const

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const begin = async () => {
  bot = await openTestBot({ ready: false })
  bot.user.open(bot.setupCode)
  return bot.user.nextMessage('Where are you?')
}

/** The last update comes again, as after a SIGKILL before it was finished; with `undone`, the dialog had not moved on either. */
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

describe('the set-up killed in the middle of an answer', () => {
  const steps: readonly { readonly act: () => void; readonly next: string }[] = [
    { act: () => bot.user.tap('Berlin'), next: 'first project' },
    { act: () => bot.user.say('Website'), next: 'WEBS-1' },
    { act: () => bot.user.say('SITE'), next: 'repository' },
    { act: () => bot.user.say('ada/website'), next: 'Website is ready' },
  ]

  test.each(['before', 'after'] as const)('%s the dialog was stored takes each answer once', async (when) => {
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
    expect((await listTasks(bot.scope, {})).map((task) => task.title)).toEqual(['Try me: tap Todo'])
    expect(await conversations()).toEqual([])
  })
})

describe('a dialog', () => {
  test('lets every command work in its middle, and is over then', async () => {
    bot = await openTestBot()
    for (const { command } of commands) {
      bot.user.say('/projects')
      const list = await bot.user.nextMessage('Projects')
      bot.user.tap('New project', list)
      await bot.user.nextMessage('What is the project called')
      bot.user.say(`/${command}`)
      await bot.user.nextMessage()
      await bot.handled()

      expect([command, await conversations()]).toEqual([command, []])
    }
    expect(bot.lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  }, 60_000)
})

describe('the set-up', () => {
  test('leads from the link to a board with a project and a task to try', async () => {
    await begin()

    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')
    bot.user.say('Web Shop')
    await bot.user.nextMessage('WS-1')
    bot.user.tap('Keep WS')
    await bot.user.nextMessage('repository')
    bot.user.say('ada/web-shop')
    await bot.user.nextMessage('Web Shop is ready')
    await bot.user.nextMessage('WS-1')
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('Europe/Berlin')
    expect(await listProjects(bot.scope)).toMatchObject([
      { projectKey: 'WS', name: 'Web Shop', repoUrl: 'ada/web-shop' },
    ])
    expect(await listTasks(bot.scope, {})).toMatchObject([{ key: 'WS-1', status: 'inbox' }])
    expect(await bot.db.select().from(botConversations)).toEqual([])
  })

  test('takes a city and another key, and does without a repository', async () => {
    await begin()

    bot.user.say('new york')
    await bot.user.nextMessage('first project')
    bot.user.say('Website')
    await bot.user.nextMessage('WEBS-1')
    bot.user.say('site')
    await bot.user.nextMessage('repository')
    bot.user.tap('Skip')
    await bot.user.nextMessage('Website is ready')
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('America/New_York')
    expect(await listProjects(bot.scope)).toMatchObject([{ projectKey: 'SITE', repoUrl: null }])
  })

  test('goes on where it was after a restart at each step', async () => {
    await begin()
    await bot.handled()
    await bot.restart()
    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')
    await bot.handled()
    await bot.restart()
    bot.user.say('Website')
    await bot.user.nextMessage('WEBS-1')
    await bot.handled()
    await bot.restart()
    bot.user.tap('Keep WEBS')
    await bot.user.nextMessage('repository')
    await bot.handled()
    await bot.restart()
    bot.user.tap('Skip')
    await bot.user.nextMessage('Website is ready')
    await bot.handled()

    expect(await listProjects(bot.scope)).toMatchObject([{ projectKey: 'WEBS', name: 'Website' }])
    expect(await listTasks(bot.scope, {})).toHaveLength(1)
  })

  test('says what it does not understand and waits on', async () => {
    await begin()

    bot.user.say('Atlantis')
    await bot.user.nextMessage('I do not know a time zone "Atlantis"')
    bot.user.say('Seoul')
    await bot.user.nextMessage('first project')
    bot.user.say('Website')
    await bot.user.nextMessage('WEBS-1')
    bot.user.say('1!')
    await bot.user.nextMessage('A key has 2 to 10')
    bot.user.tap('Keep WEBS')
    await bot.user.nextMessage('repository')
    bot.user.say('on my laptop')
    await bot.user.nextMessage('That is no repository')
    await bot.handled()

    expect(await listProjects(bot.scope)).toEqual([])
    expect(await listTasks(bot.scope, {})).toEqual([])
  })

  test('is ended by a command, and /start asks only for what is missing', async () => {
    await begin()
    bot.user.tap('Berlin')
    await bot.user.nextMessage('first project')

    bot.user.say('/help')
    await bot.user.nextMessage('Shorthand')
    bot.user.say('/start')
    const question = await bot.user.nextMessage()

    expect(question.text).toContain('first project')
  })

  test('is cancelled by /cancel, which says so', async () => {
    await begin()

    bot.user.say('/cancel')
    await bot.user.nextMessage('Cancelled')
    bot.user.say('/cancel')
    await bot.user.nextMessage('nothing to cancel')
    await bot.handled()

    expect(await bot.db.select().from(botConversations)).toEqual([])
  })

  test('answers a button of a question that is over', async () => {
    const question = await begin()
    bot.user.tap('Berlin')
    await bot.user.nextAnswer()
    await bot.user.nextMessage('first project')

    bot.user.tapData(encodeCallback(berlin), question)
    const answer = await bot.user.nextAnswer()
    bot.user.say('Website')
    await bot.user.nextMessage('WEBS-1')

    expect(answer.text).toBe('Nothing to change: it is like that already.')
  })

  test('shows home to the owner at a second /start', async () => {
    bot = await openTestBot()

    bot.user.say('/start')

    expect((await bot.user.nextMessage()).text).toContain('Your board')
  })
})
