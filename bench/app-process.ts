import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The built product in its own process, started with the flags of `npm start`. */
export interface AppProcess {
  readonly url: string
  /** Milliseconds from start until /api/health returned ok. */
  readonly readyMs: number
  /** Resident megabytes: current and peak. */
  readonly memory: () => { readonly now: number; readonly peak: number }
  readonly pid: number
  readonly stop: () => Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const lookEveryMs = 10

/** Starts the process with only this environment. Rejects with its output if it exits before it is ready. */
export async function startApp(env: Readonly<Record<string, string>>): Promise<AppProcess> {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: { start: string }
  }
  const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'))
  const began = performance.now()
  const child = spawn(process.execPath, [...flags, 'dist/main.js'], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: '0',
      HOST: '127.0.0.1',
      RATE_LIMIT: '1000000000',
      ...env,
    },
  })
  const url = await address(child)
  while (!(await isHealthy(url))) await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  const readyMs = performance.now() - began
  return {
    url,
    readyMs,
    pid: child.pid as number,
    memory: () => readMemory(child.pid as number),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /"url":"([^"]+)"/.exec(output)?.[1]
      if (found !== undefined) resolve(found.replace('localhost', '127.0.0.1'))
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', (chunk: Buffer) => {
      take(chunk)
      process.stderr.write(chunk)
    })
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${output}`)))
  })
}

async function isHealthy(url: string): Promise<boolean> {
  return (await fetch(`${url}/api/health`)).ok
}

// Only Linux has /proc; elsewhere the values are NaN.
function readMemory(pid: number): { now: number; peak: number } {
  const status = process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : ''
  const megabytes = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}
