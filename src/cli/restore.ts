import { toCounts } from '../app/commands.ts'
import { restoreFromFile } from '../db/backup/backup-file.ts'
import { openDatabase } from '../db/open.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run restore -- FILE [--replace]',
  summary: 'Puts a backup into the database. Stop preqbot first.',
  args: { FILE: 'A file from npm run backup, or a snapshot.' },
  options: {
    replace: { type: 'boolean', help: 'Replaces the board that is there; an embedded one is kept aside.' },
  },
} as const

await runCommand(spec, async ({ values, names, config, database }) => {
  const [path] = names
  if (path === undefined || names.length > 1) throw new UsageError('Give a backup file.')
  const replace = values.replace ?? false
  if (config.DATABASE_URL === undefined) {
    const { restoreEmbedded } = await import('../db/embedded/restore-embedded.ts')
    const { counts, aside } = await restoreEmbedded({
      dataDir: config.DATA_DIR,
      path,
      replace,
      now: new Date(),
    })
    const kept = aside === null ? '' : ` The previous board is in ${aside}; delete it once everything works.`
    return `Restored ${path}: ${toCounts(counts)}.${kept}`
  }
  const { db, close } = await openDatabase(database)
  try {
    return `Restored ${path}: ${toCounts(await restoreFromFile(db, path, { replace }))}.`
  } finally {
    await close()
  }
})
