import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { answersOf, labelsOn } from '../../support/chat.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const openPart = async (label: string) => {
  bot.user.sendText('/settings')
  await bot.user.nextMessage('Settings')
  for (const button of advanced.includes(label) ? ['Advanced', label] : [label]) {
    bot.user.tap(button)
    await bot.user.nextEdit()
  }
}

const advanced = ['Stuck after', 'Runner', 'Event history']

describe('settings', () => {
  test.each([
    ['Berlin', 'Another city', 'tokyo', { timeZone: 'Asia/Tokyo' }],
    ['Digest', 'Another time', '7.45', { digestTime: '07:45', digestEnabled: true }],
    ['Berlin', 'Another city', 'GMT+2', { timeZone: 'Etc/GMT-2' }],
    ['Quiet hours', 'Other hours', 'from 23 to noon', { quietHours: '23:00-12:00' }],
    ['Stuck after', 'Silent for', '45', { staleAfterMinutes: 45 }],
    ['Stuck after', 'Queued for', '90 min', { queuedAfterMinutes: 90 }],
  ])('%s is changed by a reply', async (part, button, text, changed) => {
    await openPart(part)
    bot.user.tap(button)
    bot.user.reply(await bot.user.nextMessage('Reply to this message'), text)
    const shown = await bot.user.nextMessage()
    await bot.handled()

    expect(await readOwnerSettings(bot.scope)).toMatchObject(changed)
    expect(shown.text).not.toContain('Etc/')
  })

  test.each([
    ['Berlin', 'Another city', 'Atlantis', "I don't recognize “Atlantis”"],
    ['Digest', 'Another time', 'early', "That isn't a time"],
    ['Quiet hours', 'Other hours', 'at night', 'Send the hours like'],
    ['Stuck after', 'Silent for', 'soon', 'Send a number of minutes'],
    ['Stuck after', 'Silent for', '99999', 'a week at most'],
  ])('%s stays as it is after an invalid reply', async (part, button, text, why) => {
    const before = await readOwnerSettings(bot.scope)
    await openPart(part)
    bot.user.tap(button)
    const question = await bot.user.nextMessage('Reply to this message')

    bot.user.reply(question, text)
    const again = await bot.user.nextMessage(why)
    await bot.handled()

    expect(await readOwnerSettings(bot.scope)).toEqual(before)
    // The question is asked again in a new message.
    expect(again.text).toContain('Reply to this message')
    expect(bot.user.current(question)).toBeUndefined()
  })

  test.each([
    ['Berlin', /^New York/, { timeZone: 'America/New_York' }],
    ['Digest', '10:00', { digestTime: '10:00' }],
    ['Digest', 'Turn off', { digestEnabled: false }],
    ['Quiet hours', '22:00–07:00', { quietHours: '22:00-07:00' }],
    [
      'Notifications',
      'Finished: sound ▸',
      { notify: { needsYou: 'loud', finished: 'silent', info: 'silent' } },
    ],
    ['Notifications', 'Progress: silent ▸', { notify: { needsYou: 'loud', finished: 'loud', info: 'off' } }],
    ['Mute', 'WEB', { mutedProjects: ['WEB'] }],
    ['New tasks: last used project', 'WEB', { defaultProject: 'WEB' }],
    ['Stuck after', 'Silent 2 h', { staleAfterMinutes: 120 }],
    ['Event history', '90 days', { keepEventsDays: 90 }],
    ['Runner', 'Hermes', { runner: { kind: 'hermes', chat: null, bot: null } }],
  ])('%s is changed by the button %s, and Undo reverts that', async (part, button, changed) => {
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

  test('muting a second project keeps the first one muted', async () => {
    await createProject(bot.ctx, { key: 'OPS', name: 'Operations' })
    await openPart('Mute')
    bot.user.tap('WEB')
    await bot.user.nextEdit()
    bot.user.tap('OPS')
    await bot.user.nextEdit()
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).mutedProjects).toEqual(['OPS', 'WEB'])
  })

  test('a location shared on the time zone screen sets the time zone', async () => {
    await openPart('Berlin')
    bot.user.send({ location: { latitude: 37.57, longitude: 126.98 } })
    await bot.user.nextMessage('Asia/Seoul')

    expect((await readOwnerSettings(bot.scope)).timeZone).toBe('Asia/Seoul')
  })
})

test('every setting’s value is on its button, and the text has two lines', async () => {
  await changeSettings(bot.ctx, { quietHours: '22:00-07:00', mutedProjects: ['WEB'] })

  bot.user.sendText('/settings')
  const message = await bot.user.nextMessage('Settings')

  expect(message.text?.split('\n')).toHaveLength(2)
  expect(labelsOn(message)).toEqual([
    expect.stringMatching(/^🌍 Berlin \d\d:\d\d$/),
    '☀️ Digest 09:00',
    '📣 Notifications',
    '🌙 Quiet hours 22:00–07:00',
    '📦 New tasks: last used project',
    '🔇 Muted: WEB',
    '🔧 Advanced',
    '🏠 Home',
  ])
})

test('a kind of notification cycles through sound, silent and off', async () => {
  await openPart('Notifications')
  const seen: (string | undefined)[] = []
  for (const label of ['Needs you: sound ▸', 'Needs you: silent ▸', 'Needs you: off ▸']) {
    bot.user.tap(label)
    seen.push(labelsOn(await bot.user.nextEdit())[0])
  }

  expect(seen).toEqual(['Needs you: silent ▸', 'Needs you: off ▸', 'Needs you: sound ▸'])
})

describe('the runner in a private chat', () => {
  test('has no “This chat”, because no other bot can be there, and asks for a chat', async () => {
    await openPart('Runner')
    bot.user.tap('OpenClaw')
    const message = await bot.user.nextEdit("can't be in this private chat")

    expect(labelsOn(message)).toContain('⌨️ Set its chat')
    expect(labelsOn(message)).not.toContain('This chat')
    expect(labelsOn(message)).not.toContain('Send a test line')
  })

  test('explains why a test line wasn’t delivered', async () => {
    await changeSettings(bot.ctx, { runner: 'openclaw', runnerChat: '@nowhere_at_all' })
    await openPart('Runner')

    bot.user.tap('Send a test line')
    await bot.handled()

    expect(answersOf(bot).at(-1)).toBe("I can't find @nowhere_at_all. Add me and check the spelling.")
  })
})

describe('/digest', () => {
  test('shows today’s digest and a button for its time', async () => {
    bot.user.sendText('/digest')
    await bot.user.nextMessage('☀️')
    bot.user.tap('09:00')
    await bot.user.nextEdit('Daily digest at 09:00')
    bot.user.tap('Turn off')
    await bot.user.nextEdit('is off')

    expect((await readOwnerSettings(bot.scope)).digestEnabled).toBe(false)
  })
})
