import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A lock is written in the moment after it is made; an empty one that is older belongs to nobody.
const writingMs = 10_000

/** Two processes on one embedded database corrupt it silently, so a file names the one that has it. Returns the release. */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'lock')
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) })
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
      removeStale(path, dataDir)
    }
  }
}

function removeStale(path: string, dataDir: string): void {
  const aside = `${path}.${process.pid}`
  try {
    const found = readFileSync(path, 'utf8')
    const holder = toHolder(found)
    if (holder === null ? Date.now() - statSync(path).mtimeMs < writingMs : isAlive(holder))
      throw new FolderInUseError(dataDir, holder?.pid ?? null)
    // Of several that find it stale one moves it away; a later one may get hold of the new lock and gives it back.
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== found) {
      renameSync(aside, path)
      throw new FolderInUseError(dataDir, null)
    }
    rmSync(aside, { force: true })
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}

/** The data folder belongs to a process that lives. */
export class FolderInUseError extends Error {
  constructor(dataDir: string, pid: number | null) {
    super(
      `The database in ${dataDir} is in use by ${pid === null ? 'another process' : `process ${pid}`}. Stop that process, or name another folder in DATA_DIR.`,
    )
    this.name = 'FolderInUseError'
  }
}

interface Holder {
  readonly pid: number
  readonly started: string
}

function toHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return null
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return holder.started === startOf(process.pid)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return holder.started === startOf(holder.pid)
}

// A pid comes back after a reboot or in a new container (where it is always 1), so its start time is part of the name.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return ''
  }
}
