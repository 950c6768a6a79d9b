import { runCommand, UsageError } from './command.ts'
import { knownMigrations } from './db/migrations.ts'
import { openDatabase } from './db/open.ts'

await runCommand('npm run migrate', {}, async ({ names, database }) => {
  if (names.length > 0) throw new UsageError('')
  const { close } = await openDatabase(database)
  await close()
  return `The schema is up to date: ${knownMigrations().at(-1)?.tag}.`
})
