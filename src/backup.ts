import { join } from 'node:path'
import { runCommand, UsageError } from './command.ts'
import { backupToFile } from './db/backup-file.ts'
import { FolderInUseError } from './db/folder-lock.ts'
import { openDatabase } from './db/open.ts'
import { listSnapshots } from './db/snapshots.ts'

await runCommand('npm run backup [-- FILE]', {}, async ({ names, database }) => {
  if (names.length > 1) throw new UsageError('One file at the most.')
  const now = new Date()
  const path = names[0] ?? `preqbot-${now.toISOString().replaceAll(':', '-')}.jsonl.gz`
  const { db, close } = await openDatabase({ ...database, migrate: false }).catch(explainInUse)
  try {
    const counts = await backupToFile(db, path, { now })
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return `${path}: ${total} rows, of them ${counts.tasks ?? 0} tasks. Keep SECRET_KEY (or ${join(database.dataDir, 'secret-key')}) with it: the bot's token in it is encrypted with that.`
  } finally {
    await close()
  }
})

function explainInUse(error: unknown): never {
  if (!(error instanceof FolderInUseError)) throw error
  const [newest] = listSnapshots(error.dataDir)
  const snapshot = newest === undefined ? '' : ` The newest so far: ${newest.path}.`
  throw new FolderInUseError(
    error.dataDir,
    error.holder,
    error.mayBeGone,
    `Stop it first: it then writes a snapshot, which is a backup as well.${snapshot}`,
  )
}
