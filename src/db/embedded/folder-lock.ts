import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lifeOf, thisHolder, toHolder } from './lock-holder.ts'

const touchEveryMs = 2_000
// Seven missed touches; longer than any single statement blocks a healthy process.
const staleAfterMs = 15_000

/**
 * Locks a data folder: two processes on one embedded database corrupt it silently. The lock file names its process, which touches it
 * while it runs. Returns the function that releases it. Throws `FolderInUseError`.
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'lock')
  const mine = JSON.stringify(thisHolder())
  while (!tryWrite(path, mine)) {
    requireAbandoned(path, dataDir)
    removeLock(path, dataDir)
  }
  const touching = setInterval(() => touch(path, mine, dataDir), touchEveryMs).unref()
  return () => {
    clearInterval(touching)
    if (readIf(path) === mine) rmSync(path, { force: true })
  }
}

/** The data folder is in use by another process. */
export class FolderInUseError extends Error {
  /** It isn't known whether the process lives, but its lock is fresh; retry after 15 s. */
  readonly mayBeGone: boolean

  constructor(dataDir: string, holder: string, mayBeGone: boolean) {
    super(`The database in ${dataDir} is in use by ${holder}. Stop it or set DATA_DIR.`)
    this.name = 'FolderInUseError'
    this.mayBeGone = mayBeGone
  }
}

function requireAbandoned(path: string, dataDir: string): void {
  const text = readIf(path)
  if (text === null) return
  const holder = toHolder(text)
  const life = holder === null ? 'unknown' : lifeOf(holder)
  if (life === 'alive') throw new FolderInUseError(dataDir, `process ${holder?.pid}`, false)
  if (life === 'unknown' && isFresh(path))
    throw new FolderInUseError(dataDir, 'another process, perhaps in another container', true)
}

// Only the holder of the second file may remove an abandoned lock, after checking it again.
function removeLock(path: string, dataDir: string): void {
  const mutex = `${path}.turn`
  if (!tryWrite(mutex, '')) {
    if (isFresh(mutex)) throw new FolderInUseError(dataDir, 'another process that is starting', true)
    rmSync(mutex, { force: true })
    return
  }
  try {
    requireAbandoned(path, dataDir)
    rmSync(path, { force: true })
  } finally {
    rmSync(mutex, { force: true })
  }
}

// A process that was frozen until another took the folder must not write there again: this throw ends it.
function touch(path: string, mine: string, dataDir: string): void {
  const found = readIf(path)
  if (found === null) return void tryWrite(path, mine)
  if (found !== mine) throw new FolderInUseError(dataDir, 'a process that took it over', false)
  const now = new Date()
  utimesSync(path, now, now)
}

function isFresh(path: string): boolean {
  try {
    return Math.abs(Date.now() - statSync(path).mtimeMs) < staleAfterMs
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

function tryWrite(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

function readIf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}
