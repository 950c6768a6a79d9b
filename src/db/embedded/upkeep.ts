import type { PGlite } from '@electric-sql/pglite'
import { boardTables } from '../backup/board-tables.ts'
import type { Db } from '../types.ts'
import { listSnapshots, snapshotEveryMs, takeSnapshot } from './snapshots.ts'

const everyMs = 5 * 60 * 1_000
// The whole process has ten seconds to stop.
const lastSnapshotMs = 4_000

/**
 * Starts PGlite's background maintenance: a checkpoint every five minutes, without which the WAL grows forever and the next start
 * replays all of it; vacuum and a snapshot every six hours. Skipped if nothing was written. Returns the function that stops it, with
 * a last snapshot.
 */
export function startUpkeep(options: {
  readonly client: PGlite
  readonly db: Db
  readonly dataDir: string
  readonly now: () => Date
  readonly onTrouble: (what: string, error: unknown) => void
}): () => Promise<void> {
  const { client, db, dataDir, now, onTrouble } = options
  const stopping = new AbortController()
  let checkpointAt = ''
  let snapshotAt = ''
  let work = Promise.resolve()

  const checkpoint = async () => {
    if ((await position(client)) === checkpointAt) return
    await client.exec('checkpoint')
    checkpointAt = await position(client)
  }
  const snapshot = async (signal: AbortSignal) => {
    const at = await position(client)
    await takeSnapshot(db, dataDir, { now: now(), signal })
    snapshotAt = at
  }
  const step = async () => {
    const isNeeded = isDue() && (await position(client)) !== snapshotAt
    if (isNeeded) await vacuum(client)
    await checkpoint()
    if (isNeeded) await snapshot(stopping.signal)
  }
  const isDue = () => {
    const newest = listSnapshots(dataDir)[0]
    return newest === undefined || now().getTime() - newest.at.getTime() >= snapshotEveryMs
  }

  const timer = setInterval(() => {
    work = work.then(step).catch((error: unknown) => {
      if (!stopping.signal.aborted) onTrouble('the upkeep of the embedded database failed', error)
    })
  }, everyMs).unref()

  return async () => {
    clearInterval(timer)
    stopping.abort()
    await work
    try {
      if ((await position(client)) !== snapshotAt) await snapshot(AbortSignal.timeout(lastSnapshotMs))
    } catch (error) {
      onTrouble('the last snapshot of the embedded database failed', error)
    }
  }
}

// Table by table, so the process can answer in between.
async function vacuum(client: PGlite): Promise<void> {
  for (const table of boardTables()) await client.exec(`vacuum (analyze) ${table}`)
}

/** Returns the id of the next writing transaction, which is unchanged if nothing was written. */
async function position(client: PGlite): Promise<string> {
  // Not the WAL position: with checksums on, reads write there too (hint bits).
  const { rows } = await client.query<{ at: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as at',
  )
  return rows[0]?.at ?? ''
}
