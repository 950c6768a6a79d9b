import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** This user can't use the data folder, or its disk is full. */
export class DataFolderError extends Error {
  constructor(dataDir: string, reason: string, options?: ErrorOptions) {
    super(`The data folder ${dataDir} can't be used (${reason}). Fix it or set DATA_DIR.`, options)
    this.name = 'DataFolderError'
  }
}

const refusals = new Set(['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'ENOSPC', 'EDQUOT'])

/** Converts a file system error into a `DataFolderError`; returns any other error unchanged. */
export function toFolderError(dataDir: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (!(error instanceof Error) || !refusals.has(String(code))) return error
  return new DataFolderError(dataDir, message.replace(/^\w+: /, ''), { cause: error })
}

/** Creates the data folder if it is missing, for this user only. Throws `DataFolderError` if this user can't write it. */
export function openDataFolder(dataDir: string): void {
  try {
    makeFolders(resolve(dataDir))
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw toFolderError(dataDir, error)
  }
}

// One by one: Node's recursive mkdir loops forever in a folder like /proc, which reports its new child as missing.
function makeFolders(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found !== undefined) throw new DataFolderError(folder, 'it is not a folder')
  makeFolders(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new DataFolderError(folder, 'no folder can be made there', { cause: error })
    // Another process may have made it in the meantime.
    if (code !== 'EEXIST') throw error
  }
}
