import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../../src/db/rows.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { criteriaOf } from '../../../src/domain/tasks/notes/note.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()
const compact = ['Queue', 'Todo', 'Edit', '↩️ Undo']

const task = (key = 'WEB-1') => requireTask(bot().scope, key)
const eventTypes = async () =>
  (await rows<{ type: string }>(bot().db, sql`select event_type as type from events_outbox order by id`)).map(
    ({ type }) => type,
  )
const auditActions = async () =>
  (await rows<{ action: string }>(bot().db, sql`select action from audit_logs order by id`)).map(
    ({ action }) => action,
  )

test('a message becomes an inbox task and is answered in two lines with four buttons', async () => {
  bot().user.sendText('Fix the login #backend !high @codex ^2035-01-08')

  const card = await bot().user.nextMessage('WEB-1')

  expect(card.text).toBe('📥 WEB-1 Fix the login · Website\nHigh · due Mon 8 Jan 2035 · Codex · #backend')
  expect(card.reply_markup?.inline_keyboard).toHaveLength(1)
  expect(labelsOn(card)).toEqual(compact)
  expect(card.reply_to_message).toBeUndefined()
  expect(await task()).toMatchObject({ title: 'Fix the login', status: 'inbox', priority: 'high' })
  expect(await eventTypes()).toContain('TASK_CREATED')
  expect(await auditActions()).toContain('task.create')
})

test('a plain thought is answered in one line, without its branch', async () => {
  bot().user.sendText('Remember the milk and eggs')

  const card = await bot().user.nextMessage('WEB-1')

  expect(card.text).toBe('📥 WEB-1 Remember the milk and eggs · Website')
})

test('the answer stays as it is until its task changes', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.sendText('/due')
  await bot().user.nextMessage('due')
  await bot().restart()

  expect(labelsOn(bot().user.current(card))).toEqual(compact)
})

test('shorthand that isn’t understood is reported, one line each', async () => {
  bot().user.sendText('Fix !urgent +nope ^blursday things')

  const card = await bot().user.nextMessage('WEB-1')

  expect(card.text?.split('\n')).toEqual([
    '📥 WEB-1 Fix !urgent +nope ^blursday things · Website',
    'Didn’t recognize !urgent – left in the title.',
    'There’s no project NOPE – left in the title.',
    'I couldn’t read blursday as a date, so I left it in the title.',
  ])
})

test('a tap on Todo moves the task and edits the answer in place', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')

  bot().user.tap('Todo', card)
  const edited = await bot().user.nextEdit('Todo')

  expect(edited.message_id).toBe(card.message_id)
  expect(await task()).toMatchObject({ status: 'todo', runState: null })
})

test('a second tap on Todo changes nothing and says so', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')
  const todo = dataOf(card, 'Todo')
  bot().user.tapData(todo, card)
  bot().user.tapData(todo, card)
  await bot().handled()

  expect(answersOf(bot())).toEqual(['WEB-1 → Todo.', 'Already done.'])
  expect((await auditActions()).filter((action) => action === 'task.move')).toHaveLength(1)
})

test('letting an agent finish a task takes a message and a tap', async () => {
  const agent = await connectAgent(bot())
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.tap('Queue', card)
  await bot().user.nextEdit('Queued')

  const claimed = await agent.claim()
  const completed = await agent.act('WEB-1', 'complete', { summary: 'All green.' })
  await bot().user.nextMessage('All green.', { within: 15_000 })

  expect(claimed.body.task).toMatchObject({ id: 'WEB-1', status: 'todo' })
  expect([claimed.status, completed.status]).toEqual([200, 200])
  expect((await task()).status).toBe('ready')
})

test('Edit opens the full keyboard', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')

  bot().user.tap('Edit', card)
  const edited = await bot().user.nextEdit()

  expect(labelsOn(edited)).toEqual(expect.arrayContaining(['Title', 'Priority', 'Labels', 'Hold', '‹ Back']))
})

test('Undo removes the task, and a second Undo says that it is gone', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')
  const undo = dataOf(card, '↩️ Undo')
  bot().user.tapData(undo, card)
  await bot().user.nextEdit('Undone')
  bot().user.tapData(undo, card)
  await bot().handled()

  expect(await listTasks(bot().scope, {})).toEqual([])
  expect(await eventTypes()).toContain('TASK_DELETED')
  expect(answersOf(bot()).at(-1)).toBe('Already undone.')
})

test('Undo is refused once the task has changed, and the task stays', async () => {
  bot().user.sendText('Fix the login')
  const card = await bot().user.nextMessage('WEB-1')
  const undo = dataOf(card, '↩️ Undo')
  bot().user.tap('Todo', card)
  await bot().user.nextEdit('Todo')
  bot().user.tapData(undo, card)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toContain('has changed since')
  expect((await task()).status).toBe('todo')
})

test('a > at the end queues the task at once', async () => {
  const agent = await connectAgent(bot(), { engine: 'codex' })
  bot().user.sendText('Fix the login @codex >')

  const card = await bot().user.nextMessage('WEB-1')

  expect(card.text).toBe('⏳ WEB-1 Fix the login · Website\nQueued for Codex')
  expect(labelsOn(card)).toEqual(['Take back', 'Edit', '↩️ Undo'])
  expect(await task()).toMatchObject({ status: 'todo', runState: 'queued' })
  expect(await eventTypes()).toEqual(expect.arrayContaining(['TASK_CREATED', 'TASK_UPDATED']))
  expect((await agent.claim()).body.task.id).toBe('WEB-1')
})

test('Undo removes a queued task until an agent has claimed it', async () => {
  const agent = await connectAgent(bot())
  bot().user.sendText('Fix the login >')
  const first = await bot().user.nextMessage('WEB-1')
  bot().user.tap('↩️ Undo', first)
  await bot().user.nextEdit('Undone')
  bot().user.sendText('Fix the logout >')
  const second = await bot().user.nextMessage('WEB-2')
  await agent.claim()
  bot().user.tapData(dataOf(second, '↩️ Undo'), second)
  await bot().handled()

  expect(await findTask(bot().scope, 'WEB-1')).toBeNull()
  expect(await task('WEB-2')).toMatchObject({ runState: 'running' })
  expect(answersOf(bot()).at(-1)).toContain('has WEB-2 now')
})

test('Take back on a queued task leaves it in Todo', async () => {
  bot().user.sendText('Fix the login >')
  const card = await bot().user.nextMessage('WEB-1')

  bot().user.tap('Take back', card)
  await bot().user.nextEdit('Todo')

  expect(await task()).toMatchObject({ status: 'todo', runState: null })
})

test('a task whose runner can’t be notified stays in the inbox', async () => {
  await changeSettings(bot().ctx, { runner: 'openclaw', runnerChat: '-100987' })
  bot().user.sendText('Fix the login >')

  const card = await bot().user.nextMessage('WEB-1 Fix the login')
  await bot().user.nextMessage('WEB-1')
  await bot().handled()
  await changeSettings(bot().ctx, { runner: 'none', runnerChat: null })

  expect(card.text).toContain('📥')
  expect(labelsOn(card)).toEqual(['Queue', 'Todo', 'Edit', 'Drop'])
  expect(await task()).toMatchObject({ status: 'inbox', runState: null })
})

test('a checked line of a captured list stays checked', async () => {
  bot().user.sendText('Write the ADR\nIn docs.\n- [x] outline\n- [ ] text\n- [X] title')
  const card = await bot().user.nextMessage('WEB-1')

  expect(card.text).toBe('📥 WEB-1 Write the ADR · Website\nnote · 3 criteria')
  expect(criteriaOf((await task()).note)).toEqual([
    { text: 'outline', met: true },
    { text: 'text', met: false },
    { text: 'title', met: true },
  ])
})

test('an edited message checks a criterion and queues the task', async () => {
  const sentTexts = bot().user.sendText('Write the ADR\n- [ ] outline')
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.edit(sentTexts, 'Write the ADR >\n- [x] outline')
  const edited = await bot().user.nextEdit('Queued')

  expect(edited.message_id).toBe(card.message_id)
  expect(await task()).toMatchObject({ status: 'todo', runState: 'queued' })
  expect(criteriaOf((await task()).note)).toEqual([{ text: 'outline', met: true }])

  bot().user.edit(sentTexts, 'Write the ADR')
  await bot().user.nextEdit('📥')
  expect(await task()).toMatchObject({ status: 'inbox', runState: null, note: null })
})

test('a joined part keeps the warnings, and Undo still removes the whole task', async () => {
  bot().user.sendText(`Long story !urgent\n${'a'.repeat(4_060)}`)
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.sendText('and the end of it')
  await bot().handled()

  const joined = bot().user.current(card)
  expect(joined?.text).toBe(card.text)
  expect(labelsOn(joined)).toEqual([...compact, 'Highest?'])
  expect((await task()).note).toContain('and the end of it')
  expect((await listWorkLogs(bot().scope, { task: 'WEB-1' }, { limit: 9 })).entries).toEqual([])

  bot().user.tap('↩️ Undo', card)
  await bot().user.nextEdit('Undone')
  expect(await listTasks(bot().scope, {})).toEqual([])
})

test('each picture of an album counts on its card', async () => {
  bot().user.sendPhoto({ bytes: png, caption: 'Two screens', mediaGroupId: 'album-1' })
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.sendPhoto({ bytes: png, mediaGroupId: 'album-1' })
  const joined = await bot().user.nextEdit('2 files')

  expect(joined.message_id).toBe(card.message_id)
  expect(joined.text).toBe('📥 WEB-1 Two screens · Website\n2 files')
  expect(labelsOn(joined)).toEqual(compact)
})

test('/undo after a joined capture removes all of it', async () => {
  bot().user.sendText(`Long story\n${'a'.repeat(4_080)}`)
  await bot().user.nextMessage('WEB-1')
  bot().user.sendText('and the end of it')
  await bot().handled()
  bot().user.sendText('/undo')
  await bot().user.nextPost('Undone')

  expect(await listTasks(bot().scope, {})).toEqual([])
})

test('the owner’s changes after a part joined aren’t undone with it', async () => {
  bot().user.sendText(`Long story\n${'a'.repeat(4_080)}`)
  const card = await bot().user.nextMessage('WEB-1')
  bot().user.sendText('and the end of it')
  await bot().handled()
  bot().user.tap('Todo', card)
  await bot().user.nextEdit('Todo')
  bot().user.tapData(dataOf(card, '↩️ Undo'), card)
  await bot().handled()

  expect((await task()).status).toBe('todo')
})

test('the rest of a long answer to a question joins the note and can be undone separately', async () => {
  await addTasks(bot(), [{ title: 'Old', description: 'short' }])
  bot().user.sendText('/task WEB-1')
  const card = await bot().user.nextMessage('Old')
  bot().user.tap('Edit', card)
  await bot().user.nextEdit()
  bot().user.tap('Note', card)
  const question = await bot().user.nextMessage('New note')
  bot().user.reply(question, 'b'.repeat(4_090))
  bot().user.sendText('and the end of it')
  await bot().handled()
  expect((await task()).note).toContain('and the end of it')
  bot().user.sendText('/undo')
  await bot().user.nextPost('Undone')

  expect((await task()).note).toBe('b'.repeat(4_090))
})

test('a new task replaces no existing one', async () => {
  await addTasks(bot(), [{ title: 'Old' }])
  bot().user.sendText('New')
  await bot().user.nextMessage('WEB-2')

  expect(await task('WEB-1')).toMatchObject({ title: 'Old', status: 'inbox' })
})

// One pixel.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
