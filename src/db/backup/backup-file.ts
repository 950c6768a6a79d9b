import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { syncPath } from '../sync-folder.ts'
import type { Db } from '../types.ts'
import { type RowCounts, writeBackup } from './backup.ts'
import { RestoreError, restoreBackup } from './restore.ts'

/** Writes a backup as a packed file that only this user may read; beside its place first, so that it is whole or not there. */
export async function backupToFile(
  db: Db,
  path: string,
  options: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<RowCounts> {
  const beside = `${path}.new`
  // Open before anything can fail: a file that is still to be opened would come after it was removed.
  const file = (await open(beside, 'w', 0o600)).createWriteStream({ flush: true })
  try {
    const { filled } = await flow(
      (write) => writeBackup(db, write, options),
      (source) => pipeline(source, createGzip(), file),
    )
    await rename(beside, path)
    await syncPath(dirname(path))
    return filled
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** Puts a file made by `backupToFile` into a migrated database. Throws what `restoreBackup` throws. */
export async function restoreFromFile(
  db: Db,
  path: string,
  options: { readonly replace: boolean },
): Promise<RowCounts> {
  const file = createReadStream(path)
  const text = createGunzip().on('error', ignore)
  file.on('error', (error) => text.destroy(error)).pipe(text)
  try {
    return await restoreBackup(db, toLines(text), options)
  } catch (error) {
    throw toFileError(error, path)
  } finally {
    file.destroy()
  }
}

/** Copies the whole board from one database into another, with nothing in between but the lines of a backup. */
export async function copyBoard(
  from: Db,
  to: Db,
  options: { readonly now: Date; readonly replace: boolean },
): Promise<RowCounts> {
  const { drained } = await flow(
    (write) => writeBackup(from, write, options),
    (source) => restoreBackup(to, toLines(source), options),
  )
  return drained
}

/** Runs a writer and who reads what it writes, side by side; where both fail, the reader's reason is the one that is told. */
async function flow<F, D>(
  fill: (write: (text: string) => Promise<void>) => Promise<F>,
  drain: (source: PassThrough) => Promise<D>,
): Promise<{ readonly filled: F; readonly drained: D }> {
  const source = new PassThrough().on('error', ignore)
  const ended = new AbortController()
  const draining = drain(source).finally(() => ended.abort())
  const write = async (text: string) => {
    ended.signal.throwIfAborted()
    if (!source.write(text)) await once(source, 'drain', { signal: ended.signal })
  }
  const filling = fill(write).then(
    (result) => {
      source.end()
      return result
    },
    (error: unknown) => {
      source.destroy(error as Error)
      throw error
    },
  )
  const [drained, filled] = await Promise.allSettled([draining, filling])
  if (drained.status === 'rejected') throw drained.reason
  if (filled.status === 'rejected') throw filled.reason
  return { filled: filled.value, drained: drained.value }
}

// Who reads the stream hears of it there.
function ignore(): void {}

async function* toLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function toFileError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new RestoreError(`No file ${path}.`)
  if (code?.startsWith('Z_'))
    return new RestoreError(`${path} isn't a backup, or is incomplete.`, { cause: error })
  return error
}
