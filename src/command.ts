import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Config, loadConfig } from './config.ts'
import type { DatabaseOptions } from './db/open.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** What a command is given: its arguments, the configuration, and how to open the database that this names. */
interface Given<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values']
  readonly names: readonly string[]
  readonly config: Config
  readonly database: DatabaseOptions
}

/** Arguments that a command does not take; the process ends with its usage and 2. */
export class UsageError extends Error {}

/**
 * Runs a command of the command line: prints what `run` returns and ends with 0. Arguments that do not fit end with the
 * usage line and 2, everything else that goes wrong with one sentence and 1.
 */
export async function runCommand<O extends Options>(
  usage: string,
  options: O,
  run: (given: Given<O>) => Promise<string>,
): Promise<never> {
  try {
    const { values, positionals: names } = toArguments(options)
    const config = loadConfig(process.env)
    const database = {
      databaseUrl: config.DATABASE_URL,
      dataDir: config.DATA_DIR,
      upkeep: false,
      onTrouble: (what: string) => void process.stderr.write(`${what}\n`),
    }
    process.stdout.write(`${await run({ values, names, config, database })}\n`)
    process.exit(0)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}${error.message === '' ? '' : '\n'}Usage: ${usage}\n`)
      process.exit(2)
    }
    process.stderr.write(`${toSentence(error)}\n`)
    process.exit(1)
  }
}

function toArguments<O extends Options>(options: O) {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

// Errors of our own have a name and say all; of others the stack is wanted.
function toSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'Error' ? (error.stack ?? error.message) : error.message
}
