import { runCommand, UsageError } from './command.ts'
import { restoreFromFile } from './db/backup-file.ts'
import { openDatabase } from './db/open.ts'

const usage = 'npm run restore -- FILE [--replace]'

await runCommand(usage, { replace: { type: 'boolean' } }, async ({ values, names, config, database }) => {
  const [path] = names
  if (path === undefined || names.length > 1) throw new UsageError('One file is needed.')
  const replace = values.replace ?? false
  if (config.DATABASE_URL === undefined) {
    const { restoreEmbedded } = await import('./db/restore-embedded.ts')
    const { counts, aside } = await restoreEmbedded({
      dataDir: config.DATA_DIR,
      path,
      replace,
      now: new Date(),
    })
    return `${toSummary(path, counts)}${aside === null ? '' : ` What was there before is in ${aside}; remove it when all is well.`}`
  }
  const { db, close } = await openDatabase(database)
  try {
    return toSummary(path, await restoreFromFile(db, path, { replace }))
  } finally {
    await close()
  }
})

function toSummary(path: string, counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return `${path} is restored: ${total} rows, of them ${counts.tasks ?? 0} tasks.`
}
