import { readdirSync, readFileSync } from 'node:fs'

// Linux reports CPU time in hundredths of a second.
const tickMs = 10

/** Returns the milliseconds of CPU time that a process has used. Only Linux has /proc; elsewhere NaN. */
export function cpuOf(pid: number | string): number {
  // The name is in parentheses and may contain spaces. After it come the state and then numbers: see proc(5).
  const stat = readProc(pid, 'stat')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * tickMs
}

/** Returns the CPU time of a database's connections on this machine, which name it in their titles; NaN if it can't see any. */
export function cpuOfDatabase(name: string): number {
  if (process.platform !== 'linux') return Number.NaN
  const backends = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    const title = readProc(pid, 'cmdline')
    return title.startsWith('postgres: ') && title.includes(` ${name} `)
  })
  return backends.length === 0 ? Number.NaN : backends.reduce((sum, pid) => sum + cpuOf(pid), 0)
}

/** Returns an empty text if the process is gone. */
function readProc(pid: number | string, file: 'stat' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
