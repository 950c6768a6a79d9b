import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { BoardRefusal, openBoard } from './board.ts'
import { cleanWorktrees } from './clean.ts'
import { readBoardAccess, readRunnerConfig, SettingError } from './config.ts'
import { checkRunner } from './doctor.ts'
import { writeRunnerConfig } from './init.ts'
import { runRunner } from './runner.ts'
import { LockedError } from './state.ts'

const help = `Usage: npm run runner [-- COMMAND] [--config FILE]

Starts coding agents on this machine for tasks that you queue on the board. It needs PREQBOT_URL and PREQBOT_TOKEN.

  init           Asks for projects and engines, and writes runner.toml.
  doctor         Checks git, the engines, the folders, and the connection to the board.
  clean          Lists the worktrees that can be removed; with --yes, removes them.
  --config FILE  The settings; by default runner.toml here, then in ~/.config/preqbot.
  --help         Shows this help.`

const commands = ['init', 'doctor', 'clean'] as const

/** Runs the runner's program. Returns the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [command, ...others] = positionals
  if (values.help === true) return print(help)
  if (others.length > 0 || !(command === undefined || isCommand(command)))
    throw new UsageMistake(`The commands are ${commands.join(', ')}.`)
  if (process.platform === 'win32')
    throw new SettingError('The runner is not supported on Windows yet. Use it in WSL, on Linux or on macOS.')
  if (command === undefined) return start(values.config)
  switch (command) {
    case 'init':
      return print(await writeRunnerConfig(values.config))
    case 'doctor': {
      const { report, isOk } = await checkRunner(values.config, process.env)
      print(report)
      return isOk ? 0 : 1
    }
    case 'clean':
      return print(
        await cleanWorktrees(readRunnerConfig(values.config), { isConfirmed: values.yes === true }),
      )
  }
}

async function start(file: string | undefined): Promise<number> {
  const config = readRunnerConfig(file)
  const access = readBoardAccess(process.env)
  const log = (sentence: string) => print(`${new Date().toISOString().slice(11, 19)} ${sentence}`)
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // A second Ctrl+C doesn't wait. The next start cleans up.
      if (ending.signal.aborted) process.exit(1)
      log('Stopping. The agents get up to 12 s to end.')
      ending.abort()
    })
  await runRunner({
    config,
    board: openBoard({ ...access, log }),
    host: hostname(),
    log,
    signal: ending.signal,
  })
  return 0
}

class UsageMistake extends Error {}

function isCommand(name: string): name is (typeof commands)[number] {
  return commands.some((command) => command === name)
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageMistake(`${(error as Error).message.split(/\. |\n/)[0]?.replace(/\.$/, '')}.`)
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

/** Returns the sentence for a failure that the user can correct; null for a defect. */
function toSentence(error: unknown): string | null {
  if (error instanceof BoardRefusal) {
    if (error.status === 401)
      return 'The board refused the token. Make a new one with npm run token -- NAME and set PREQBOT_TOKEN.'
    if (error.status === 404) return 'The server knows no runners. Update preqbot, and check PREQBOT_URL.'
    return `The board refused: ${error.message}`
  }
  return error instanceof SettingError || error instanceof LockedError ? error.message : null
}

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof UsageMistake) {
    process.stderr.write(`${error.message}\n\n${help}\n`)
    process.exitCode = 2
  } else {
    process.stderr.write(`${toSentence(error) ?? (error as Error).stack}\n`)
    process.exitCode = 1
  }
}
