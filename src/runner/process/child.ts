import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { endProcesses, type ProcessId, startOf } from './group.ts'
import { createTail, readLines } from './lines.ts'

/** How an agent's process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOptions {
  /** The run's ID, which marks its processes. */
  readonly run: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly cwd: string
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
}

/** An agent's process, in its own process group. */
export interface Child {
  readonly id: ProcessId
  /** Writes a line to its input; nothing happens once it has ended. */
  readonly write: (line: string) => void
  /** Closes its input, which asks it to end. */
  readonly closeInput: () => void
  /** Resolves when the process has ended and its output has been read. */
  readonly exit: Promise<Exit>
  /** The end of what it printed to its error stream. */
  readonly errors: () => string
  /** Ends whatever is left of its group: SIGTERM, then SIGKILL after `graceMs`. */
  readonly end: (graceMs: number) => Promise<void>
}

/** Starts an agent. Throws if the program isn't there. */
export async function startChild({ run, command, cwd, env, onLine }: ChildOptions): Promise<Child> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.on('error', reject)
  })
  const pid = child.pid ?? 0
  const errors = createTail()
  // A message that an adapter can't handle must not end the runner.
  const take = (line: string) => {
    try {
      onLine(line)
    } catch (error) {
      errors.add(`${(error as Error).message}\n`)
    }
  }
  const read = Promise.all([
    readLines(child.stdout, take),
    readLines(child.stderr, (line) => errors.add(`${line}\n`), maxErrorLine),
  ])
  const exit = waitForExit(child, read)
  // A write to a process that has ended fails with EPIPE; `exit` reports the end.
  child.stdin.on('error', () => {})
  return {
    id: { pid, started: (await startOf(pid)) ?? '' },
    write: (line) => void (child.stdin.writable && child.stdin.write(`${line}\n`)),
    closeInput: () => void child.stdin.end(),
    exit,
    errors: errors.text,
    end: async (graceMs) => {
      await endProcesses(run, { group: pid, graceMs })
    },
  }
}

const maxErrorLine = 4_000
// A process that the agent left behind may hold its output open.
const afterExitMs = 500

function waitForExit(child: ChildProcessWithoutNullStreams, read: Promise<unknown>): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const done = () => {
        clearTimeout(timer)
        resolve({ code, signal })
      }
      const timer = setTimeout(done, afterExitMs)
      read.then(done, done)
    })
  })
}
