import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../src/domain/projects/create.ts'
import { readOwnerSettings } from '../../src/domain/settings.ts'
import { addPost, pushUpdate } from '../../src/playground/posting.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const openPart = async (label: string) => {
  bot.user.say('/settings')
  await bot.user.nextMessage('Settings')
  bot.user.tap(label)
  return bot.user.nextEdit()
}

/** The owner shares where he is. */
const shareLocation = (latitude: number, longitude: number) => {
  const { user } = bot.world.owner
  const room = bot.world.rooms.get(bot.user.chatId)
  if (room === undefined) throw new Error('no chat')
  const { message } = addPost(bot.world, { room, from: user, content: { location: { latitude, longitude } } })
  pushUpdate(bot.world, 'message', message, { chatId: bot.user.chatId, userId: user.id })
}

describe('settings', () => {
  test.each([
    ['Time zone', 'Another city', 'tokyo', { timeZone: 'Asia/Tokyo' }],
    ['Digest', 'Another time', '7.45', { digestTime: '07:45', digestEnabled: true }],
    ['Quiet hours', 'Other hours', '23 to 6', { quietHours: '23:00-06:00' }],
    ['Stuck after', '⚙️ other', '45', { staleAfterMinutes: 45 }],
    ['Stuck after', '⏳ other', '90 min', { queuedAfterMinutes: 90 }],
  ])('%s is changed by a reply', async (part, button, text, changed) => {
    await openPart(part)
    bot.user.tap(button)
    bot.user.reply(await bot.user.nextMessage('Reply to this message'), text)
    await bot.user.nextMessage()
    await bot.handled()

    expect(await readOwnerSettings(bot.scope)).toMatchObject(changed)
  })

  test.each([
    ['Time zone', 'Another city', 'Atlantis', 'I do not know a time zone "Atlantis"'],
    ['Digest', 'Another time', 'early', 'That is no time of day'],
    ['Quiet hours', 'Other hours', 'at night', 'Write the hours like'],
    ['Stuck after', '⚙️ other', 'soon', 'Write a number of minutes'],
    ['Stuck after', '⚙️ other', '99999', 'at most a week'],
  ])('%s stays as it is where the reply makes no sense', async (part, button, text, why) => {
    const before = await readOwnerSettings(bot.scope)
    await openPart(part)
    bot.user.tap(button)
    const question = await bot.user.nextMessage('Reply to this message')

    bot.user.reply(question, text)
    await bot.user.nextMessage(why)

    expect(await readOwnerSettings(bot.scope)).toEqual(before)
    expect(bot.user.current(question)).toBeDefined()
  })

  test.each([
    ['Time zone', /^New York/, { timeZone: 'America/New_York' }],
    ['Digest', '10:00', { digestTime: '10:00' }],
    ['Digest', 'Turn off', { digestEnabled: false }],
    ['Quiet hours', '22:00-07:00', { quietHours: '22:00-07:00' }],
    ['News', '🏁 🔕', { notify: { needsYou: 'loud', finished: 'silent', info: 'silent' } }],
    ['News', '📝 ✖️', { notify: { needsYou: 'loud', finished: 'loud', info: 'off' } }],
    ['Mute', 'WEB', { mutedProjects: ['WEB'] }],
    ['Default project', 'WEB', { defaultProject: 'WEB' }],
    ['Stuck after', '⚙️ 2h', { staleAfterMinutes: 120 }],
  ])('%s is changed by the button %s, and back by Undo', async (part, button, changed) => {
    const before = await readOwnerSettings(bot.scope)
    await openPart(part)
    bot.user.tap(button)
    await bot.user.nextEdit()
    await bot.handled()
    const during = await readOwnerSettings(bot.scope)
    bot.user.tap('Undo')
    await bot.user.nextEdit()
    await bot.handled()

    expect(during).toMatchObject(changed)
    expect(await readOwnerSettings(bot.scope)).toEqual(before)
  })

  test('muting a second project leaves the first one muted', async () => {
    await createProject(bot.ctx, { key: 'OPS', name: 'Operations' })
    await openPart('Mute')
    bot.user.tap('WEB')
    await bot.user.nextEdit()
    bot.user.tap('OPS')
    await bot.user.nextEdit()
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).mutedProjects).toEqual(['OPS', 'WEB'])
  })

  test('a shared location sets the time zone', async () => {
    shareLocation(37.57, 126.98)
    await bot.user.nextMessage('Asia/Seoul')

    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('Asia/Seoul')
  })
})

describe('/digest', () => {
  test('shows today with the way to its time', async () => {
    bot.user.say('/digest')
    await bot.user.nextMessage('☀️')
    bot.user.tap('09:00')
    await bot.user.nextEdit('The digest comes at')
    bot.user.tap('Turn off')
    await bot.user.nextEdit('is off')

    expect((await readOwnerSettings(bot.scope)).digestEnabled).toBe(false)
  })
})
