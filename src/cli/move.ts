import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { toCounts } from '../app/commands.ts'
import { copyBoard } from '../db/backup/backup-file.ts'
import { openDatabase } from '../db/open.ts'
import { addressOf } from '../db/reach.ts'
import { requireBoard } from './board.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run move [-- --replace]',
  summary: 'Copies the board from the embedded database to Postgres. Stop preqbot first.',
  args: {
    MOVE_TO_URL:
      'The variable with the address of the Postgres database (15 or newer): postgres://… Without it, the command asks.',
  },
  options: { replace: { type: 'boolean', help: 'Replaces a board that is in that database.' } },
} as const

await runCommand(spec, async ({ values, names, config, database }) => {
  if (names.length > 0)
    throw new UsageError(
      'An address among the arguments shows its password to every user of this machine. Set MOVE_TO_URL, or leave it out to be asked.',
    )
  const url = process.env.MOVE_TO_URL || (await ask('Address of the Postgres database (not shown): '))
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new UsageError('Set MOVE_TO_URL to an address that starts with postgres://.')
  if (config.DATABASE_URL !== undefined)
    throw new UsageError('DATABASE_URL is set: the board is already on Postgres.')
  requireBoard(config.DATA_DIR)
  const from = await openDatabase(database)
  try {
    const to = await openDatabase({ ...database, databaseUrl: url })
    try {
      const counts = await copyBoard(from.db, to.db, { now: new Date(), replace: values.replace ?? false })
      const key =
        config.SECRET_KEY === undefined
          ? `$(cat ${join(config.DATA_DIR, 'secret-key')})`
          : '(as it is set now)'
      return [
        `Copied ${toCounts(counts)} to ${addressOf(url)}. Set these variables:`,
        '  DATABASE_URL=(the address above)',
        `  SECRET_KEY=${key}`,
        `The embedded database in ${config.DATA_DIR} is left untouched and no longer used.`,
      ].join('\n')
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
})

/** Prompts on the terminal without echo; returns an empty string if there is no terminal. */
async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) return ''
  process.stderr.write(question)
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true })
  try {
    return (await lines.question('')).trim()
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
