import { beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { listProjects } from '../../../src/domain/projects/read.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

const tasks = () => listTasks(bot.scope, {})
const comments = async (key: string) =>
  (await listWorkLogs(bot.scope, { task: key }, { limit: 50 })).entries
    .filter((log) => log.title.startsWith('Comment'))
    .map((log) => log.detail)
const reactionsOn = (messageId: number) =>
  bot.world.calls
    .filter(
      (call) => call.method.toLowerCase() === 'setmessagereaction' && call.params.message_id === messageId,
    )
    .map((call) => JSON.stringify(call.params.reaction))

describe('formatting that the client added', () => {
  test('code is in backticks again, and nothing in it is shorthand', async () => {
    bot.user.sendText('Rename #foo to bar', { entities: [{ type: 'code', offset: 7, length: 4 }] })
    await bot.user.nextMessage('WEB-1')
    const [task] = await tasks()
    expect(task).toMatchObject({ title: 'Rename `#foo` to bar', labels: [] })
  })

  test('a code block is fenced again, with its language', async () => {
    const text = 'Fix this\nconst a = 1\n- [ ] no criterion\nthanks'
    const length = 'const a = 1\n- [ ] no criterion'.length
    bot.user.sendText(text, { entities: [{ type: 'pre', offset: 9, length, language: 'ts' }] })
    await bot.user.nextMessage('WEB-1')
    const [task] = await tasks()
    expect(task?.note).toBe('```ts\nconst a = 1\n- [ ] no criterion\n```\nthanks')
  })

  test('the URL behind a linked word is kept', async () => {
    bot.user.sendText('See the docs\nand the spec', {
      entities: [
        { type: 'text_link', offset: 8, length: 4, url: 'https://example.com/docs#!high' },
        { type: 'text_link', offset: 21, length: 4, url: 'https://example.com/a_(b)' },
      ],
    })
    await bot.user.nextMessage('WEB-1')
    const [task] = await tasks()
    expect(task).toMatchObject({
      title: 'See the docs',
      priority: 'none',
      note: 'and the [spec](https://example.com/a_%28b%29)\n[docs](https://example.com/docs#!high)',
    })
  })
})

describe('messages that belong together', () => {
  test('the parts of a long paste become one task', async () => {
    bot.user.sendText(`Long story\n${'a'.repeat(4_080)}`)
    bot.user.sendText(`${'b'.repeat(4_090)}`)
    bot.user.sendText('the end')
    await bot.handled()

    const [task, ...others] = await tasks()
    expect(others).toEqual([])
    expect(task?.title).toBe('Long story')
    expect(task?.note).toContain('a'.repeat(4_080))
    expect(task?.note).toContain('b'.repeat(4_090))
    expect(task?.note).toContain('the end')
  })

  test('text that doesn’t fit in a full note becomes a comment, and the answer says so', async () => {
    bot.user.sendText(`Long story\n${'a'.repeat(4_080)}`)
    await bot.user.nextMessage('WEB-1')
    await editTask(bot.ctx, 'WEB-1', { description: 'n'.repeat(49_000) })
    const more = bot.user.sendText('c'.repeat(3_000))
    await bot.user.nextPost('The note is full')
    await bot.handled()

    expect(await tasks()).toHaveLength(1)
    expect(await comments('WEB-1')).toEqual(['c'.repeat(3_000)])
    expect(reactionsOn(more.message_id)[0]).toContain('✍')
  })

  test('forwards sent together are one task that names their source', async () => {
    const from = { name: 'Grace Hopper' }
    bot.user.forwardForeign('The till is broken', from)
    bot.user.forwardForeign('since yesterday', from)
    await bot.handled()

    const found = await tasks()
    expect(found).toHaveLength(1)
    expect(found[0]?.note).toContain('Forwarded from Grace Hopper')
    expect(found[0]?.note).toContain('since yesterday')
  })

  test('text sent with a forward joins it', async () => {
    bot.user.sendText('Look at this #till')
    bot.user.forwardForeign('The till is broken', { name: 'Grace Hopper' })
    await bot.handled()

    const found = await tasks()
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ title: 'Look at this' })
    expect(found[0]?.note).toContain('The till is broken')
  })

  test('two thoughts sent one after the other are two tasks', async () => {
    bot.user.sendText('One')
    bot.user.sendText('Two')
    await bot.handled()
    expect(await tasks()).toHaveLength(2)
  })

  test('the rest of a long reply joins the comment instead of becoming a task', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Discussed')
    bot.user.reply(card, 'r'.repeat(4_090))
    bot.user.sendText('and the rest of it')
    await bot.handled()

    expect(await tasks()).toHaveLength(1)
    expect(await comments('WEB-1')).toEqual([`${'r'.repeat(4_090)}\nand the rest of it`])
  })
})

describe('files', () => {
  test('a photo is kept, and the card shows it again', async () => {
    bot.user.sendPhoto({ bytes: png, name: 'screen.png', caption: 'Broken layout !high' })
    const card = await bot.user.nextMessage('Broken layout')
    expect(card.text).toBe('📥 WEB-1 Broken layout · Website\nHigh · 1 file')
    bot.user.tap('Edit', card)
    await bot.user.nextEdit()
    bot.user.tap('‹ Back', card)
    const whole = await bot.user.nextEdit('📎 photo')
    expect(whole.text).not.toContain('tg-photo')

    bot.user.tap('📎 1', card)
    const shown = await bot.user.nextMessage()

    expect(shown.photo).toBeDefined()
    bot.user.reply(shown, 'The left column')
    await bot.handled()
    expect(await comments('WEB-1')).toEqual(['The left column'])
  })

  test('the picture with the caption /new is kept with its task', async () => {
    bot.user.sendPhoto({ bytes: png, caption: '/NEW Broken layout' })
    await bot.user.nextMessage('WEB-1 Broken layout')
    expect((await requireTask(bot.scope, 'WEB-1')).note).toContain('tg-photo:')
  })

  test('an album is one task with all its pictures', async () => {
    for (const caption of ['Three screens', '', ''])
      bot.user.sendPhoto({ bytes: png, caption, mediaGroupId: 'album-1' })
    await bot.handled()

    const found = await tasks()
    expect(found).toHaveLength(1)
    expect(found[0]?.title).toBe('Three screens')
    expect(found[0]?.note?.match(/tg-photo:/g)).toHaveLength(3)
  })

  test('a file that Telegram no longer has is reported', async () => {
    const [task] = await addTasks(bot, [{ title: 'Old', description: '[photo](tg-photo:gone123)' }])
    bot.user.sendText(`/task ${task?.key}`)
    const card = await bot.user.nextMessage('Old')
    bot.user.tap('📎 1', card)
    await bot.user.nextMessage('One file is no longer available on Telegram.')
  })
})

describe('a card with a note that doesn’t fit', () => {
  test('shows the note’s beginning and sends all of it as a file', async () => {
    const note = `${'Once upon a time & <so on>. '.repeat(200)}the end`
    await addTasks(bot, [
      {
        title: 'Long <story>',
        description: note,
        criteria: Array.from({ length: 40 }, (_, index) => `criterion ${index} ${'c'.repeat(180)}`),
      },
    ])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Long <story>')
    expect(card.text).toContain('Once upon a time & <so on>.')

    bot.user.tap('More', card)
    await bot.user.nextEdit()
    bot.user.tap('Whole note', card)
    const file = await bot.user.nextMessage('The whole note of WEB-1')

    const stored = bot.world.files.get(file.document?.file_id ?? '')
    expect(new TextDecoder().decode(stored?.bytes)).toContain('the end')
    expect(new TextDecoder().decode(stored?.bytes)).toContain('criterion 39')
  })
})

describe('an edited message', () => {
  test('edits its unchanged task, including the project', async () => {
    await createProject(bot.ctx, { key: 'API', name: 'The API' })
    const sentTexts = bot.user.sendText('WEB: Fix teh login !high\nwith a note')
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.edit(sentTexts, 'API: Fix the login #auth')
    const edited = await bot.user.nextEdit('API-1 Fix the login · The API')

    expect(edited.message_id).toBe(card.message_id)
    expect(await requireTask(bot.scope, 'API-1')).toMatchObject({ priority: 'none', note: null })
  })

  test('doesn’t edit a task that has changed, and says so', async () => {
    const sentTexts = bot.user.sendText('Fix the login')
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.tap('Todo', card)
    await bot.user.nextEdit('Todo')
    bot.user.edit(sentTexts, 'Fix the logout')
    await bot.user.nextMessage('WEB-1 has changed since')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe('Fix the login')
  })

  test('that was a comment doesn’t edit it, and says so', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Discussed')
    const sentTexts = bot.user.reply(card, 'First words')
    await bot.handled()
    bot.user.edit(sentTexts, 'Other words')
    await bot.user.nextMessage('stays as you first sent it')
    expect(await comments('WEB-1')).toEqual(['First words'])
  })
})

describe('a reply', () => {
  test('to a card is a comment and is marked with ✍', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Discussed')
    const sentTexts = bot.user.reply(card, 'Use the second one', {
      entities: [{ type: 'code', offset: 8, length: 6 }],
    })
    await bot.handled()

    expect(await comments('WEB-1')).toEqual(['Use the `second` one'])
    expect(reactionsOn(sentTexts.message_id)).toHaveLength(1)
    expect((await readDetail(bot.scope, await requireTask(bot.scope, 'WEB-1'))).feedback).toHaveLength(1)
  })

  test('to the owner’s own message is a comment on the task created from it', async () => {
    const sentTexts = bot.user.sendText('Think of it')
    await bot.user.nextMessage('WEB-1')
    bot.user.reply(sentTexts, 'and of that')
    await bot.handled()
    expect(await comments('WEB-1')).toEqual(['and of that'])
    expect(await tasks()).toHaveLength(1)
  })

  test('that starts with a path is a comment, and one that starts with a command is the command', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Discussed')
    bot.user.reply(card, '/tmp/log is full')
    await bot.handled()
    bot.user.reply(card, '/due')
    await bot.user.nextMessage('Due')
    expect(await comments('WEB-1')).toEqual(['/tmp/log is full'])
  })

  test('to a message that isn’t about a task says so', async () => {
    bot.user.sendText('/due')
    const list = await bot.user.nextMessage('Due')
    bot.user.reply(list, 'what about this')
    await bot.user.nextMessage('isn’t about a task')
    expect(await tasks()).toEqual([])
  })

  test('to a prompt updates the card whose button asked, deletes the prompt and is marked', async () => {
    await addTasks(bot, [{ title: 'Old title' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Old title')
    bot.user.tap('Edit', card)
    await bot.user.nextEdit()
    bot.user.tap('Title', card)
    const question = await bot.user.nextMessage('New title')
    const sentTexts = bot.user.reply(question, 'New <title> & more')
    const edited = await bot.user.nextEdit('New <title> & more')
    await bot.handled()

    expect(edited.message_id).toBe(card.message_id)
    expect(bot.user.current(question)).toBeUndefined()
    expect(reactionsOn(sentTexts.message_id)[0]).toContain('👍')
  })

  test('to a prompt in the deck continues in the deck', async () => {
    await addTasks(bot, [{ title: 'First' }, { title: 'Second' }])
    bot.user.sendText('/inbox')
    const deck = await bot.user.nextMessage('1 of 2')
    for (const label of ['More', 'Edit', 'Due']) {
      bot.user.tap(label, deck)
      await bot.user.nextEdit()
    }
    bot.user.tap(/Another day/, deck)
    const question = await bot.user.nextMessage('When is')
    bot.user.reply(question, 'in 3 days')
    const edited = await bot.user.nextEdit('1 of 2')

    expect(edited.message_id).toBe(deck.message_id)
    expect(labelsOn(edited)).toEqual(['Queue', 'Todo', 'Later', 'Drop', 'Skip', 'More', '↩️ Undo'])
  })

  test('that is invalid leaves the question open and says why', async () => {
    await addTasks(bot, [{ title: 'First' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('First')
    for (const label of ['Edit', 'Due']) {
      bot.user.tap(label, card)
      await bot.user.nextEdit()
    }
    bot.user.tap(/Another day/, card)
    const question = await bot.user.nextMessage('When is')
    bot.user.reply(question, 'when hell freezes')
    const again = await bot.user.nextMessage('I couldn\'t read "when hell freezes" as a date')
    await bot.handled()
    expect(again.text).toContain('Reply to this message')
    expect(bot.user.current(question)).toBeUndefined()
  })
})

describe('the triage deck', () => {
  test('counts a moved task once, however often its button is tapped, and Undo uncounts it', async () => {
    await addTasks(bot, [{ title: 'First' }, { title: 'Second' }, { title: 'Third' }])
    bot.user.sendText('/inbox')
    const deck = await bot.user.nextMessage('1 of 3')
    const data = dataOf(deck, 'Todo')
    bot.user.tapData(data, deck)
    bot.user.tapData(data, deck)
    await bot.handled()
    expect(bot.user.current(deck)?.text).toContain('2 of 3')

    bot.user.tap('Todo', deck)
    await bot.user.nextEdit('3 of 3')
    bot.user.tap('↩️ Undo', deck)
    await bot.user.nextEdit('2 of 3')
    bot.user.tap('Skip', deck)
    await bot.user.nextEdit('3 of 3')
    bot.user.tap('Drop', deck)
    const end = await bot.user.nextEdit('triaged')
    expect(end.text).toBe('📥 2 triaged: 1 todo · 1 dropped\n1 skipped')
  })

  test('continues after its card was deleted', async () => {
    await addTasks(bot, [{ title: 'First' }, { title: 'Second' }])
    bot.user.sendText('/inbox')
    const deck = await bot.user.nextMessage('First')
    bot.user.tap('More', deck)
    await bot.user.nextEdit()
    bot.user.tap('Delete', deck)
    await bot.user.nextEdit('Delete WEB-1')
    bot.user.tap('Delete', deck)
    await bot.user.nextEdit('Second')
    bot.user.tap('Drop', deck)
    const end = await bot.user.nextEdit('triaged')
    expect(end.text).toBe('📥 2 triaged: 1 dropped · 1 deleted')
    bot.user.tap('↩️ Undo', deck)
    await bot.user.nextEdit('Second')
    bot.user.tap('↩️ Undo', deck)
    await bot.user.nextEdit('First')
    expect(await tasks()).toMatchObject([{ status: 'inbox' }, { status: 'inbox' }])
  })
})

describe('a tap', () => {
  test('on a deleted task is answered and shows that', async () => {
    await addTasks(bot, [{ title: 'Doomed' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Doomed')
    await deleteTask(bot.ctx, 'WEB-1')
    for (const data of [
      '1m|0|WEB-1|0|1',
      '1a|0|WEB-1|2',
      '1o|WEB-1',
      '1v|history|WEB-1|0',
      '1v|files|WEB-1|0',
      '1x|0|WEB-1|1',
    ])
      bot.user.tapData(data, card)
    await bot.handled()
    expect(answersOf(bot)).toHaveLength(6)
    expect(bot.world.taps.size).toBe(0)
  })

  test('on a message that Telegram no longer returns is answered, and the card is sent again', async () => {
    await addTasks(bot, [{ title: 'Old one' }])
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Old one')
    bot.user.delete(card)
    bot.user.tapData('1m|0|WEB-1|0|1', card.message_id)
    await bot.user.nextMessage('Todo')
    expect(answersOf(bot)).toEqual(['WEB-1 → Todo.'])
  })

  test.each([
    '',
    '9z|what',
    '1m|0|WEB-1',
    '1v|nowhere||0',
    '1w|nothing|a|b',
    '1m|0|<b>|0|1',
    '\u0000',
    'x'.repeat(64),
  ])('with unknown data %j is answered', async (data) => {
    bot.user.sendText('/due')
    const list = await bot.user.nextMessage('Due')
    bot.user.tapData(data, list)
    await bot.handled()
    expect(answersOf(bot)).toEqual(['This button no longer works. Send the command again.'])
  })

  test('on the second criterion after the first is gone checks no wrong one', async () => {
    await createTask(bot.ctx, {
      projectId: (await requireProjectId()) ?? '',
      title: 'Criteria',
      criteria: ['alpha', 'beta', 'gamma'],
    })
    bot.user.sendText('/task WEB-1')
    const card = await bot.user.nextMessage('Criteria')
    bot.user.tap('Edit', card)
    await bot.user.nextEdit()
    await editTask(bot.ctx, 'WEB-1', { criteria: ['beta', 'gamma'] })
    bot.user.tap(/beta/, card)
    await bot.handled()
    expect((await requireTask(bot.scope, 'WEB-1')).note).not.toContain('[x]')
    expect(answersOf(bot)).toContain('The criteria have changed. Here they are.')
  })
})

async function requireProjectId(): Promise<string | undefined> {
  return (await listProjects(bot.scope))[0]?.id
}

// One pixel.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
