import { beforeEach, expect, test } from 'vitest'
import { listProjects } from '../../../src/domain/projects/read.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()
const task = (key = 'WEB-1') => requireTask(bot().scope, key)
const compact = ['Queue', 'Todo', 'Edit', '↩️ Undo']
const endOfDay = (at: Date | null) => at?.toLocaleString('sv', { timeZone: 'Europe/Berlin' })

beforeEach(() => changeSettings(bot().ctx, { lastProject: 'WEB', timeZone: 'Europe/Berlin' }))

test.each([
  ['Fix !urgent login', 'Highest?', { priority: 'highest', title: 'Fix login' }],
  ['Fix !hihg login', 'High?', { priority: 'high', title: 'Fix login' }],
  ['Fix the login, @codexx please', 'Codex?', { engine: 'codex', title: 'Fix the login, please' }],
  ['Fix the ＠claud login', 'Claude Code?', { engine: 'claude-code', title: 'Fix the login' }],
])('%s: the shorthand is reported, and a button applies the suggestion', async (text, label, changed) => {
  bot().user.sendText(text)
  const card = await bot().user.nextMessage('Didn’t recognize')
  expect(labelsOn(card)).toEqual([...compact, label])
  expect((await task()).title).toBe(text)

  bot().user.tap(label, card)
  const shown = await bot().user.nextEdit(changed.title)

  expect(await task()).toMatchObject(changed)
  expect(shown.message_id).toBe(card.message_id)
  expect(labelsOn(shown)).toEqual(compact)

  bot().user.tap('↩️ Undo', shown)
  await bot().user.nextEdit('Inbox')
  expect(await task()).toMatchObject({ title: text, priority: 'none', engine: null })
})

test('a label button adds the nearest name', async () => {
  bot().user.sendText('Use #c++ here')
  const card = await bot().user.nextMessage('Didn’t recognize')
  bot().user.tap('#c?', card)
  await bot().user.nextEdit('#c')

  expect(await task()).toMatchObject({ title: 'Use here', labels: [{ name: 'c' }] })
})

test('a date button sets the nearest day', async () => {
  bot().user.sendText('Ship ^2099-02-30 to all')
  const card = await bot().user.nextMessage('as a date')
  const label = labelsOn(card).at(-1) ?? ''
  expect(label).toContain('28 Feb 2099?')
  bot().user.tap(label, card)
  await bot().user.nextEdit('Ship to all')

  expect(endOfDay((await task()).dueAt)).toBe('2099-02-28 23:59:00')
})

test('a date without a similar one opens the picker', async () => {
  bot().user.sendText('Ship ^blub to all')
  const card = await bot().user.nextMessage('as a date')
  bot().user.tap('Set a date', card)
  const menu = await bot().user.nextEdit()
  bot().user.tap('Tomorrow', menu)
  await bot().user.nextEdit('due')

  expect((await task()).dueAt).not.toBeNull()
})

test('a button creates the project of an unknown key and moves the task there', async () => {
  bot().user.sendText('Fix +nope login')
  const card = await bot().user.nextMessage('There’s no project NOPE')
  bot().user.tap('Create project NOPE', card)
  const shown = await bot().user.nextEdit('NOPE-1 Fix login')

  expect((await listProjects(bot().scope)).map(({ projectKey, name }) => [projectKey, name])).toContainEqual([
    'NOPE',
    'Nope',
  ])
  expect(answersOf(bot()).at(-1)).toBe('Moved: WEB-1 is now NOPE-1.')

  bot().user.tap('↩️ Undo', shown)
  await bot().user.nextEdit('WEB-1')
  expect((await task()).project.key).toBe('WEB')
})

test('a mistyped key suggests the similar project', async () => {
  bot().user.sendText('Fix +webb login')
  const card = await bot().user.nextMessage('There’s no project WEBB')

  expect(labelsOn(card)).toEqual([...compact, 'Project WEB?'])
})

test('each unknown word has its own button, which works once', async () => {
  bot().user.sendText('Fix !urgent login #c++ soon')
  const card = await bot().user.nextMessage('Didn’t recognize')
  expect(labelsOn(card)).toEqual([...compact, 'Highest?', '#c?'])
  const first = dataOf(card, 'Highest?')

  bot().user.tapData(first, card)
  const shown = await bot().user.nextEdit('Fix login #c++ soon')
  expect(labelsOn(shown)).toEqual([...compact, '#c?'])
  bot().user.tapData(first, card)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toBe('That’s out of date – here’s the current state.')
  expect(await task()).toMatchObject({ title: 'Fix login #c++ soon', priority: 'highest' })
})

test('a button of a deleted task says so', async () => {
  bot().user.sendText('Fix !urgent login')
  const card = await bot().user.nextMessage('Didn’t recognize')
  const button = dataOf(card, 'Highest?')
  bot().user.tap('↩️ Undo', card)
  await bot().user.nextEdit('Undone')
  bot().user.tapData(button, card)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toBe('This task was deleted.')
})
