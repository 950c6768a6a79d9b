import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { openBoard, parseAnswer } from './board.ts'
import { type RunnerConfig, readBoardAccess, readRunnerConfig } from './config.ts'
import { openRepository } from './git/worktree.ts'
import { engineNames } from './report.ts'

const run = promisify(execFile)
const versionMs = 20_000
const answerMs = 5_000

interface Check {
  readonly name: string
  /** Returns what is right. Throws what is wrong and how to correct it. */
  readonly look: () => Promise<string> | string
}

/** Checks everything that a runner needs. Returns one line for each check. */
export async function checkRunner(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly report: string; readonly isOk: boolean }> {
  const lines: string[] = []
  let isOk = true
  const check = async ({ name, look }: Check) => {
    try {
      lines.push(`ok    ${name}: ${await look()}`)
    } catch (error) {
      isOk = false
      lines.push(`wrong ${name}: ${(error as Error).message}`)
    }
  }
  let config: RunnerConfig | null = null
  await check({
    name: 'settings',
    look: () => {
      config = readRunnerConfig(file)
      return config.file
    },
  })
  await check({ name: 'git', look: async () => (await run('git', ['--version'])).stdout.trim() })
  for (const one of config === null ? [] : checksOf(config)) await check(one)
  await check({ name: 'board', look: () => checkBoard(env) })
  return { report: lines.join('\n'), isOk }
}

function checksOf({ engines, projects, worktrees, state }: RunnerConfig): Check[] {
  return [
    ...Object.entries(engines).map(([engine, { command }]) => ({
      name: engineNames[engine as keyof typeof engineNames],
      look: () => checkEngine(command),
    })),
    ...Object.entries(projects).map(([key, folder]) => ({
      name: `project ${key}`,
      look: async () => (await openRepository(key, folder)).git.folder,
    })),
    { name: 'worktrees', look: () => checkFolder(worktrees) },
    { name: 'state', look: () => checkFolder(state) },
  ]
}

async function checkEngine([program = '', ...args]: readonly string[]): Promise<string> {
  try {
    const running = run(program, [...args, '--version'], { timeout: versionMs })
    // A program that doesn't know --version may wait for input.
    running.child.stdin?.end()
    const { stdout } = await running
    return [program, stdout.trim().split('\n')[0]].filter(Boolean).join(', ')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`${program} was not found. Install it, or correct its command in runner.toml.`)
    throw new Error(`${program} --version failed. Run it by hand to see why.`)
  }
}

function checkFolder(folder: string): string {
  const existing = nearest(folder)
  try {
    accessSync(existing, constants.W_OK)
  } catch {
    throw new Error(`${existing} can't be written. Change its owner, or another folder in runner.toml.`)
  }
  return folder
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

async function checkBoard(env: NodeJS.ProcessEnv): Promise<string> {
  const access = readBoardAccess(env)
  const Me = z.object({ token: z.object({ name: z.string() }) })
  let reason = 'no answer'
  const board = openBoard({
    ...access,
    log: (sentence) => {
      reason = sentence
    },
  })
  const signal = AbortSignal.timeout(answerMs)
  try {
    const answer = await board.send({ method: 'GET', path: '/api/me', signal })
    if (answer.status === 401)
      throw new Error(
        'The token is not valid. Make a new one with npm run token -- NAME and set PREQBOT_TOKEN.',
      )
    return `${access.url}, token ${parseAnswer(answer, Me).token.name}`
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Error(`${access.url} can't be reached. Check PREQBOT_URL, and that preqbot runs. ${reason}`)
  }
}
