import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { stopLimits } from '../../src/runner/supervise.ts'
import { engines, isAlive, useDesk } from './support/runner.ts'

const desk = useDesk()

/** Queues WEB-1 and waits for the end of its run. */
async function work(steps: readonly string[], engine = 'claude-code') {
  const { board } = desk()
  board.queue({ key: 'WEB-1', engine, steps })
  const run = await board.until(() => board.runs.find(({ outcome }) => outcome !== null))
  return { outcome: run.outcome, reason: run.result?.reason ?? '' }
}

describe('an agent that ends by itself', () => {
  test('blocks its task with its last words and exit code, and completes nothing', async () => {
    desk().start()

    const { outcome, reason } = await work(['write Should the button be red or blue?'])

    expect(outcome).toBe('blocked')
    expect(reason).toBe(
      'Should the button be red or blue?\n\nClaude Code ended without completing or blocking the task (exit code 0).',
    )
  })

  test.each(engines)('blocks its task if %s crashes', async (engine) => {
    desk().start()

    const { outcome, reason } = await work(['complain Out of memory', 'exit 7'], engine)

    expect(outcome).toBe('blocked')
    expect(reason).toContain('Out of memory')
    expect(reason).toContain('(exit code 7)')
  })

  test('blocks its task if its program is missing', async () => {
    desk().start({ engines: { 'claude-code': ['no-such-program'] } })

    expect(await work([])).toEqual({
      outcome: 'blocked',
      reason:
        "Claude Code isn't installed on this machine: no-such-program was not found. Install it or correct runner.toml, then queue the task again.",
    })
  })

  test('leaves no process behind, not even one that left its group', async () => {
    const { worktrees, start, board } = desk()
    start()
    await work([
      'leave echo $$ > pid; exec sleep 600',
      'run while [ ! -s pid ]; do :; done',
      'complete Done.',
    ])

    const pid = Number(readFileSync(join(worktrees, 'WEB', 'web-1', 'pid'), 'utf8'))
    await board.until(() => board.runs[0]?.files !== null)

    expect(isAlive(pid)).toBe(false)
  })
})

describe('output', () => {
  test('of 100 MB in one line fails nothing and takes little memory', async () => {
    const { start } = desk()
    start()
    let peak = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 20)
    const before = process.memoryUsage().rss

    const { outcome } = await work(['print 100', 'complete Done.'])

    clearInterval(timer)
    expect(outcome).toBe('completed')
    expect((peak - before) / 1024 / 1024).toBeLessThan(150)
  })
})

describe('Stop', () => {
  test.each(engines)('kills %s if it ignores everything', async (engine) => {
    const { board, start, log } = desk()
    start()
    board.queue({ key: 'WEB-1', engine, steps: ['hang'] })
    const pid = Number((await board.until(() => board.comments[0])).text.split(' ')[1])
    const [run] = board.runs
    if (run === undefined) throw new Error('There is no run.')

    board.end(run, 'stopped')

    await expect.poll(() => isAlive(pid)).toBe(false)
    await expect.poll(() => log.join('\n')).toContain('the run has ended (stopped)')
  })

  test('takes 12 s at most with the real limits', async () => {
    const { board, start } = desk()
    start({}, stopLimits)
    board.queue({ key: 'WEB-1', steps: ['hang'] })
    const pid = Number((await board.until(() => board.comments[0])).text.split(' ')[1])
    const [run] = board.runs
    if (run === undefined) throw new Error('There is no run.')
    const began = performance.now()

    board.end(run, 'stopped')

    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(stopLimits.askMs + stopLimits.termMs).toBeLessThanOrEqual(10_000)
  })

  test('frees the slot for the next task', async () => {
    const { board, start } = desk()
    start({ max: 1 })
    board.queue({ key: 'WEB-1', steps: ['wait'] })
    board.queue({ key: 'WEB-2', steps: ['complete Done.'] })
    await board.until(() => board.comments[0])
    const [run] = board.runs
    if (run === undefined) throw new Error('There is no run.')
    expect(board.runs).toHaveLength(1)

    board.end(run, 'stopped')

    await board.until(() => board.runs[1]?.outcome === 'completed')
  })
})

describe('the environment of an agent', () => {
  afterEach(() => {
    delete process.env.RUNNER_TEST_KEY
    delete process.env.RUNNER_TEST_SECRET
  })

  test('has the variables of the list and the token of its run', async () => {
    process.env.RUNNER_TEST_KEY = 'for the agent'
    process.env.RUNNER_TEST_SECRET = 'only mine'
    const { board, start } = desk()
    start({ env: ['RUNNER_TEST_KEY'] })

    await work(['env', 'complete Done.'])

    const env = JSON.parse(board.comments[0]?.text ?? '') as Record<string, string>
    const allowed = [
      'PATH',
      'HOME',
      'LANG',
      'TERM',
      'RUNNER_TEST_KEY',
      'PREQBOT_URL',
      'PREQBOT_TOKEN',
      'PREQBOT_RUN',
    ]
    expect(Object.keys(env).filter((name) => !allowed.includes(name))).toEqual([])
    expect(env).toMatchObject({
      RUNNER_TEST_KEY: 'for the agent',
      PREQBOT_URL: board.url,
      PREQBOT_TOKEN: board.runs[0]?.token,
    })
  })
})
