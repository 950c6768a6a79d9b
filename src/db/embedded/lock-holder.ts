import { readFileSync, readlinkSync } from 'node:fs'

/** A process, as named in a lock file. */
export interface Holder {
  readonly pid: number
  /** Where the pid is valid: the boot id of a machine and its pid namespace. */
  readonly place: string
  /** When the process started, since pids are reused; empty if unknown. */
  readonly started: string
}

/** Returns this process. */
export function thisHolder(): Holder {
  return { pid: process.pid, place: place(), started: startOf(process.pid) }
}

/** Parses a lock file; null if it isn't fully written yet. */
export function toHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return null
  }
}

/** Returns whether a process lives: `unknown` in another container or on another machine, or if its start time is unknown. */
export function lifeOf(holder: Holder): 'alive' | 'gone' | 'unknown' {
  if (holder.place !== place()) return 'unknown'
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone'
  }
  const started = startOf(holder.pid)
  if (started === '') return 'unknown'
  return started === holder.started ? 'alive' : 'gone'
}

function place(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

// Field 22 of the line; the process name before it may contain spaces and brackets.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
