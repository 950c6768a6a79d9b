import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { stringify } from 'smol-toml'
import { RunnerEngine } from '../api/wire/runners.ts'
import { configFiles, parseRunnerConfig, SettingError } from './config.ts'
import { engineNames } from './report.ts'

const commands: Readonly<Record<RunnerEngine, string>> = {
  'claude-code': 'claude',
  codex: 'codex',
  'gemini-cli': 'gemini',
}
const keys = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY']

/** Asks for projects and engines in the terminal, and writes runner.toml. Returns what to do next. */
export async function writeRunnerConfig(given: string | undefined): Promise<string> {
  const [here] = configFiles()
  const file = given === undefined ? here : resolve(given)
  if (existsSync(file)) throw new SettingError(`${file} exists already. Edit it, or remove it first.`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const lines = terminal[Symbol.asyncIterator]()
  const ask = async (question: string, standard: string): Promise<string> => {
    process.stdout.write(standard === '' ? `${question}: ` : `${question} [${standard}]: `)
    const { value, done } = await lines.next()
    if (done === true) throw new SettingError('Nothing was written, because the input ended.')
    return value.trim() || standard
  }
  try {
    const text = toText({
      projects: await askProjects(ask),
      engines: await askEngines(ask),
      max: Number(await ask('How many agents may work at once', '2')),
    })
    // A wrong answer is reported now, not at the first start.
    parseRunnerConfig(file, text)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } finally {
    terminal.close()
  }
  return `\nWrote ${file}. Set PREQBOT_URL and PREQBOT_TOKEN, check with npm run runner -- doctor, and start with npm run runner.`
}

type Ask = (question: string, standard: string) => Promise<string>

async function askProjects(ask: Ask): Promise<Record<string, string>> {
  const projects: Record<string, string> = {}
  for (;;) {
    const isFirst = Object.keys(projects).length === 0
    const key = await ask(
      isFirst ? 'Key of a project on the board, e.g. WEB' : 'Another project (Enter for none)',
      '',
    )
    if (key === '' && !isFirst) return projects
    if (key !== '')
      projects[key.toUpperCase()] = resolve(await ask(`Folder of ${key.toUpperCase()}`, process.cwd()))
  }
}

async function askEngines(ask: Ask): Promise<Record<string, string[]>> {
  const engines: Record<string, string[]> = {}
  for (const engine of RunnerEngine.options) {
    const answer = await ask(`Command of ${engineNames[engine]} (- to leave it out)`, commands[engine])
    if (answer !== '-') engines[engine] = answer.split(/\s+/)
  }
  return engines
}

function toText({
  projects,
  engines,
  max,
}: {
  readonly projects: Readonly<Record<string, string>>
  readonly engines: Readonly<Record<string, string[]>>
  readonly max: number
}): string {
  return `# Agents that work at the same time.
max = ${max}
# ask: permissions come to the chat. auto: the runner allows everything.
mode = "ask"
# What agents get of your environment besides PATH, HOME, LANG and TERM.
env = ${JSON.stringify(keys)}

[projects]
${stringify(projects).trim()}

# The command and its first arguments.
[engines]
${stringify(engines).trim()}
`
}
