import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const lookEveryMs = 50
// A process in the middle of a system call ends a moment after SIGKILL.
const afterKillMs = 1_000

/** The variable that marks every process of a run. A process that leaves its group keeps it. */
export const runVariable = 'PREQBOT_RUN'

/** A process, and when it started. The same pid with another start is another process. */
export interface ProcessId {
  readonly pid: number
  readonly started: string
}

/** Returns when a process started, as the system writes it; null if there is no such process. */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxStartOf(pid)
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    })
    return stdout.trim() || null
  } catch {
    return null
  }
}

// Ticks since boot are unique only together with the boot.
function linuxStartOf(pid: number): string | null {
  try {
    const fields = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${fields[19]} ${boot}`
  } catch {
    return null
  }
}

// The name stands in parentheses and may contain any character. The fields after it begin with the state.
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Returns whether this very process is alive. */
export async function isAlive({ pid, started }: ProcessId): Promise<boolean> {
  return (await startOf(pid)) === started
}

/** Lists the processes of a run: those of its group, if it is known to be the run's, and those that left it but keep its mark. */
export async function processesOf(runId: string, group: number | null): Promise<number[]> {
  const all = process.platform === 'linux' ? linuxProcesses() : await otherProcesses()
  return all
    .filter((one) => one.pid !== process.pid && (one.group === group || one.isMarked(runId)))
    .map(({ pid }) => pid)
}

interface Listed {
  readonly pid: number
  readonly group: number
  readonly isMarked: (runId: string) => boolean
}

function linuxProcesses(): Listed[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [state, , group] = afterName(readFileSync(`/proc/${name}/stat`, 'utf8'))
        if (state === 'Z') return []
        return { pid: Number(name), group: Number(group), isMarked: (runId) => isInEnvironment(name, runId) }
      } catch {
        return []
      }
    })
}

function isInEnvironment(pid: string, runId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${runVariable}=${runId}`)
  } catch {
    return false
  }
}

// macOS: `ps -E` appends the environment of the user's own processes to the command.
async function otherProcesses(): Promise<Listed[]> {
  const { stdout } = await run('ps', ['-Awwwo', 'pid=,pgid=,state=,command=', '-E'], {
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, group, state, rest = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s(.*)$/.exec(line) ?? []
    if (pid === undefined || state?.startsWith('Z')) return []
    const isMarked = (runId: string) => rest.includes(` ${runVariable}=${runId}`)
    return { pid: Number(pid), group: Number(group), isMarked }
  })
}

/** Sends a signal to processes; one that has ended is skipped. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
}

/** Ends all processes of a run: SIGTERM, then SIGKILL after `graceMs`. Returns those that even SIGKILL didn't end. */
export async function endProcesses(
  runId: string,
  { group, graceMs }: { readonly group: number | null; readonly graceMs: number },
): Promise<number[]> {
  const kill = performance.now() + graceMs
  let pids = await processesOf(runId, group)
  signalAll(pids, 'SIGTERM')
  while (pids.length > 0 && performance.now() < kill + afterKillMs) {
    await pause(lookEveryMs)
    pids = await processesOf(runId, group)
    if (performance.now() >= kill) signalAll(pids, 'SIGKILL')
  }
  return pids
}
