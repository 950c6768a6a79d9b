import { readFileSync, readlinkSync } from 'node:fs'

/** A process as a lock file names it. */
export interface Holder {
  readonly pid: number
  /** Where that pid means something: the boot of a machine, and the container in it. */
  readonly place: string
  /** When the process began, for a pid comes back; empty where the system does not tell. */
  readonly started: string
}

/** This process. */
export function thisHolder(): Holder {
  return { pid: process.pid, place: place(), started: startOf(process.pid) }
}

/** Reads what `thisHolder` wrote; null while it is not written to its end. */
export function toHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return null
  }
}

/** Whether the process lives: `unknown` in another container or on another machine, and where pids tell too little. */
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

// Field 22 of the line; the name before it may hold spaces and brackets.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
