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

/** Writes a backup to a gzip file that only this user may read; through a temporary file, so it is complete or absent. */
export async function backupToFile(
  db: Db,
  path: string,
  options: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<RowCounts> {
  const temporary = `${path}.new`
  // Opened before anything can fail, so the cleanup can't run before the file exists.
  const file = (await open(temporary, 'w', 0o600)).createWriteStream({ flush: true })
  try {
    const { filled } = await flow(
      (write) => writeBackup(db, write, options),
      (source) => pipeline(source, createGzip(), file),
    )
    await rename(temporary, path)
    await syncPath(dirname(path))
    return filled
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Restores a file written by `backupToFile` into a migrated database. Throws what `restoreBackup` throws. */
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

/** Copies the whole board from one database to another by streaming a backup. */
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

/** Runs a writer and a reader of its output concurrently. If both fail, throws the reader's error. */
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

// The reader of the stream gets the error.
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
