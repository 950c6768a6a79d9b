import { knownMigrations } from '../db/migrations/migrations.ts'
import { openDatabase } from '../db/open.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run migrate',
  summary:
    'Brings the database schema up to date, as npm start does. For a release step before the processes change.',
}

await runCommand(spec, async ({ names, database }) => {
  if (names.length > 0) throw new UsageError('It takes no arguments.')
  const { close } = await openDatabase(database)
  await close()
  return `The schema is up to date: ${knownMigrations().at(-1)?.tag}.`
})
