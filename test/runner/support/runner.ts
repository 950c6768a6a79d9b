import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { openBoard } from '../../../src/runner/board.ts'
import { parseRunnerConfig, type RunnerConfig } from '../../../src/runner/config.ts'
import { runRunner } from '../../../src/runner/runner.ts'
import type { StopLimits } from '../../../src/runner/supervise.ts'
import { builtIn } from '../../support/build.ts'
import { type FakeBoard, startFakeBoard } from './board.ts'

const agents = join(import.meta.dirname, '..', 'agents')
let program: string

/** The engines, with the fake agents as their commands. */
export const engines = ['claude-code', 'codex', 'gemini-cli'] as const
const files = { 'claude-code': 'claude.js', codex: 'codex.js', 'gemini-cli': 'gemini.js' }

/** Short limits, for tests in which time isn't the point. */
export const shortLimits: StopLimits = { askMs: 500, termMs: 500, finishMs: 2_000, exitMs: 5_000 }

/** A folder with a repository, a fake board, and runners. */
export interface Desk {
  readonly folder: string
  /** The owner's checkout of project WEB. */
  readonly repository: string
  readonly worktrees: string
  readonly board: FakeBoard
  /** What the runners printed. */
  readonly log: readonly string[]
  readonly git: (folder: string, ...args: string[]) => string
  /** Writes runner.toml with the fake agents. Returns its path. */
  readonly write: (settings?: Settings) => string
  readonly config: (settings?: Settings) => RunnerConfig
  /** Starts a runner in this process. */
  readonly start: (settings?: Settings, limits?: StopLimits) => Started
  /** Starts the program as a process. */
  readonly launch: (settings?: Settings, args?: readonly string[]) => SpawnedRunner
}

interface Settings {
  readonly name?: string
  readonly max?: number
  readonly mode?: 'ask' | 'auto'
  readonly env?: readonly string[]
  readonly repository?: string
  readonly engines?: Readonly<Record<string, unknown>>
}

interface Started {
  readonly stop: () => Promise<void>
  /** Rejects if the runner fails. */
  readonly ended: Promise<void>
}

/** A runner as a process. */
export interface SpawnedRunner {
  readonly pid: number
  readonly output: () => string
  readonly kill: (signal: NodeJS.Signals) => void
  readonly write: (text: string) => void
  readonly exit: Promise<number | null>
}

/** Sets up a desk for each test. */
export function useDesk(): () => Desk {
  let desk: Desk
  const cleanups: (() => Promise<unknown> | unknown)[] = []

  beforeAll(buildRunner)
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preqbot-runner-'))
    cleanups.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    const board = await startFakeBoard()
    cleanups.push(board.goDown)
    const repository = createRepository(join(folder, 'web'))
    const worktrees = join(folder, 'worktrees')
    const log: string[] = []
    const write: Desk['write'] = (settings) => writeToml({ folder, worktrees, repository }, settings)
    const config: Desk['config'] = (settings = {}) =>
      parseRunnerConfig(join(folder, 'runner.toml'), toToml({ folder, worktrees, repository }, settings))
    desk = {
      folder,
      repository,
      worktrees,
      board,
      log,
      git,
      write,
      config,
      start: (settings, limits = shortLimits) => {
        const ending = new AbortController()
        const print = (sentence: string) => void log.push(sentence)
        const ended = runRunner({
          config: config(settings),
          board: openBoard({ url: board.url, token: board.token, log: print }),
          host: 'laptop',
          log: print,
          signal: ending.signal,
          limits,
        })
        const stop = async () => {
          ending.abort()
          await ended
        }
        cleanups.push(() => stop().catch(() => {}))
        return { stop, ended }
      },
      launch: (settings, args = []) => {
        const spawned = spawnProgram([...args, '--config', write(settings)], board)
        cleanups.push(async () => {
          spawned.kill('SIGTERM')
          await spawned.exit
        })
        return spawned
      },
    }
  })
  afterEach(async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
  })
  return () => desk
}

/** Runs git in a folder; returns what it prints. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** Creates a repository with one commit on main. */
export function createRepository(folder: string): string {
  mkdirSync(folder, { recursive: true })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'config', 'user.name', 'Ada')
  git(folder, 'config', 'user.email', 'ada@example.com')
  writeFileSync(join(folder, 'README.md'), '# Website\n')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '--message=Start')
  return folder
}

type Places = Readonly<Record<'folder' | 'worktrees' | 'repository', string>>

/** Writes runner.toml with the fake agents. Returns its path. */
export function writeToml(places: Places, settings: Settings = {}): string {
  const file = join(places.folder, `${settings.name ?? 'runner'}.toml`)
  writeFileSync(file, toToml(places, settings))
  return file
}

function toToml({ folder, worktrees, repository }: Places, settings: Settings): string {
  const commands = engines.map((engine) => [engine, [process.execPath, join(agents, files[engine])]] as const)
  const all = { ...Object.fromEntries(commands), ...settings.engines }
  return [
    `name = ${JSON.stringify(settings.name ?? 'laptop')}`,
    `max = ${settings.max ?? 2}`,
    `mode = "${settings.mode ?? 'ask'}"`,
    `worktrees = ${JSON.stringify(worktrees)}`,
    `state = ${JSON.stringify(join(folder, 'state'))}`,
    `env = ${JSON.stringify(settings.env ?? [])}`,
    '[projects]',
    `WEB = ${JSON.stringify(settings.repository ?? repository)}`,
    '[engines]',
    ...Object.entries(all).map(([engine, command]) => `${engine} = ${JSON.stringify(command)}`),
  ].join('\n')
}

/** Builds the program for `spawnProgram`. */
export async function buildRunner(): Promise<void> {
  program = join(await builtIn(inject('buildFolder')), 'scripts', 'preqbot-runner.js')
}

/** Starts the program with a board in its environment. */
export function spawnProgram(
  args: readonly string[],
  { url, token }: Pick<FakeBoard, 'url' | 'token'>,
  more: Readonly<Record<string, string>> = {},
): SpawnedRunner {
  const child = spawn(process.execPath, ['--liftoff-only', program, ...args], {
    env: { ...process.env, PREQBOT_URL: url, PREQBOT_TOKEN: token, ...more },
    stdio: 'pipe',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  return {
    pid: child.pid ?? 0,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    write: (text) => void child.stdin.write(text),
    exit: once(child, 'close').then(([code]) => code as number | null),
  }
}

/** Whether a process runs. One that has ended and waits for its parent doesn't. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
