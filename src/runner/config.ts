import { existsSync, readFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { RunnerEngine } from '../api/wire/runners.ts'

/** A wrong setting: the message says what to change. */
export class SettingError extends Error {}

const Words = z.array(z.string().min(1)).min(1)

const EngineCommand = z.union(
  [
    Words.transform((command) => ({ command, protocol: null })),
    z.strictObject({ command: Words, protocol: z.literal('acp') }),
  ],
  'must be a command with its first arguments, e.g. ["claude"]',
)
export type EngineCommand = z.infer<typeof EngineCommand>

const Path = z
  .string()
  .min(1)
  .transform((path) => path.replace(/^~(?=\/|$)/, homedir()))

/** The file runner.toml. */
const RunnerFile = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .default(() => hostname().slice(0, 60)),
  max: z.int().min(1).max(20).default(2),
  mode: z.enum(['ask', 'auto']).default('ask'),
  worktrees: Path.default(() => join(dataHome(), 'preqbot', 'worktrees')),
  state: Path.default(() => join(stateHome(), 'preqbot', 'runner')),
  env: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')).default([]),
  projects: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_-]*$/, 'must be a project key, e.g. WEB'), Path)
    .refine((projects) => Object.keys(projects).length > 0, 'must name at least one project'),
  engines: z
    .partialRecord(RunnerEngine, EngineCommand)
    .refine((engines) => Object.keys(engines).length > 0, 'must name at least one engine'),
})

/** A runner's settings. */
export interface RunnerConfig extends z.output<typeof RunnerFile> {
  /** The file that they come from. */
  readonly file: string
}

/** The address of the board, and the runner's token. */
export interface BoardAccess {
  readonly url: string
  readonly token: string
}

/** Lists where runner.toml may be: here, then in the user's configuration folder. */
export function configFiles(): readonly [string, string] {
  const home = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return [resolve('runner.toml'), join(home, 'preqbot', 'runner.toml')]
}

/** Reads the settings from a file, or from the first one that exists. Throws a `SettingError`. */
export function readRunnerConfig(given: string | undefined): RunnerConfig {
  const files = given === undefined ? configFiles() : [resolve(given)]
  const file = files.find((path) => existsSync(path))
  if (file === undefined)
    throw new SettingError(`${files.join(' and ')} not found. Run npm run runner -- init to write it.`)
  return parseRunnerConfig(file, readFileSync(file, 'utf8'))
}

/** Parses the text of runner.toml. Throws a `SettingError` that names the setting. */
export function parseRunnerConfig(file: string, text: string): RunnerConfig {
  const parsed = RunnerFile.safeParse(parseToml(file, text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.join('.') ?? ''
    const reason = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
    throw new SettingError(`${file}: ${place === '' ? '' : `${place}: `}${reason}. Correct it.`)
  }
  // A path in the file is relative to the file.
  const absolute = (path: string) => resolve(dirname(file), path)
  const { projects, worktrees, state, ...rest } = parsed.data
  return {
    ...rest,
    file,
    worktrees: absolute(worktrees),
    state: absolute(state),
    projects: Object.fromEntries(Object.entries(projects).map(([key, path]) => [key, absolute(path)])),
  }
}

function parseToml(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [reason] = error.message.split('\n')
    throw new SettingError(`${file}, line ${error.line}: ${reason}. Correct it.`)
  }
}

/** Reads the board's address and the token from the environment. Throws a `SettingError`. */
export function readBoardAccess(env: NodeJS.ProcessEnv): BoardAccess {
  const url = (env.PREQBOT_URL ?? '').replace(/\/+$/, '')
  const token = env.PREQBOT_TOKEN ?? ''
  if (url === '' || !/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new SettingError('Set PREQBOT_URL to the address of preqbot, e.g. http://localhost:3000.')
  if (token === '')
    throw new SettingError('Set PREQBOT_TOKEN to a token. Make one with npm run token -- NAME.')
  if (!/^preq_[\w-]+$/.test(token))
    throw new SettingError("PREQBOT_TOKEN isn't a token. Copy it exactly as npm run token shows it.")
  return { url, token }
}

function dataHome(): string {
  return process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share')
}

function stateHome(): string {
  return process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
}

/** Builds the environment of an agent: only what the allow-list names, never the runner's own token. */
export function environmentOf(
  { env: allowed }: Pick<RunnerConfig, 'env'>,
  { run, url, token }: { readonly run: string; readonly url: string; readonly token: string },
): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TERM', ...allowed]
  const passed = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), PREQBOT_URL: url, PREQBOT_TOKEN: token, PREQBOT_RUN: run }
}

/** Returns the folder of a runner's state: one per name. */
export function stateFolderOf({ state, name }: Pick<RunnerConfig, 'state' | 'name'>): string {
  return join(state, encodeURIComponent(name).replaceAll('.', '%2E'))
}
