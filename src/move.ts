import { join } from 'node:path'
import { runCommand, UsageError } from './command.ts'
import { copyBoard } from './db/backup-file.ts'
import { openDatabase } from './db/open.ts'
import { addressOf } from './db/reach.ts'

const usage = 'npm run move -- postgres://… [--replace]'

await runCommand(usage, { replace: { type: 'boolean' } }, async ({ values, names, config, database }) => {
  const [url] = names
  if (url === undefined || names.length > 1 || !/^postgres(ql)?:\/\//.test(url))
    throw new UsageError('The address of one Postgres is needed.')
  if (config.DATABASE_URL !== undefined)
    throw new UsageError('DATABASE_URL is set: this board is on Postgres already.')
  const from = await openDatabase(database)
  try {
    const to = await openDatabase({ ...database, databaseUrl: url })
    try {
      const counts = await copyBoard(from.db, to.db, { now: new Date(), replace: values.replace ?? false })
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
      const key =
        config.SECRET_KEY === undefined
          ? `$(cat ${join(config.DATA_DIR, 'secret-key')})`
          : '(as it is set now)'
      return [
        `${total} rows, of them ${counts.tasks ?? 0} tasks, are now at ${addressOf(url)}. Put into the environment:`,
        '  DATABASE_URL=(the address that you gave)',
        `  SECRET_KEY=${key}`,
        `The embedded database in ${config.DATA_DIR} stays as it is and is not used any more.`,
      ].join('\n')
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
})
