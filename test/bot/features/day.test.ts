import { beforeEach, describe, expect, test } from 'vitest'
import { createCtx } from '../../../src/domain/core/context.ts'
import { createLabel, mergeLabels } from '../../../src/domain/labels/label-edits.ts'
import { listLabels } from '../../../src/domain/labels/labels.ts'
import { deleteProject, editProject } from '../../../src/domain/projects/edit.ts'
import { listProjects } from '../../../src/domain/projects/read.ts'
import { getProjectSettings, setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { listAudit } from '../../../src/domain/reports/audit.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { editTasks } from '../../../src/domain/tasks/edit/edit-many.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { createWorkLog, listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import { agent } from '../../support/board.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

const hours = (count: number) => new Date(Date.now() + count * 3_600_000)

describe('/focus', () => {
  test('Done and Unfocus update the list in place, and Undo reverts them', async () => {
    await addTasks(bot, [
      { title: 'First', status: 'todo', focus: true },
      { title: 'Second', status: 'todo', focus: true },
    ])
    bot.user.sendText('/focus')
    const focus = await bot.user.nextMessage('Focus')

    bot.user.tap('Done', focus)
    const after = await bot.user.nextEdit()
    expect(after.text).not.toContain('First')
    expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('done')

    bot.user.tap('↩️ Undo', focus)
    await bot.user.nextEdit('First')
    expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('todo')
  })

  test('suggests tasks when empty, and any open task can be added', async () => {
    await addTasks(bot, [{ title: 'Urgent', status: 'todo', priority: 'highest' }, { title: 'In the inbox' }])
    bot.user.sendText('/focus')
    const focus = await bot.user.nextMessage('Suggestions:')
    expect(focus.text).toContain('WEB-1 Urgent 🔴 · high priority')

    bot.user.tap('⭐ Add', focus)
    await bot.user.nextEdit('Focus on which?')
    bot.user.tap('⭐ WEB-2', focus)
    await bot.user.nextEdit('In the inbox')

    expect((await requireTask(bot.scope, 'WEB-2')).focusedAt).not.toBeNull()
    expect(answersOf(bot)).toContain('In focus today.')
  })

  test('a button of a deleted task says so and updates the list', async () => {
    await addTasks(bot, [{ title: 'Doomed', status: 'todo', focus: true }])
    bot.user.sendText('/focus')
    const focus = await bot.user.nextMessage('Doomed')
    await deleteTask(bot.ctx, 'WEB-1')

    bot.user.tap('Unfocus', focus)
    await bot.user.nextEdit('No focus for today')

    expect(answersOf(bot)).toContain('There is no task WEB-1.')
  })
})

test('/due lists overdue tasks and those due today or within seven days, and no others', async () => {
  await addTasks(bot, [
    { title: 'Late', dueAt: hours(-48) },
    { title: 'Soon', dueAt: hours(72) },
    { title: 'Far', dueAt: hours(24 * 20) },
    { title: 'Over', dueAt: hours(-24), status: 'done' },
    { title: 'Whenever' },
  ])
  bot.user.sendText('/due')
  const list = await bot.user.nextMessage('Due')

  expect(list.text).toContain('Due · 2 tasks')
  expect(list.text).toMatch(/🔥 Overdue\n.*WEB-1 Late/)
  expect(list.text).toMatch(/🗓 Next 7 days\n.*WEB-2 Soon/)
  expect(labelsOn(list)).toEqual(['WEB-1 Late', 'WEB-2 Soon'])
})

describe('/log', () => {
  test('logs work on a task, and Undo removes the log', async () => {
    await addTasks(bot, [{ title: 'Fix it', status: 'todo' }])
    bot.user.sendText('/log web-1 Talked to the <designer> & agreed\nBlue it is.')
    const logged = await bot.user.nextMessage('Logged on WEB-1: Talked to the <designer> & agreed')

    const [log] = (await listWorkLogs(bot.scope, { task: 'WEB-1' }, { limit: 5 })).entries
    expect(log).toMatchObject({ title: 'Talked to the <designer> & agreed', detail: 'Blue it is.' })

    bot.user.tap('↩️ Undo', logged)
    await bot.user.nextEdit('Undone: work log removed')
    expect((await listWorkLogs(bot.scope, {}, { limit: 5 })).entries).toEqual([])
  })

  test.each(['WEB-1 — pushed', '#WEB-1 – pushed', 'WEB‑1: pushed'])(
    'ignores punctuation around a key: %s',
    async (text) => {
      await addTasks(bot, [{ title: 'Fix it' }])
      bot.user.sendText(`/log ${text}`)
      await bot.user.nextMessage('Logged on WEB-1: pushed')

      const { entries } = await listWorkLogs(bot.scope, { task: 'WEB-1' }, { limit: 5 })
      expect(entries.map(({ title }) => title)).toEqual(['pushed'])
    },
  )

  test('reads a project key only in capitals; otherwise it is text', async () => {
    bot.user.sendText('/log WEB released')
    await bot.user.nextMessage('Logged on WEB: released')
    bot.user.sendText('/log web server restarted')
    await bot.user.nextMessage('Logged: web server restarted')
  })

  test('without text, shows the log by day, filtered by the task or project it names', async () => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }, { title: 'Two' }])
    await editTask(bot.ctx, 'WEB-1', { status: 'done', comment: 'Well done\nreally' })
    bot.user.sendText('/log WEB-2 looked at it')
    await bot.user.nextMessage('Logged')

    bot.user.sendText('/log')
    const all = await bot.user.nextMessage('Work log')
    bot.user.sendText('/log WEB-2')
    const one = await bot.user.nextMessage('WEB-2 work log')

    expect(all.text).toContain('WEB-1 💬 Well done')
    expect(all.text).toContain('WEB-1 Todo → Done')
    expect(all.text).toContain('WEB-2 📓 looked at it')
    expect(one.text).not.toContain('Well done')
  })

  test('pages in place', async () => {
    for (let index = 1; index <= 14; index += 1) {
      bot.user.sendText(`/log entry ${index}`)
      await bot.user.nextMessage('Logged')
    }
    bot.user.sendText('/log')
    const first = await bot.user.nextMessage('entry 14')
    bot.user.tap('Older ›', first)
    const second = await bot.user.nextEdit('entry 1')

    expect(first.text).not.toContain('entry 2\n')
    expect(second.text).toContain('entry 2')
    expect(labelsOn(second)).toEqual(['‹ Newer'])
  })
})

test('a card’s history lists changes and comments and leads back to the card', async () => {
  await addTasks(bot, [{ title: 'Storied' }])
  await editTask(bot.ctx, 'WEB-1', { status: 'todo', priority: 'high' })
  await editTask(bot.ctx, 'WEB-1', { comment: 'Mind the edge case' })
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Storied')
  bot.user.tap('More', card)
  await bot.user.nextEdit()

  bot.user.tap('History', card)
  const history = await bot.user.nextEdit('WEB-1 history')

  expect(history.text).toContain('💬 Mind the edge case')
  expect(history.text).toContain('Inbox → Todo, priority none → high · you')
  expect(history.text).not.toContain('Fields Updated')
  bot.user.tap('‹ Back', card)
  expect(labelsOn(await bot.user.nextEdit('Storied'))).toContain('Hold')
})

describe('/search', () => {
  test('finds titles, notes and logs, shows where they match, and opens the tasks', async () => {
    await addTasks(bot, [
      { title: 'Fix the login' },
      { title: 'Other', description: 'This has to do with the login of guests, says the client' },
      { title: 'Third' },
    ])
    await editTask(bot.ctx, 'WEB-3', { comment: 'The login again' })

    bot.user.sendText('/search login')
    const found = await bot.user.nextMessage('login')

    expect(found.text).toContain('WEB-1 Fix the login')
    expect(found.text).toContain('do with the login of guests')
    expect(found.text).toContain('WEB-3 💬 The login again')
    expect(labelsOn(found)).toEqual(['WEB-1 Fix the…', 'WEB-2 Other', 'WEB-3 Third'])
  })

  test('asks for the words if there are none; the reply is the search', async () => {
    await addTasks(bot, [{ title: 'Needle' }])
    bot.user.sendText('/search')
    const question = await bot.user.nextMessage('What are you looking for?')
    bot.user.reply(question, 'needle')
    expect((await bot.user.nextMessage('needle')).text).toContain('WEB-1')
  })

  test('says that nothing was found', async () => {
    bot.user.sendText('/search <script> & "quotes" |')
    expect((await bot.user.nextMessage()).text).toContain('No results.')
  })

  test('pages in place', async () => {
    await addTasks(
      bot,
      Array.from({ length: 10 }, (_, index) => ({ title: `Needle ${index + 1}` })),
    )
    bot.user.sendText('/search needle')
    const first = await bot.user.nextMessage('Needle 10')
    bot.user.tap('›', first)
    const second = await bot.user.nextEdit('Needle 1')
    expect(labelsOn(second)).toEqual(['WEB-2 Needle 2', 'WEB-1 Needle 1', '‹', 'Page 2'])
  })
})

describe('inline mode', () => {
  test('shows the owner’s tasks only to the owner, and a picked one opens its card', async () => {
    await addTasks(bot, [{ title: 'Shared <thing>', status: 'todo' }, { title: 'Other' }])

    const { queryId, results } = await bot.user.inline('shared')
    expect(results.map((result) => 'title' in result && result.title)).toEqual(['WEB-1 · Shared <thing>'])
    await bot.handled()
    const answer = bot.world.calls.find((call) => call.method.toLowerCase() === 'answerinlinequery')
    expect(answer?.params).toMatchObject({ is_personal: true, cache_time: 0 })

    bot.user.choose(queryId, results[0]?.id ?? '')
    await bot.user.nextMessage('WEB-1 Shared <thing>')
    expect(await findTask(bot.scope, 'WEB-3')).toBeNull()
  })

  test('without words, lists open tasks', async () => {
    await addTasks(bot, [
      { title: 'Open', status: 'todo' },
      { title: 'Done', status: 'done' },
    ])
    const { results } = await bot.user.inline('')
    expect(results).toHaveLength(1)
  })
})

describe('/undo', () => {
  test('undoes the latest change, then the one before, and names them', async () => {
    bot.user.sendText('Think of it')
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.tap('Todo', card)
    await bot.user.nextEdit('Todo')

    bot.user.sendText('/undo')
    await bot.user.nextMessage('Undone: WEB-1 Todo → Inbox.')
    expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('inbox')

    bot.user.sendText('/undo')
    await bot.user.nextMessage('Undone: WEB-1 removed.')
    expect(await findTask(bot.scope, 'WEB-1')).toBeNull()

    bot.user.sendText('/undo')
    await bot.user.nextMessage('Nothing to undo.')
  })

  test('repeated often enough, undoes changes of every kind until the board is as it was', async () => {
    await addTasks(bot, [
      { title: 'One', status: 'todo', labels: ['backend'] },
      { title: 'Two', status: 'todo' },
    ])
    const state = async () => ({
      tasks: (await listTasks(bot.scope, {})).map(({ updatedAt: _, ...task }) => task),
      labels: await listLabels(bot.scope),
      projects: (await listProjects(bot.scope)).map(({ updatedAt: _, ...project }) => project),
      project: await getProjectSettings(bot.scope, 'WEB'),
      settings: await readOwnerSettings(bot.scope),
      byHand: (await listWorkLogs(bot.scope, {}, { limit: 50 })).entries.filter(
        ({ title }) => title === 'By hand',
      ),
    })
    const before = await state()
    const changes: (() => Promise<unknown>)[] = [
      () => editTask(bot.ctx, 'WEB-1', { title: 'First', labels: ['mobile'], comment: 'So' }),
      () => placeTask(bot.ctx, 'WEB-2', { place: { at: 'start' } }),
      () =>
        editTasks(
          bot.ctx,
          ['WEB-1', 'WEB-2'].map((reference) => ({ reference, edit: { status: 'done' } })),
        ),
      () => createWorkLog(bot.ctx, { task: 'WEB-1', title: 'By hand' }),
      () => createLabel(bot.ctx, { name: 'fresh' }),
      () => mergeLabels(bot.ctx, 'mobile', 'backend'),
      () => editProject(bot.ctx, 'WEB', { name: 'The website' }),
      () => setProjectSettings(bot.ctx, 'WEB', { deploy_strategy: 'direct_commit' }),
      () => changeSettings(bot.ctx, { quietHours: '22:00-07:00' }),
      () => deleteTask(bot.ctx, 'WEB-2'),
      () => deleteProject(bot.ctx, 'WEB'),
    ]
    for (const change of changes) await change()

    for (const _ of changes) {
      bot.user.sendText('/undo')
      const { text } = await bot.user.nextMessage()
      expect(text).not.toContain('stays')
      await bot.handled()
    }

    expect(await state()).toEqual(before)
  })

  test('explains why it is refused after an agent has moved on, and offers the change before', async () => {
    await addTasks(bot, [{ title: 'One' }, { title: 'Two' }])
    await editTask(bot.ctx, 'WEB-1', { priority: 'high' })
    await editTask(bot.ctx, 'WEB-2', { status: 'todo' })
    const asAgent = createCtx({ db: bot.db, ownerId: bot.scope.ownerId, actor: agent, now: () => new Date() })
    await editTask(asAgent, 'WEB-2', { status: 'hold' })

    bot.user.sendText('/undo')
    const refusal = await bot.user.nextMessage("Couldn't undo: WEB-2 has")
    bot.user.tap('Undo the one before', refusal)
    await bot.user.nextEdit('Undone: WEB-1 priority high → none.')

    expect(await requireTask(bot.scope, 'WEB-1')).toMatchObject({ priority: 'none' })
    expect(await requireTask(bot.scope, 'WEB-2')).toMatchObject({ status: 'hold' })
  })
})

describe('a reply to numbered lines', () => {
  const openDigest = async () => {
    await addTasks(bot, [
      { title: 'One', status: 'todo', focus: true },
      { title: 'Two', status: 'todo', focus: true },
      { title: 'Three', status: 'todo', focus: true },
    ])
    bot.user.sendText('/digest')
    return bot.user.nextMessage('1. ')
  }

  test('changes all its lines at once, and one Undo reverts that', async () => {
    const digest = await openDigest()
    expect(digest.text).toContain('3. 📋 WEB-3')
    bot.user.reply(digest, '1 done, 2 tomorrow, 3 hold')
    const answer = await bot.user.nextMessage('WEB-1')

    expect(answer.text).toContain('WEB-1 One · Done')
    expect(answer.text).toContain('WEB-2 Two · due tomorrow')
    expect(answer.text).toContain('WEB-3 Three · Hold')
    expect((await requireTask(bot.scope, 'WEB-3')).status).toBe('hold')

    bot.user.tap('↩️ Undo', answer)
    await bot.user.nextEdit('changes to 3 tasks')
    expect((await requireTask(bot.scope, 'WEB-1')).status).toBe('todo')
    expect((await requireTask(bot.scope, 'WEB-2')).dueAt).toBeNull()
  })

  test('names what it doesn’t understand and does the rest', async () => {
    const digest = await openDigest()
    bot.user.reply(digest, '1 done, 2 smurf, 7 hold')
    const answer = await bot.user.nextMessage('WEB-1')

    expect(answer.text).toContain("I didn't understand “2 smurf”.")
    expect(answer.text).toContain("There's no line 7.")
    expect((await listAudit(bot.scope, { targetId: 'WEB-2', limit: 5 })).entries).toHaveLength(1)
  })

  test('changes nothing if it understands nothing, and shows an example', async () => {
    const digest = await openDigest()
    bot.user.reply(digest, 'thanks a lot')
    expect((await bot.user.nextMessage("didn't understand")).text).toContain(
      'Try “1 done, 3 tomorrow, 5 hold”.',
    )
  })

  test('skips a line whose task is gone, and says so', async () => {
    const digest = await openDigest()
    await deleteTask(bot.ctx, 'WEB-2')
    bot.user.reply(digest, '1-3 done')
    const answer = await bot.user.nextMessage('WEB-1')
    expect(answer.text).toContain('Line 2 is gone')
    expect((await requireTask(bot.scope, 'WEB-3')).status).toBe('done')
  })
})
