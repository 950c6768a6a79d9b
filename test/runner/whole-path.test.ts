import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { openBoard } from '../../src/runner/board.ts'
import { runRunner } from '../../src/runner/runner.ts'
import { engineName } from '../../src/view/kit/names.ts'
import { addTasks, useBot } from '../support/chat.ts'
import { engines, shortLimits, useDesk } from './support/runner.ts'

const bot = useBot()
const desk = useDesk()
const wait = { within: 30_000 }
const commit = "run echo hi > page.txt && git add . && git commit --quiet --message='Fix it'"

/** Starts a runner on the bot's board; returns what stops it. */
async function startRunner(name = 'laptop') {
  const { token } = await createToken(bot().ctx, { name })
  const ending = new AbortController()
  const ended = runRunner({
    config: desk().config({ name }),
    board: openBoard({ url: bot().url(), token, log: () => {} }),
    host: 'mac.local',
    log: () => {},
    signal: ending.signal,
    limits: shortLimits,
  })
  return async () => {
    ending.abort()
    await ended
  }
}
const show = async (engine: (typeof engines)[number], steps: readonly string[]) => {
  const description = steps.map((step) => `step ${step}`).join('\n')
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo', engine, description }])
  bot().user.sendText('/task WEB-1')
  return bot().user.nextMessage('Fix the login', wait)
}
const turn = async () => {
  const { status, runState } = await requireTask(bot().scope, 'WEB-1')
  return `${status} ${runState}`
}

describe.each(engines)('a task queued in the chat for %s', (engine) => {
  test('is worked on, asks for a permission, and is accepted', async () => {
    const card = await show(engine, [commit, 'permit npm test', 'complete It works again.'])
    const stop = await startRunner()

    bot().user.tap('Queue', card)
    const asked = await bot().user.nextMessage('npm test', wait)
    expect(await turn()).toBe('todo running')
    expect(asked.text).toContain(`${engineName[engine]} on laptop wants permission`)
    bot().user.tap('Allow', asked)
    const ready = await bot().user.nextMessage('It works again.', wait)
    const shown = () => bot().user.current(ready)?.text
    await expect.poll(shown).toContain('task/web-1/fix-the-login from main')
    bot().user.tap('Accept', ready)
    await expect.poll(turn, { timeout: 20_000 }).toBe('done null')

    await stop()
    const { git, worktrees, repository } = desk()
    const folder = join(worktrees, 'WEB', 'web-1')
    expect(git(folder, 'branch', '--show-current')).toBe('task/web-1/fix-the-login')
    expect(git(folder, 'log', '--format=%s')).toBe('Fix it\nStart')
    expect(git(repository, 'status', '--porcelain', '--branch')).toBe('## main')
  })

  test('ends with Stop in the chat', async () => {
    const card = await show(engine, ['wait'])
    const stop = await startRunner()
    bot().user.tap('Queue', card)
    const working = await bot().user.nextEdit('is working on it', wait)

    bot().user.tap('Stop', working)

    await bot().user.nextEdit('laptop has stopped', wait)
    expect(await turn()).toBe('todo null')
    await stop()
  })

  test('whose process ends without a result asks the owner', async () => {
    const card = await show(engine, ['write I give up.', 'exit 3'])
    const stop = await startRunner()

    bot().user.tap('Queue', card)

    await bot().user.nextMessage('exit code 3', wait)
    expect(await turn()).toBe('hold null')
    await stop()
  })
})

test('two runners share the tasks of a board: each task has one run', async () => {
  await addTasks(
    bot(),
    Array.from({ length: 6 }, (_, index) => ({
      title: `Task ${index}`,
      status: 'todo' as const,
      description: 'step complete Done.',
    })),
  )
  for (let number = 1; number <= 6; number += 1)
    await editTask(bot().ctx, `WEB-${number}`, { runState: 'queued' })
  const stops = await Promise.all([startRunner('laptop'), startRunner('desktop')])

  for (let number = 1; number <= 6; number += 1)
    await expect
      .poll(async () => (await requireTask(bot().scope, `WEB-${number}`)).status, { timeout: 30_000 })
      .toBe('ready')

  const attempts = await bot().db.query.runs.findMany()
  expect(attempts.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual(
    Array(6).fill('1 completed'),
  )
  await Promise.all(stops.map((stop) => stop()))
})
