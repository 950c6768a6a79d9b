import { parseArgs } from 'node:util'
import { type Config, loadConfig, secretsOf } from '../config.ts'
import type { DatabaseOptions } from '../db/types.ts'
import { createRedactor } from '../domain/core/redactor.ts'
import { toLastWords } from '../logged-error.ts'

interface Option {
  readonly type: 'string' | 'boolean'
  /** May be given more than once. */
  readonly multiple?: true
  /** What stands for its value in the help. */
  readonly value?: string
  readonly help: string
}

/** What a terminal command is called, does and takes: all that its help shows. */
export interface CommandSpec<O extends Readonly<Record<string, Option>>> {
  /** As it is typed: `npm run backup [-- FILE]`. */
  readonly usage: string
  readonly summary: string
  /** One sentence for each argument that is not an option. */
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

/** What a command is given: its arguments, the configuration, and how to open the database that this names. */
interface Given<O extends Readonly<Record<string, Option>>> {
  readonly values: Values<O>
  readonly names: readonly string[]
  readonly config: Config
  readonly database: DatabaseOptions
}

/** Arguments that a command does not take; the process ends with its usage and 2. */
export class UsageError extends Error {}

/**
 * Runs a terminal command: prints what `run` returns and ends with 0. `--help` prints its help and ends with 0, arguments that
 * do not fit end with the usage line and 2, everything else that goes wrong with one sentence and 1.
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
    // parseArgs checked them against the options that these types are made from.
    return { help: help === true, values: rest as Values<O>, names: positionals }
  } catch (error) {
    // The first sentence says what is wrong; the rest explains `--` to programmers.
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
    ['--help', 'Shows this.'],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  const listed = lines.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`)
  return [`Usage: ${usage}`, '', summary, '', ...listed].join('\n')
}
