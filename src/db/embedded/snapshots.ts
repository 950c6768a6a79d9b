import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { backupToFile } from '../backup/backup-file.ts'
import type { Db } from '../types.ts'

const maxSnapshots = 4
export const snapshotEveryMs = 6 * 60 * 60 * 1_000

const pattern = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.jsonl\.gz$/

/** An automatic backup of the embedded database. */
export interface Snapshot {
  readonly path: string
  readonly at: Date
}

/** Lists the snapshots in a data folder, newest first. */
export function listSnapshots(dataDir: string): Snapshot[] {
  const folder = join(dataDir, 'snapshots')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .toSorted()
    .reverse()
    .map((name) => ({ path: join(folder, name), at: new Date(name.replace(pattern, '$1:$2:$3')) }))
}

/** Writes a snapshot, and removes outdated ones and unfinished ones of killed processes. */
export async function takeSnapshot(
  db: Db,
  dataDir: string,
  options: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<void> {
  const folder = join(dataDir, 'snapshots')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(folder)) if (name.endsWith('.new')) rmSync(join(folder, name))
  const name = `${options.now.toISOString().replaceAll(':', '-')}.jsonl.gz`
  await backupToFile(db, join(folder, name), options)
  for (const { path } of outdated(listSnapshots(dataDir))) rmSync(path, { force: true })
}

/**
 * Returns the snapshots to remove, given a list with the newest first: all but four, and the second newest if it is less than six hours
 * younger than the one before it. Otherwise many short runs would push out all older ones.
 */
export function outdated<T extends { readonly at: Date }>(snapshots: readonly T[]): T[] {
  const [newest, previous, older] = snapshots
  const isCrowded =
    newest !== undefined &&
    previous !== undefined &&
    older !== undefined &&
    previous.at.getTime() - older.at.getTime() < snapshotEveryMs
  const left = snapshots.filter((snapshot) => !isCrowded || snapshot !== previous)
  return [...(isCrowded ? [previous] : []), ...left.slice(maxSnapshots)]
}
