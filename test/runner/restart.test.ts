import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { processesOf, startOf } from '../../src/runner/process/group.ts'
import { isAlive, useDesk } from './support/runner.ts'

const desk = useDesk()
// A sample; more rounds with RUNNER_KILLS.
const rounds = Number(process.env.RUNNER_KILLS ?? 2)
// A run sends this many requests until its agent waits for a permission.
const maxRequests = 6
const pidIn = (text: string) => Number(text.split(' ')[1])

describe('a runner that is killed', () => {
  test('has its agent ended by the next start, which keeps the worktree and its commits', async () => {
    const { board, git, worktrees, launch } = desk()
    const first = launch()
    board.queue({ key: 'WEB-1', steps: ["run git commit --quiet --allow-empty --message='Half'", 'hang'] })
    const pid = pidIn((await board.until(() => board.comments[0])).text)
    first.kill('SIGKILL')
    await first.exit
    expect(isAlive(pid)).toBe(true)

    const second = launch()

    await board.until(() => board.runs[0]?.outcome === 'lost')
    expect(isAlive(pid)).toBe(false)
    expect(git(join(worktrees, 'WEB', 'web-1'), 'log', '--format=%s')).toBe('Half\nStart')
    board.queue({ key: 'WEB-1', attempt: 2, steps: ['complete Done.'] })
    await board.until(() => board.runs[1]?.outcome === 'completed')
    expect(second.output()).toContain('The run is lost; its worktree is kept.')
  })

  test.each(Array.from({ length: rounds }, (_, index) => 2 + (index % maxRequests)))(
    'leaves no process if that happens at request %i to the board',
    async (requests) => {
      const { board, launch } = desk()
      board.queue({ key: 'WEB-1', steps: ['permit npm test', 'hang'] })
      const first = launch()
      await board.until(() => board.requests() >= requests)
      first.kill('SIGKILL')
      await first.exit
      const before = board.runs.map(({ id }) => id)
      const beats = board.heartbeats.length

      launch()

      await board.until(() => board.heartbeats.length > beats)
      board.queue({ key: 'WEB-2', steps: ['complete Done.'] })
      await board.until(() => board.runs.find(({ task }) => task.key === 'WEB-2')?.outcome === 'completed')
      for (const id of before) expect(await processesOf(id, null)).toEqual([])
    },
  )

  test('has processes that left the agent’s group ended as well', async () => {
    const { board, worktrees, launch } = desk()
    const first = launch()
    board.queue({
      key: 'WEB-1',
      steps: ['leave echo $$ > pid; exec sleep 600', 'run while [ ! -s pid ]; do :; done', 'wait'],
    })
    await board.until(() => board.comments[0])
    const pid = Number(readFileSync(join(worktrees, 'WEB', 'web-1', 'pid'), 'utf8'))
    first.kill('SIGKILL')
    await first.exit

    launch()

    await board.until(() => board.runs[0]?.outcome === 'lost')
    expect(isAlive(pid)).toBe(false)
  })

  test('never has another process with the same pid ended', async () => {
    const { board, folder, start } = desk()
    const other = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
    onTestFinished(() => void other.kill())
    const pid = other.pid ?? 0
    const id = crypto.randomUUID()
    const saved = {
      id,
      task: 'WEB-1',
      engine: 'codex',
      worktree: null,
      process: { pid, started: `before ${await startOf(pid)}` },
    }
    const run = join(folder, 'state', 'laptop', 'runs', id)
    mkdirSync(run, { recursive: true })
    writeFileSync(join(run, 'run.json'), JSON.stringify(saved))

    start()

    await board.until(() => board.heartbeats[0])
    expect(existsSync(run)).toBe(false)
    expect(isAlive(pid)).toBe(true)
  })
})

describe('a runner that is stopped', () => {
  test('ends its agents, reports their runs as lost, and exits with 0', async () => {
    const { board, folder, launch } = desk()
    const runner = launch()
    board.queue({ key: 'WEB-1', steps: ['wait'] })
    const pid = pidIn((await board.until(() => board.comments[0])).text)

    runner.kill('SIGTERM')

    expect(await runner.exit).toBe(0)
    expect(isAlive(pid)).toBe(false)
    expect(board.runs[0]?.outcome).toBe('lost')
    expect(readdirSync(join(folder, 'state', 'laptop', 'runs'))).toEqual([])
  })

  test('refuses to start a second one with the same name', async () => {
    const { board, start } = desk()
    start()
    await board.until(() => board.heartbeats[0])

    await expect(start().ended).rejects.toThrow(
      /A runner named laptop is already running \(process \d+\)\. Stop it, or give this one another name/,
    )
  })

  test('starts over the lock of a killed one', async () => {
    const { board, launch } = desk()
    const first = launch()
    await board.until(() => board.heartbeats[0])
    first.kill('SIGKILL')
    await first.exit

    launch()

    await board.until(() => board.heartbeats.filter(({ wait }) => wait === 0).length === 2)
  })
})

describe('the board', () => {
  test('may restart while an agent works', async () => {
    const { board, start, log } = desk()
    start()
    board.queue({ key: 'WEB-1', steps: ['permit npm test', 'complete Done.'] })
    const question = await board.until(() => board.questions[0])

    await board.goDown()
    await expect.poll(() => log.join('\n')).toContain("The board doesn't answer")
    await board.comeBack()
    board.answer(question, 'allow')

    await board.until(() => board.runs[0]?.outcome === 'completed')
    expect(log).toContain('The board answers again.')
    board.queue({ key: 'WEB-2', steps: ['complete Done.'] })
    await board.until(() => board.runs[1]?.outcome === 'completed')
  })

  test('hears of every run in the first reports after a restart', async () => {
    const { board, start } = desk()
    start()
    await board.until(() => board.heartbeats.some(({ wait = 0 }) => wait > 0))
    board.queue({ key: 'WEB-1', steps: ['wait'] })
    const run = await board.until(() => board.runs[0])
    await board.until(() => board.comments[0])

    await board.goDown()
    const before = board.heartbeats.length
    await board.comeBack()

    // The report from before the run is repeated as well as the newest one.
    await board.until(() => board.heartbeats.length >= before + 2)
    for (const { runs } of board.heartbeats.slice(before)) expect(runs).toEqual([run.id])
  })

  test('may be down when the runner starts', async () => {
    const { board, start, log } = desk()
    await board.goDown()
    start()
    await expect.poll(() => log.length).toBeGreaterThan(0)

    await board.comeBack()

    board.queue({ key: 'WEB-1', steps: ['complete Done.'] })
    await board.until(() => board.runs[0]?.outcome === 'completed')
  })

  test('ends the runner if it refuses the token', async () => {
    const { board, launch } = desk()
    const runner = launch()
    board.queue({ key: 'WEB-1', steps: ['wait'] })
    const pid = pidIn((await board.until(() => board.comments[0])).text)

    board.revoke()

    expect(await runner.exit).toBe(1)
    expect(runner.output()).toContain('The board refused the token.')
    expect(isAlive(pid)).toBe(false)
  })

  test('hears from every run with each heartbeat', async () => {
    const { board, start } = desk()
    start()
    board.queue({ key: 'WEB-1', steps: ['wait'] })
    board.queue({ key: 'WEB-2', steps: ['wait'] })
    await board.until(() => board.comments[1])

    await board.until(() => board.heartbeats.some(({ runs, busy }) => runs?.length === 2 && busy === 2))
  })
})

test('two runners never work on the same task', async () => {
  const { board, start } = desk()
  start({ name: 'laptop' })
  start({ name: 'desktop' })
  const keys = ['WEB-1', 'WEB-2', 'WEB-3', 'WEB-4']
  for (const key of keys) board.queue({ key, steps: ['complete Done.'] })

  await board.until(() => board.runs.filter(({ outcome }) => outcome === 'completed').length === keys.length)

  expect(board.runs.map(({ task }) => task.key).sort()).toEqual(keys)
})
