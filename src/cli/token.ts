import { type Engine, engines } from '../db/schema.ts'
import { askBoard } from './board.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run token -- NAME [--engine E] [--full] [--project KEY]… [--days N]',
  summary: "Creates an agent's token and shows the lines that connect it. It works while preqbot runs.",
  args: { NAME: "The agent's name, e.g. laptop; it appears next to everything the agent does." },
  options: {
    engine: {
      type: 'string',
      value: 'E',
      help: 'Gets no task meant for another engine: claude-code, codex or gemini-cli. Without it, any task.',
    },
    full: {
      type: 'boolean',
      help: 'May also delete tasks and accept results. Without it, it works on tasks.',
    },
    project: {
      type: 'string',
      multiple: true,
      value: 'KEY',
      help: 'Opens only this project; give it again for another. Without it, all projects.',
    },
    days: { type: 'string', value: 'N', help: 'Expires in N days, 1 to 3650. Without it, never.' },
  },
} as const

await runCommand(spec, async ({ values, names, config, database }) => {
  const [tokenName] = names
  if (tokenName === undefined || names.length > 1) throw new UsageError('Give a name, e.g. laptop.')
  const command = {
    name: 'token',
    tokenName,
    engine: values.engine === undefined ? null : toEngine(values.engine),
    rights: values.full === true ? 'full' : 'work',
    projectKeys: values.project ?? null,
    days: values.days === undefined ? null : toDays(values.days),
  } as const
  return askBoard(command, { config, database })
})

function toEngine(text: string): Engine {
  const engine = engines.find((known) => known === text || known.split('-')[0] === text)
  if (engine === undefined) throw new UsageError(`--engine takes ${engines.join(', ')}.`)
  return engine
}

function toDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new UsageError('--days takes a whole number from 1 to 3650.')
  return days
}
