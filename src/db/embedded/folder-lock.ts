import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lifeOf, thisHolder, toHolder } from './lock-holder.ts'

const beatMs = 2_000
// Seven beats missed. Longer than any single statement holds up a process that is well.
const silentMs = 15_000

/**
 * Two processes on one embedded database corrupt it silently, so a file names the one that has it, and is touched while it
 * lives. Returns the release. Throws `FolderInUseError`.
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'lock')
  const mine = JSON.stringify(thisHolder())
  while (!tryWrite(path, mine)) {
    requireAbandoned(path, dataDir)
    takeAway(path, dataDir)
  }
  const beat = setInterval(() => touch(path, mine, dataDir), beatMs).unref()
  return () => {
    clearInterval(beat)
    if (readIf(path) === mine) rmSync(path, { force: true })
  }
}

/** The data folder belongs to another process. */
export class FolderInUseError extends Error {
  /** Not known to live, but its lock was touched a moment ago: it may be gone when asked again after 15 s. */
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

// Of several that find a lock abandoned, only the one that holds the second file may remove it, and looks again before.
function takeAway(path: string, dataDir: string): void {
  const turn = `${path}.turn`
  if (!tryWrite(turn, '')) {
    if (isFresh(turn)) throw new FolderInUseError(dataDir, 'another process that is starting', true)
    rmSync(turn, { force: true })
    return
  }
  try {
    requireAbandoned(path, dataDir)
    rmSync(path, { force: true })
  } finally {
    rmSync(turn, { force: true })
  }
}

// A process that stood still for so long that another took the folder must not write there again: it ends here.
function touch(path: string, mine: string, dataDir: string): void {
  const found = readIf(path)
  if (found === null) return void tryWrite(path, mine)
  if (found !== mine) throw new FolderInUseError(dataDir, 'a process that took it over', false)
  const now = new Date()
  utimesSync(path, now, now)
}

function isFresh(path: string): boolean {
  try {
    return Math.abs(Date.now() - statSync(path).mtimeMs) < silentMs
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
