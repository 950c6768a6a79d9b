import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject, editProject } from '../../../src/domain/projects/edit.ts'
import { listProjects } from '../../../src/domain/projects/read.ts'
import { getProjectSettings } from '../../../src/domain/projects/settings.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const web = async () => (await listProjects(bot.scope)).find((project) => project.projectKey === 'WEB')

const openWeb = async () => {
  bot.user.sendText('/projects web')
  return bot.user.nextMessage('Website')
}

describe('a new project', () => {
  test('is created in a dialog, during which commands work', async () => {
    bot.user.sendText('/projects')
    await bot.user.nextMessage('Projects')
    bot.user.tap('New project')
    await bot.user.nextMessage('Which repository is the new project')
    bot.user.sendText('/labels')
    await bot.user.nextMessage('Labels')
    bot.user.sendText('Operations')
    await bot.user.nextMessage('WEB-1')
    await bot.handled()

    expect((await listProjects(bot.scope)).map((project) => project.projectKey)).toEqual(['WEB'])
    expect(await listTasks(bot.scope, {})).toMatchObject([{ title: 'Operations' }])
  })

  test('refuses a key that is taken and asks for another', async () => {
    bot.user.sendText('/projects')
    await bot.user.nextMessage('Projects')
    bot.user.tap('New project')
    await bot.user.nextMessage('Which repository is the new project')
    bot.user.sendText('Website two')
    await bot.user.nextMessage('WT-1')
    bot.user.sendText('WEB')
    await bot.user.nextMessage('WEB is already used by Website')
    bot.user.sendText('W2')
    await bot.user.nextMessage('W2-1')
    bot.user.tap('OK')
    await bot.user.nextMessage('is ready')

    expect(await listProjects(bot.scope)).toMatchObject([{ projectKey: 'W2' }, { projectKey: 'WEB' }])
  })

  test('leaves other screens’ buttons working during the dialog', async () => {
    const card = await openWeb()
    bot.user.sendText('/projects')
    await bot.user.nextMessage('Projects')
    bot.user.tap('New project')
    await bot.user.nextMessage('Which repository is the new project')

    bot.user.tap('Status', card)
    await bot.user.nextEdit('Status and priority')
    bot.user.sendText('Operations')
    const question = await bot.user.nextMessage()

    expect(question.text).toContain('OPER-1')
  })
})

describe('a project', () => {
  test.each([
    ['Name', 'Shop', { name: 'Shop' }],
    ['Description', 'Sells tea', { description: 'Sells tea' }],
    ['Repository', 'ada/shop', { repoUrl: 'ada/shop' }],
    ['Repository', '-', { repoUrl: null }],
    ['Deployment', 'shop.example.com', { vercelUrl: 'https://shop.example.com' }],
    ['Picture', 'https://example.com/tea.png', { bgImage: 'https://example.com/tea.png' }],
  ])('gets a new %s from a reply: %s', async (button, text, changed) => {
    await openWeb()
    bot.user.tap('Edit')
    await bot.user.nextEdit('Edit Website')
    bot.user.tap(button)
    const question = await bot.user.nextMessage()
    bot.user.reply(question, text)
    await bot.user.nextMessage('WEB')
    await bot.handled()

    expect(await web()).toMatchObject(changed)
    expect(bot.user.current(question)).toBeUndefined()
  })

  test('keeps its name if the new one is invalid, and says why', async () => {
    await openWeb()
    bot.user.tap('Edit')
    await bot.user.nextEdit('Edit Website')
    bot.user.tap('Name')
    bot.user.reply(await bot.user.nextMessage('New name'), 'x'.repeat(121))
    await bot.user.nextMessage('at most 120')

    expect(await web()).toMatchObject({ name: 'Website' })
  })

  test('gets a new status and priority from buttons, and Undo reverts them', async () => {
    await openWeb()
    bot.user.tap('Status')
    await bot.user.nextEdit('Status and priority')
    bot.user.tap('Paused')
    await bot.user.nextEdit('Paused')
    bot.user.tap('Undo')
    await bot.user.nextEdit('Active')
    bot.user.tap('Status')
    await bot.user.nextEdit('Status and priority')
    bot.user.tap('5')
    await bot.user.nextEdit('Priority 5')
    await bot.handled()

    expect(await web()).toMatchObject({ status: 'active', priority: 5 })
  })

  test('has delivery settings: strategy, switches, branch, instructions', async () => {
    await openWeb()
    bot.user.tap('Delivery')
    await bot.user.nextEdit('Delivery for Website')
    bot.user.tap('Feature branch')
    await bot.user.nextEdit('Strategy: Feature branch')
    bot.user.tap('Open a pull request')
    await bot.user.nextEdit()
    bot.user.tap('Squash on merge')
    await bot.user.nextEdit()
    bot.user.tap('⌨️ Branch')
    bot.user.reply(await bot.user.nextMessage('Default branch'), 'trunk')
    await bot.user.nextMessage('trunk')
    bot.user.tap('⌨️ Instructions')
    bot.user.reply(await bot.user.nextMessage('Instructions'), 'Run the tests.')
    await bot.user.nextMessage('Run the tests.')
    await bot.handled()

    expect(await getProjectSettings(bot.scope, 'WEB')).toMatchObject({
      deploy_strategy: 'feature_branch',
      deploy_auto_pr: 'true',
      deploy_squash_merge: 'false',
      deploy_default_branch: 'trunk',
      agent_instructions: 'Run the tests.',
    })
  })

  test('is deleted after confirmation and restored by a button', async () => {
    await openWeb()
    bot.user.tap('Edit')
    await bot.user.nextEdit('Edit Website')
    bot.user.tap('Delete')
    await bot.user.nextEdit('Delete Website?')
    const before = await listProjects(bot.scope)
    bot.user.tap('Delete')
    await bot.user.nextEdit('Website deleted')
    const during = await listProjects(bot.scope)
    bot.user.tap('Restore')
    await bot.user.nextEdit('Active')

    expect([before, during, await listProjects(bot.scope)].map((projects) => projects.length)).toEqual([
      1, 0, 1,
    ])
  })

  test('is listed among the deleted projects', async () => {
    await createProject(bot.ctx, { key: 'OPS', name: 'Operations' })
    await deleteProject(bot.ctx, 'OPS')
    bot.user.sendText('/projects')
    await bot.user.nextMessage('Projects')
    bot.user.tap('Deleted 1')
    await bot.user.nextEdit('Operations')
    bot.user.tap('OPS')
    await bot.user.nextEdit('Operations')

    expect((await listProjects(bot.scope)).map((project) => project.projectKey)).toEqual(['OPS', 'WEB'])
  })

  test('shows its picture and credit above its text', async () => {
    await editProject(bot.ctx, 'WEB', {
      bgImage: 'https://images.example.com/tea.jpg',
      bgImageCredit: { name: 'Grace', url: 'https://example.com/grace' },
    })

    const card = await openWeb()

    expect(card.text).toContain('Picture by Grace')
    expect(card.link_preview_options).toMatchObject({
      url: 'https://images.example.com/tea.jpg',
      show_above_text: true,
    })
  })

  test('that was deleted says so under an old button', async () => {
    await openWeb()
    await deleteProject(bot.ctx, 'WEB')

    bot.user.tap('Status')

    expect((await bot.user.nextEdit()).text).toContain('No project WEB')
  })
})

test('a name that looks like a link, command or mention is plain text on every screen', async () => {
  await createProject(bot.ctx, { key: 'IO', name: 'shop.io /stop @claude' })
  for (const text of [
    'IO: Fix README.md for @grace, see /drop',
    '/projects',
    '/projects IO',
    '/task IO-1',
    '/board IO',
  ]) {
    bot.user.sendText(text)
    await bot.handled()
  }

  const shown = bot.user.messages().filter(({ from }) => from?.is_bot)
  const live = shown.flatMap(({ text = '', entities = [] }) =>
    entities
      .filter(({ type }) => type === 'url' || type === 'mention' || type === 'bot_command')
      .map(({ offset, length }) => text.slice(offset, offset + length)),
  )
  expect(shown.some(({ text }) => text?.includes('shop.\u2060io'))).toBe(true)
  expect(live.filter((each) => /io|md|claude|grace|stop|drop/.test(each))).toEqual([])
})
