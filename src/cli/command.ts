import { parseArgs } from 'node:util'
import { type Config, loadConfig, secretsOf } from '../config.ts'
import type { DatabaseOptions } from '../db/types.ts'
import { createRedactor } from '../domain/core/redactor.ts'
import { toLastWords } from '../logged-error.ts'

interface Option {
  readonly type: 'string' | 'boolean'
  /** May be given more than once. */
  readonly multiple?: true
  /** The placeholder for its value in the help. */
  readonly value?: string
  readonly help: string
}

/** A terminal command's usage, summary, arguments and options, as its help shows them. */
export interface CommandSpec<O extends Readonly<Record<string, Option>>> {
  /** The usage line, e.g. `npm run backup [-- FILE]`. */
  readonly usage: string
  readonly summary: string
  /** One sentence per positional argument. */
  readonly args?: Readonly<Record<string, string>>
  readonly options?: O
}

type Values<O extends Readonly<Record<string, Option>>> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K] extends { readonly multiple: true }
      ? readonly string[]
      : string
}

/** A command's input: its arguments, the configuration and the database options. */
interface Given<O extends Readonly<Record<string, Option>>> {
  readonly values: Values<O>
  readonly names: readonly string[]
  readonly config: Config
  readonly database: DatabaseOptions
}

/** Wrong arguments: the process prints the usage and exits with 2. */
export class UsageError extends Error {}

/**
 * Runs a terminal command, prints what `run` returns and exits with 0. `--help` prints the help and exits with 0. Wrong arguments
 * print the usage and exit with 2; any other failure prints one sentence and exits with 1.
 */
export async function runCommand<const O extends Readonly<Record<string, Option>>>(
  spec: CommandSpec<O>,
  run: (given: Given<O>) => Promise<string>,
): Promise<never> {
  const redactor = createRedactor()
  try {
    const { help, values, names } = readArguments(spec)
    if (help) {
      process.stdout.write(`${toHelp(spec)}\n`)
      process.exit(0)
    }
    const config = loadConfig(process.env)
    redactor.learn(...secretsOf(config))
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
      process.stderr.write(`${error.message}\nUsage: ${spec.usage}\n`)
      process.exit(2)
    }
    process.stderr.write(`${redactor.text(toLastWords(error))}\n`)
    process.exit(1)
  }
}

function readArguments<O extends Readonly<Record<string, Option>>>(spec: CommandSpec<O>) {
  const options = Object.fromEntries(
    Object.entries(spec.options ?? {}).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    const { help, ...rest } = values
    // parseArgs validated them against the options that these types derive from.
    return { help: help === true, values: rest as Values<O>, names: positionals }
  } catch (error) {
    // Node's first sentence says what is wrong; the rest explains `--`.
    throw new UsageError(`${(error as Error).message.split(/\. |\n/)[0]?.replace(/\.$/, '')}.`)
  }
}

function toHelp({
  usage,
  summary,
  args = {},
  options = {},
}: CommandSpec<Readonly<Record<string, Option>>>): string {
  const lines: [string, string][] = [
    ...Object.entries(args),
    ...Object.entries(options).map(([name, { value, help }]): [string, string] => [
      `--${name}${value === undefined ? '' : ` ${value}`}`,
      help,
    ]),
    ['--help', 'Shows this help.'],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  const listed = lines.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`)
  return [`Usage: ${usage}`, '', summary, '', ...listed].join('\n')
}
