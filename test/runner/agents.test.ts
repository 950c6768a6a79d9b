import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stopLimits } from '../../src/runner/supervise.ts'
import { engines, isAlive, useDesk } from './support/runner.ts'

const desk = useDesk()
const commit = "run echo hi > page.txt && git add . && git commit --quiet --message='Fix it'"

describe.each(engines)('%s', (engine) => {
  test('works on a queued task in a worktree and completes it', async () => {
    const { board, repository, worktrees, git, start } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, steps: [commit, 'complete It works again.'] })

    await board.until(() => board.runs[0]?.usage)

    const [run] = board.runs
    expect(run).toMatchObject({ outcome: 'completed', result: { summary: 'It works again.' }, files: 1 })
    expect(run?.usage).toMatchObject({ input_tokens: 30, output_tokens: 15 })
    expect(run?.session).toMatch(/^[\w-]{36}$/)
    const folder = join(worktrees, 'WEB', 'web-1')
    expect(git(folder, 'branch', '--show-current')).toBe('task/web-1/fix-the-login')
    expect(git(folder, 'log', '--format=%s')).toBe('Fix it\nStart')
    expect(git(repository, 'status', '--porcelain', '--branch')).toBe('## main')
  })

  test('asks the owner for a permission and runs the command once it is given', async () => {
    const { board, start } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, steps: ['permit npm test', 'complete Done.'] })
    const question = await board.until(() => board.questions[0])

    board.answer(question, 'allow')

    await board.until(() => board.runs[0]?.outcome)
    expect(question).toMatchObject({ kind: 'permission', detail: 'npm test' })
    expect(board.comments[0]?.text).toBe('permission: allowed')
  })

  test('is refused what the owner denies', async () => {
    const { board, start } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, steps: ['permit npm publish', 'complete Done.'] })
    const question = await board.until(() => board.questions[0])

    board.answer(question, 'deny', 'Not today')

    await board.until(() => board.runs[0]?.outcome)
    expect(board.comments[0]?.text).toContain('permission: denied')
    if (engine === 'claude-code') expect(board.comments[0]?.text).toContain('Not today')
  })

  test('is allowed everything in mode auto', async () => {
    const { board, start } = desk()
    start({ mode: 'auto' })
    board.queue({ key: 'WEB-1', engine, steps: ['permit npm test', 'complete Done.'] })

    await board.until(() => board.runs[0]?.outcome)

    expect(board.comments[0]?.text).toBe('permission: allowed')
    expect(board.questions).toEqual([])
  })

  test('gets the owner’s words while it works', async () => {
    const { board, start } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, steps: ['words', 'complete Done.'] })
    const run = await board.until(() => board.runs.find(({ session }) => session !== null))
    await board.until(() => board.comments.find(({ text }) => text === 'waits'))

    board.reply(run, 'Use the blue one')

    await board.until(() => run.outcome)
    const heard = `${board.comments.map(({ text }) => text)} ${run.result?.summary}`
    expect(heard).toContain('Use the blue one')
  })

  test('ends its turn when the owner stops the run', async () => {
    const { board, worktrees, start, log } = desk()
    start({}, stopLimits)
    board.queue({ key: 'WEB-1', engine, steps: ['wait', 'run echo by itself > end.txt'] })
    const pid = Number((await board.until(() => board.comments[0])).text.split(' ')[1])
    const [run] = board.runs
    if (run === undefined) throw new Error('There is no run.')

    board.end(run, 'stopped')

    await expect.poll(() => isAlive(pid)).toBe(false)
    await expect.poll(() => log.join('\n')).toContain('the run has ended (stopped)')
    // A signal would have left no time for it.
    expect(readFileSync(join(worktrees, 'WEB', 'web-1', 'end.txt'), 'utf8')).toBe('by itself\n')
    expect(run.result).toBeNull()
  })

  test('goes on with the conversation of the last run', async () => {
    const { board, start } = desk()
    start()
    board.queue({
      key: 'WEB-1',
      engine,
      session: 'earlier',
      attempt: 2,
      steps: ['session', 'complete Done.'],
    })

    await board.until(() => board.runs[0]?.outcome)

    expect(board.comments[0]?.text).toBe('session: earlier')
  })

  test('begins a new conversation if the last one is gone', async () => {
    const { board, start } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, session: 'gone-1', attempt: 2, steps: ['session', 'complete Done.'] })

    await board.until(() => board.runs[0]?.outcome)

    expect(board.comments[0]?.text).toMatch(/^session: [\w-]{36}$/)
    await board.until(() => board.runs[0]?.usage)
    expect(board.runs[0]?.usage).toMatchObject({ input_tokens: 30 })
  })
})

test.each([
  ['claude-code', '{"Which color?":"Blue"}'],
  ['codex', '{"q":{"answers":["Blue"]}}'],
])('%s asks its own question in the chat', async (engine, answer) => {
  const { board, start } = desk()
  start()
  board.queue({ key: 'WEB-1', engine, steps: ['question Which color?', 'complete Done.'] })
  const question = await board.until(() => board.questions[0])

  board.answer(question, 'Blue')

  await board.until(() => board.runs[0]?.outcome)
  expect(question).toMatchObject({ kind: 'ask', text: 'Which color?' })
  expect(board.comments[0]?.text).toBe(`answer: ${answer}`)
})

test.each(['claude-code', 'codex'])('%s is left alone until its usage limit resets', async (engine) => {
  const { board, start } = desk()
  start({ max: 1 })
  const until = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000)
  board.queue({ key: 'WEB-1', engine, steps: [`limit ${until.getTime() / 1_000}`] })

  const run = await board.until(() => board.runs.find(({ limit }) => limit !== null))

  expect(run).toMatchObject({ outcome: 'limited', limit: { engine, until: until.toISOString() } })
  await board.until(() =>
    board.heartbeats.some(({ limits }) => limits?.some((limit) => limit.engine === engine)),
  )
  board.queue({ key: 'WEB-2', engine, steps: ['complete Done.'] })
  const other = engine === 'codex' ? 'claude-code' : 'codex'
  board.queue({ key: 'WEB-3', engine: other, steps: ['complete Done.'] })
  await board.until(() => board.runs[1]?.outcome)
  expect(board.runs.map(({ task }) => task.key)).toEqual(['WEB-1', 'WEB-3'])
})
