import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startOf } from '../../src/runner/process/group.ts'
import { isAlive, useDesk } from './support/runner.ts'

const desk = useDesk()
// The sample; more rounds with RUNNER_KILLS.
const rounds = Number(process.env.RUNNER_KILLS ?? 1)
const pidIn = (text: string) => Number(text.split(' ')[1])

describe('a runner that is killed', () => {
  test.each(Array.from({ length: rounds }, (_, index) => index))(
    'leaves no orphan after its next start, and loses no commit (round %i)',
    async () => {
      const { board, git, worktrees, spawn } = desk()
      const first = spawn()
      board.queue({ key: 'WEB-1', steps: ["run git commit --quiet --allow-empty --message='Half'", 'hang'] })
      const pid = pidIn((await board.until(() => board.comments[0])).text)
      first.kill('SIGKILL')
      await first.exit
      expect(isAlive(pid)).toBe(true)

      const second = spawn()

      await board.until(() => board.runs[0]?.outcome === 'lost')
      expect(isAlive(pid)).toBe(false)
      expect(git(join(worktrees, 'WEB', 'web-1'), 'log', '--format=%s')).toBe('Half\nStart')
      board.queue({ key: 'WEB-1', attempt: 2, steps: ['complete Done.'] })
      await board.until(() => board.runs[1]?.outcome === 'completed')
      expect(second.output()).toContain('The run is lost; its worktree is kept.')
    },
  )

  test('has processes that left the agent’s group ended as well', async () => {
    const { board, worktrees, spawn } = desk()
    const first = spawn()
    board.queue({
      key: 'WEB-1',
      steps: ['leave echo $$ > pid; exec sleep 600', 'run while [ ! -s pid ]; do :; done', 'wait'],
    })
    await board.until(() => board.comments[0])
    const pid = Number(readFileSync(join(worktrees, 'WEB', 'web-1', 'pid'), 'utf8'))
    first.kill('SIGKILL')
    await first.exit

    spawn()

    await board.until(() => board.runs[0]?.outcome === 'lost')
    expect(isAlive(pid)).toBe(false)
  })

  test('never has another process with the same pid ended', async () => {
    const { board, folder, start } = desk()
    const id = crypto.randomUUID()
    const runs = join(folder, 'state', 'laptop', 'runs', id)
    mkdirSync(runs, { recursive: true })
    const saved = {
      id,
      task: 'WEB-1',
      engine: 'codex',
      worktree: null,
      // This very process, as if it had started at another time.
      process: { pid: process.pid, started: `earlier than ${await startOf(process.pid)}` },
    }
    writeFileSync(join(runs, 'run.json'), JSON.stringify(saved))

    start()

    await board.until(() => board.heartbeats[0])
    expect(existsSync(runs)).toBe(false)
  })
})

describe('a runner that is stopped', () => {
  test('ends its agents, reports their runs as lost, and exits with 0', async () => {
    const { board, folder, spawn } = desk()
    const runner = spawn()
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
    const { board, spawn } = desk()
    const first = spawn()
    await board.until(() => board.heartbeats[0])
    first.kill('SIGKILL')
    await first.exit

    spawn()

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
    const { board, spawn } = desk()
    const runner = spawn()
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
