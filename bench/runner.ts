import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startChatApp } from './chat-app.ts'
import { type Figure, quantile } from './figures.ts'
import type { Scale } from './scale.ts'
import type { BenchStore } from './store.ts'

// Unsolicited messages are sent about once a second, and each round has two.
const betweenMs = 2_400

/** Measures the time from a tap on Queue to the start of the agent's process: the board, the runner and a new git worktree. */
export async function measureRunner(store: BenchStore, scale: Scale): Promise<Figure[]> {
  const { user, app, token, stop } = await startChatApp(store)
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-bench-runner-'))
  const runner = startRunner(folder, { url: app.url, token })
  try {
    const times: number[] = []
    for (let round = 1; round <= scale.messages; round += 1) {
      await new Promise((wake) => setTimeout(wake, betweenMs))
      user.sendText(`/task RUN-${round}`)
      const card = await user.nextMessage(`RUN-${round}`)
      const began = Date.now()
      user.tap('Queue', card)
      // The agent is a shell that writes down when it started, and ends.
      await user.nextMessage(new RegExp(`RUN-${round}\\b[^]*ended without completing`))
      times.push(Number(readFileSync(join(folder, 'started'), 'utf8').trim().split('\n').at(-1)) - began)
    }
    return [
      {
        what: 'tap on Queue → agent’s process started, p95',
        on: store.kind,
        value: quantile(times, 0.95),
        unit: 'ms',
        bar: { atMost: 1_000 },
        note: `with a new worktree; median ${quantile(times, 0.5).toFixed(0)} ms`,
      },
    ]
  } finally {
    const ended = once(runner, 'exit')
    runner.kill('SIGTERM')
    await ended
    await stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Starts the built runner on a new repository. */
function startRunner(folder: string, board: { readonly url: string; readonly token: string }) {
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' })
  git('init', '--initial-branch=main', 'repository')
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  git('-C', 'repository', ...author, 'commit', '--allow-empty', '--message=Start')
  const agent = JSON.stringify(['sh', '-c', `date +%s%3N >> ${join(folder, 'started')}`])
  const toml = [
    'name = "bench"',
    `worktrees = "${join(folder, 'worktrees')}"`,
    `state = "${join(folder, 'state')}"`,
    '[projects]',
    `RUN = "${join(folder, 'repository')}"`,
    '[engines]',
    ...['claude-code', 'codex', 'gemini-cli'].map((engine) => `${engine} = ${agent}`),
  ]
  writeFileSync(join(folder, 'runner.toml'), toml.join('\n'))
  const program = resolve(import.meta.dirname, '../scripts/preqbot-runner.js')
  return spawn(process.execPath, ['--liftoff-only', program, '--config', join(folder, 'runner.toml')], {
    env: { ...process.env, PREQBOT_URL: board.url, PREQBOT_TOKEN: board.token },
    stdio: 'ignore',
  })
}
