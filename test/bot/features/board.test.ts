import { beforeEach, expect, test } from 'vitest'
import type { TaskStatus } from '../../../src/domain/core/task-values.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

const keysIn = async (status: TaskStatus) =>
  (await listTasks(bot.scope, { statuses: [status] })).map(({ key }) => key)

test('shows each lane with its count and first cards, for all projects or one', async () => {
  await createProject(bot.ctx, { key: 'API', name: 'The API' })
  await addTasks(bot, [
    ...Array.from({ length: 6 }, (_, index) => ({ title: `Todo ${index + 1}`, status: 'todo' as const })),
    { title: 'Almost', status: 'ready' },
  ])
  await addTasks(bot, [{ title: 'Elsewhere', status: 'todo' }], 'API')

  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap('API', board)
  const api = await bot.user.nextEdit('Board · API')

  expect(board.text).toContain('Todo · 7')
  expect(board.text).toContain('WEB-4 Todo 4')
  expect(board.text).toContain('… and 3 more')
  expect(board.text).toContain('Ready · 1')
  expect(api.text).toContain('API-1 Elsewhere')
  expect(api.text).not.toContain('WEB-')
})

test('a card moves up, down, to the top and to another lane, and Undo moves it back', async () => {
  await addTasks(
    bot,
    ['One', 'Two', 'Three'].map((title) => ({ title, status: 'todo' })),
  )
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap(/Todo 3/, board)
  await bot.user.nextEdit('1. 📋 WEB-1 One')
  bot.user.tap('WEB-3', board)
  await bot.user.nextEdit('▶️ 3. 📋 WEB-3')

  bot.user.tap('↑ Up', board)
  await bot.user.nextEdit('▶️ 2. 📋 WEB-3')
  expect(await keysIn('todo')).toEqual(['WEB-1', 'WEB-3', 'WEB-2'])

  bot.user.tap('⤒ Top', board)
  await bot.user.nextEdit('▶️ 1. 📋 WEB-3')
  expect(await keysIn('todo')).toEqual(['WEB-3', 'WEB-1', 'WEB-2'])

  bot.user.tap('↓ Down', board)
  await bot.user.nextEdit('▶️ 2. 📋 WEB-3')

  bot.user.tap('→ Hold', board)
  await bot.user.nextEdit('Hold')
  expect(await keysIn('hold')).toEqual(['WEB-3'])

  bot.user.tap('↩️ Undo', board)
  await bot.user.nextEdit('Board')
  expect(await keysIn('todo')).toEqual(['WEB-1', 'WEB-3', 'WEB-2'])
})

test('several cards are selected and changed together, and one Undo reverts that', async () => {
  await addTasks(
    bot,
    ['One', 'Two', 'Three'].map((title) => ({ title, status: 'todo' })),
  )
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap(/Todo 3/, board)
  await bot.user.nextEdit('WEB-1')
  bot.user.tap('Select', board)
  await bot.user.nextEdit('0 selected')
  bot.user.tap('☐ WEB-1', board)
  await bot.user.nextEdit('1 selected')
  bot.user.tap('☐ WEB-3', board)
  await bot.user.nextEdit('2 selected')

  bot.user.tap('→ Done', board)
  await bot.user.nextEdit('Todo · 1')
  expect(await keysIn('done')).toEqual(['WEB-1', 'WEB-3'])

  bot.user.tap('↩️ Undo', board)
  await bot.user.nextEdit('Todo · 3')
  expect(await keysIn('todo')).toEqual(['WEB-1', 'WEB-2', 'WEB-3'])
})

test('a card is selected once, however often its button is tapped', async () => {
  await addTasks(
    bot,
    ['One', 'Two'].map((title) => ({ title, status: 'todo' })),
  )
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap(/Todo 2/, board)
  await bot.user.nextEdit('WEB-1')
  bot.user.tap('Select', board)
  const picks = await bot.user.nextEdit('0 selected')
  const data = dataOf(picks, '☐ WEB-1 One')

  bot.user.tapData(data, board)
  bot.user.tapData(data, board)
  await bot.handled()

  expect(bot.user.current(board)?.text).toContain('1 selected')
})

test('archiving Done asks for confirmation, moves only the named tasks, and Undo moves them back', async () => {
  await addTasks(
    bot,
    ['One', 'Two', 'Three'].map((title) => ({ title, status: 'done' })),
  )
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap('Archive 3 done', board)
  const question = await bot.user.nextEdit('Archive all 3 done tasks?')
  expect(await keysIn('archived')).toEqual([])
  await editTask(bot.ctx, 'WEB-2', { status: 'todo' })
  await addTasks(bot, [{ title: 'Done since', status: 'done' }])

  bot.user.tap('Archive 3', question)
  await bot.user.nextEdit('Board')

  expect((await keysIn('archived')).sort()).toEqual(['WEB-1', 'WEB-3'])
  expect(await keysIn('done')).toEqual(['WEB-4'])
  expect(answersOf(bot)).toContain('2 tasks changed.')

  bot.user.tap('↩️ Undo', board)
  await bot.user.nextEdit('Done')
  expect((await keysIn('done')).sort()).toEqual(['WEB-1', 'WEB-3', 'WEB-4'])
})

test('accepting all ready tasks moves them to Done; Keep changes nothing', async () => {
  await addTasks(
    bot,
    ['One', 'Two'].map((title) => ({ title, status: 'ready' })),
  )
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap('Accept 2 ready', board)
  await bot.user.nextEdit('Accept all 2 ready tasks?')
  bot.user.tap('Keep', board)
  await bot.user.nextEdit('Ready · 2')
  bot.user.tap('Accept 2 ready', board)
  await bot.user.nextEdit('Accept all 2')

  bot.user.tap('Accept 2', board)
  await bot.user.nextEdit('Done')

  expect((await keysIn('done')).sort()).toEqual(['WEB-1', 'WEB-2'])
})

test('a card deleted in the meantime is reported, and the board is up to date', async () => {
  const [task] = await addTasks(bot, [
    { title: 'Doomed', status: 'todo' },
    { title: 'Safe', status: 'todo' },
  ])
  bot.user.sendText('/board')
  const board = await bot.user.nextMessage('Board')
  bot.user.tap(/Todo 2/, board)
  await bot.user.nextEdit('Doomed')
  bot.user.tap('WEB-1', board)
  await bot.user.nextEdit('▶️')
  await deleteTask(bot.ctx, task?.id ?? '')

  bot.user.tap('→ Done', board)
  const shown = await bot.user.nextEdit('Board')

  expect(answersOf(bot)).toContain('This task was deleted.')
  expect(labelsOn(shown)).toContain('📋 Todo 1')
})
